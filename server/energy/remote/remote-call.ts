// A call whose joules another machine counts: the meter's own figures, and what a reader has to know about where they come from.
// On a shared engine the call gets its part by tokens. Knows no HTTP.

import { totalDomains, type Unreadable } from '../../../native-bindings/energy-source.ts';
import { type Clock, secondsBetween } from '../../base/clock.ts';
import { unknownCall } from '../call-energy.ts';
import { type CallEnergy, isKnown } from '../joules.ts';
import type { CallFacts, EnergyMeter, MeteredCall } from '../port.ts';
import type { TokenCounts } from './engine-tokens.ts';
import type { RemoteMeter } from './remote-meter.ts';
import { applyShare, shareOfTokens } from './token-share.ts';

/** When a call of ours was open. */
interface Span {
  readonly sentNanoseconds: bigint;
  doneNanoseconds: bigint | undefined;
  /** Its figures have been told. */
  isSettled: boolean;
}

type Tokens = TokenCounts | Unreadable;

/** What the request may wait for the engine's counters, as for all counters. */
const sentMilliseconds = 5;
/** A window of fewer refreshes is mostly edge (reference: a request of less than three scrapes can't be measured remotely). */
const fewRefreshes = 3;

export interface RemotePlace {
  begin(): MeteredCall;
}

/** @param meter of that machine's counters alone. */
export function createRemotePlace(remote: RemoteMeter, meter: EnergyMeter, clock: Clock): RemotePlace {
  let spans: readonly Span[] = [];

  const readTokens = async (): Promise<Tokens | undefined> => remote.tokens?.();

  function begin(): MeteredCall {
    const metered = meter.begin({ seen: true });
    let span: Span | undefined;
    let before: Promise<Tokens | undefined> | undefined;
    let after: Promise<Tokens | undefined> | undefined;
    let othersAtEdge = 0;
    const countOthers = (tokens: Tokens | undefined, ours: number): void => {
      if (tokens !== undefined && !('reason' in tokens))
        othersAtEdge = Math.max(othersAtEdge, (tokens.running ?? 0) - ours);
    };
    const ourOthers = (): number => spans.filter((one) => one !== span && one.doneNanoseconds === undefined).length;
    return {
      async mark(edge) {
        if (edge === 'sent' && span === undefined) {
          span = { sentNanoseconds: clock.nowNanoseconds(), doneNanoseconds: undefined, isSettled: false };
          spans = [...spans, span];
          const ours = ourOthers();
          before = readTokens();
          void before.then((tokens) => countOthers(tokens, ours));
          if (remote.tokens !== undefined) await Promise.race([before, clock.sleep(sentMilliseconds)]);
        }
        if (edge === 'done' && span !== undefined && span.doneNanoseconds === undefined) {
          span.doneNanoseconds = clock.nowNanoseconds();
          const ours = ourOthers();
          after = readTokens();
          void after.then((tokens) => countOthers(tokens, ours));
        }
        await metered.mark(edge);
      },
      sample: () => metered.sample(),
      hadNeighbours: () => metered.hadNeighbours(),
      async finish(facts) {
        const energy = await metered.finish(facts);
        const { sources } = await meter.inventory();
        const refreshes = sources
          .filter((one) => totalDomains.includes(one.domain))
          .map((one) => one.resolution.updateSeconds);
        const told = { ...energy, flags: [...energy.flags, ...flagsOf(energy, span, Math.max(0, ...refreshes))] };
        const shared =
          remote.tokens === undefined
            ? told
            : await share(told, {
                span,
                before,
                after,
                facts,
                othersAtEdge: () => othersAtEdge,
                hadNeighbours: metered.hadNeighbours(),
              });
        if (span !== undefined) span.isSettled = true;
        spans = spans.filter(isNeeded);
        return shared;
      },
    };
  }

  async function share(energy: CallEnergy, call: SharedCall): Promise<CallEnergy> {
    const { span, facts } = call;
    const before = await call.before;
    let after = await call.after;
    // An engine may add a request up only after it has answered it.
    if (isShort(before, after, facts)) after = await readTokens();
    if (before === undefined || after === undefined || span === undefined) return energy;
    if ('reason' in before) return unshared(energy, before.why);
    if ('reason' in after) return unshared(energy, after.why);
    const tokens = shareOfTokens({
      own: { prompt: Math.max(0, facts.tokensIn - facts.tokensCached), generated: facts.tokensOut },
      all: { prompt: after.prompt - before.prompt, generated: after.generated - before.generated },
      ourCalls: meanCalls(span, spans),
      isTorn: call.hadNeighbours || (call.othersAtEdge() > 0 && before.counted === 'at the end'),
    });
    if (tokens !== undefined) return applyShare(energy, tokens);
    return unshared(energy, 'the engine counted fewer tokens meanwhile than this call has');
  }

  /** A settled call is remembered while another one is not that it may have overlapped. */
  function isNeeded({ isSettled, doneNanoseconds: done }: Span): boolean {
    if (!isSettled) return true;
    return done !== undefined && spans.some((other) => !other.isSettled && other.sentNanoseconds < done);
  }

  function flagsOf(energy: CallEnergy, span: Span | undefined, refreshSeconds: number): readonly string[] {
    const flags = [`counted by ${remote.name}`];
    if (span?.doneNanoseconds === undefined || !isKnown(energy.gross)) return flags;
    const seconds = secondsBetween(span.sentNanoseconds, span.doneNanoseconds);
    if (seconds >= fewRefreshes * refreshSeconds) return flags;
    return [
      ...flags,
      `low confidence: the call took ${seconds.toFixed(1)} s, and those counters are refreshed every ${refreshSeconds} s`,
    ];
  }

  return { begin };
}

interface SharedCall {
  readonly span: Span | undefined;
  readonly before: Promise<Tokens | undefined> | undefined;
  readonly after: Promise<Tokens | undefined> | undefined;
  readonly facts: CallFacts;
  /** Requests of others that the engine worked on at an edge. */
  readonly othersAtEdge: () => number;
  /** Calls of other servers of this machine, between which the meter has split too: they are not in `ourCalls`. */
  readonly hadNeighbours: boolean;
}

/** All that the server drew is no figure of this call. */
function unshared({ flags }: CallEnergy, because: string): CallEnergy {
  const why = `this call's part of a shared server is not known: ${because}`;
  return unknownCall({ status: 'unknown', why }, flags);
}

function isShort(before: Tokens | undefined, after: Tokens | undefined, facts: CallFacts): boolean {
  if (before === undefined || after === undefined || 'reason' in before || 'reason' in after) return false;
  return after.generated - before.generated < facts.tokensOut;
}

/** How many of our calls were open on average while this one was, itself included. */
function meanCalls(own: Span, spans: readonly Span[]): number {
  const end = own.doneNanoseconds ?? own.sentNanoseconds;
  const length = Number(end - own.sentNanoseconds);
  if (length <= 0) return 1;
  const overlap = (one: Span): number => {
    const from = one.sentNanoseconds > own.sentNanoseconds ? one.sentNanoseconds : own.sentNanoseconds;
    const until = one.doneNanoseconds !== undefined && one.doneNanoseconds < end ? one.doneNanoseconds : end;
    return until > from ? Number(until - from) : 0;
  };
  const others = spans.filter((one) => one !== own).reduce((sum, one) => sum + overlap(one), 0);
  return 1 + others / length;
}
