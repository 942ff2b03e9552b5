// The one place where a question of the editor becomes an offer, or nothing: what is known already is given again, what runs is
// waited for, and a model is asked only when neither helps. Every question is answered, whatever becomes of the model.

import type { Log } from '../base/log.ts';
import type { ModelCall, ModelRef } from '../gateway/model-call.ts';
import type { Allowance } from '../pipeline/budget.ts';
import { createBudgetGuard } from './budget-guard.ts';
import { createCache } from './cache.ts';
import { createGatekeeper, type GatekeeperOptions } from './gatekeeper.ts';
import type { Generation, Seat, Tools } from './generate.ts';
import type { GateFeatures } from './policy/index.ts';
import type {
  CompletionAnswer,
  CompletionOffer,
  CompletionOutcome,
  CompletionRecord,
  CompletionRequest,
  CompletionSettings,
  Completions,
} from './port.ts';
import { replacedLength } from './replace-range.ts';
import type { Running } from './running.ts';
import { createShown } from './shown.ts';
import { type Site, siteOf, wordBefore } from './site.ts';
import { generateBySize, type Seats, type Sized } from './sizes.ts';
import { createSlot } from './slot.ts';
import { createWaiting, nothing } from './waiting.ts';
import { createWholeAnswers, type RunTask } from './whole-answers.ts';

export interface CompletionDependencies extends GatekeeperOptions, Tools {
  readonly newId: () => string;
  readonly settings: () => CompletionSettings;
  /** Who completes: from memory where it is known, else the engines are asked. Or the sentence why nobody does. */
  readonly seat: (signal: AbortSignal) => Promise<Seats | { readonly why: string }>;
  /** What the budgets still allow, for one completion. */
  readonly allowance: () => Allowance;
  readonly runTask: RunTask;
  readonly record: CompletionRecord;
}

/** An inline request is answered after this time at the latest; what it asked for goes on. */
const inlineMilliseconds = 20_000;

/** An editor cancels its old question and asks the new one behind a key stroke: what runs is kept so long. */
const graceMilliseconds = 300;
/** Without a key stroke it is stopped after this time. */
const overtakingMilliseconds = 25;

/** A call to be made. */
interface Beginning {
  readonly site: Site;
  readonly seat: Seats;
  readonly modelKey: string;
  readonly settings: CompletionSettings;
  readonly features: GateFeatures;
  readonly allowance: Allowance;
}

/** What is known of a receipt as long as its text may be offered again. */
interface Origin {
  readonly features: GateFeatures;
  readonly calls: ModelCall[];
  sized: Sized | undefined;
}

export function createCompletions(dependencies: CompletionDependencies): Completions {
  const { clock, log, record } = dependencies;
  const gatekeeper = createGatekeeper(dependencies);
  const cache = createCache();
  const shown = createShown(record, gatekeeper.settled);
  const waiting = createWaiting(clock);
  const note = createNotes(log);
  const budgets = createBudgetGuard(dependencies);
  const unfit = new Set<string>();
  const origins = new Map<string, Origin>();
  const slot = createSlot(log);
  const wholes = createWholeAnswers({ ...dependencies, shown, slot, note });
  let closed = false;

  async function ask(request: CompletionRequest, signal: AbortSignal): Promise<CompletionAnswer> {
    if (closed) return nothing;
    const milliseconds = request.surface === 'menu' ? dependencies.settings().menuMilliseconds : inlineMilliseconds;
    const question = {
      surface: request.surface,
      milliseconds,
      work: (left: AbortSignal) => answer(request, left),
      cancelled: () => void release(),
    };
    try {
      return await waiting.wait(question, signal);
    } catch (error) {
      log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a completion broke');
      return nothing;
    }
  }

  /**
   * Nobody waits for what runs any more. It goes on only while the user types what it says, and not for long. A cancel overtakes the
   * change of the document that was the reason for it, hence the first moment.
   */
  async function release(): Promise<void> {
    const current = slot.current();
    if (current === undefined) return;
    const isAlone = (): boolean => slot.current() === current && waiting.isEmpty();
    if (!(await pause(overtakingMilliseconds, current.signal)) || !isAlone()) return;
    if (current.moved && (!(await pause(graceMilliseconds, current.signal)) || !isAlone())) return;
    slot.stop('cancelled');
  }

  /** True after the time, false when the signal aborts first. */
  function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
    return clock.sleep(milliseconds, signal).then(
      () => true,
      () => false,
    );
  }

  async function answer(request: CompletionRequest, left: AbortSignal): Promise<CompletionAnswer> {
    const { place } = request;
    const settings = dependencies.settings();
    if (settings.isOff(place.languageId)) return nothing;
    const site = siteOf(place);
    if ('unfit' in site) {
      slot.stop('superseded');
      note(`${site.unfit}: nothing is completed there`);
      return nothing;
    }
    const here = request.invoked ? await request.taskHere() : undefined;
    if (left.aborted) return nothing;
    if (here !== undefined) return wholes.answer(request, site, here, left);
    const seat = await dependencies.seat(left);
    if (left.aborted) return nothing;
    if ('why' in seat) {
      note(seat.why);
      return nothing;
    }
    const modelKey = keyOf(seat);
    if (unfit.has(modelKey)) return nothing;
    const known = fromCache(request, site, modelKey);
    if (known !== undefined) return known;
    let running = slot.current();
    if (running?.modelKey !== modelKey || running.follows(site) === undefined) {
      slot.stop('superseded');
      const features = gatekeeper.featuresOf(request, site, seat.ref, settings.promptTokens);
      if (!request.invoked) {
        if (!settings.automatic || !request.typedHere || !gatekeeper.lets(features, settings.pauseMilliseconds / 1000))
          return nothing;
        if (!(await pause(settings.pauseMilliseconds, left))) return nothing;
      }
      const allowance = budgets.allow(features.predictedJoules);
      if (allowance === undefined) return nothing;
      running = start(request, { site, seat, modelKey, settings, features, allowance });
    }
    await running.finished;
    return left.aborted ? nothing : (fromCache(request, site, modelKey) ?? nothing);
  }

  function start(
    request: CompletionRequest,
    { site, seat, modelKey, settings, features, allowance }: Beginning,
  ): Running {
    const { place, invoked } = request;
    const of = { receiptId: dependencies.newId(), path: place.path };
    const origin: Origin = { features, calls: [], sized: undefined };
    keep(origins, of.receiptId, origin);
    gatekeeper.asked(features);
    const predicted = (model: ModelRef): number | undefined =>
      gatekeeper.predicted(model, site, { invoked, promptTokens: settings.promptTokens });
    return slot.begin({
      ...of,
      uri: place.uri,
      modelKey,
      site,
      hypothetical: request.hypothetical,
      async work({ signal, heard, base }) {
        const sized = await generateBySize(
          {
            place,
            site,
            invoked,
            neighbours: request.neighbours(),
            seats: { ...seat, larger: seat.larger && unfit.has(keyOf(seat.larger)) ? undefined : seat.larger },
            settings,
            policy: dependencies.policy.current(),
            heard,
            predicted,
            refusal: (joules) => allowance.refusal(joules, 'a larger model'),
            called(model, { answer, why, unfitModel }) {
              if (unfitModel) unfit.add(keyOf(model));
              if (unfitModel || answer?.failure !== undefined) note(why);
              if (answer === undefined) return;
              origin.calls.push(answer.call);
              allowance.note(answer.call, predicted(model.ref));
              record.call(of, answer.call);
            },
          },
          dependencies,
          signal,
        );
        origin.sized = sized;
        const { generation, decision } = sized;
        const outcome = outcomeOf(signal, generation);
        if (outcome !== undefined && origin.calls.length > 0)
          record.outcome(of, outcome, { why: generation.why, decision });
        if (signal.aborted || generation.answer?.failure !== undefined) return;
        cache.add({ base, receiptId: of.receiptId, modelKey, text: generation.text ?? '' });
      },
    });
  }

  function fromCache(request: CompletionRequest, site: Site, modelKey: string): CompletionAnswer | undefined {
    const found = cache.find(site, modelKey);
    if (found === undefined) return undefined;
    const { answer, rest } = found;
    shown.next(answer.receiptId);
    if (rest === '') return nothing;
    return { offers: [offerOf(request, site, { receiptId: answer.receiptId, text: rest })], unfinished: false };
  }

  function offerOf(
    { place, hypothetical }: CompletionRequest,
    site: Site,
    { receiptId, text }: { readonly receiptId: string; readonly text: string },
  ): CompletionOffer {
    const replaced = replacedLength(text, site.lineAfter);
    const word = wordBefore(site);
    const origin = origins.get(receiptId);
    if (!hypothetical && origin !== undefined) {
      shown.offer({
        receiptId,
        features: origin.features,
        sized: origin.sized,
        path: place.path,
        uri: place.uri,
        start: place.offset - word.length,
        before: word + site.lineAfter.slice(0, replaced),
        after: word + text,
      });
    }
    return {
      receiptId,
      edit: { start: place.offset, end: place.offset + replaced, text },
      further: [],
      calls: origin?.calls ?? [],
    };
  }

  return {
    ask,
    accepted: shown.accepted,
    documentChanged(uri, edits) {
      const running = slot.current();
      if (running?.uri === uri && !running.edited(edits)) slot.stop('superseded');
      shown.edited(uri, edits);
    },
    documentClosed(uri) {
      if (slot.current()?.uri === uri) slot.stop('superseded');
      shown.closed(uri);
    },
    saved: gatekeeper.saved,
    async close() {
      closed = true;
      waiting.dismissAll();
      slot.stop('cancelled');
      await slot.settled();
    },
  };
}

/** As many as the cache has answers, and some that are still on their way. */
const mostKept = 100;

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > mostKept && oldest !== undefined) map.delete(oldest);
}

const mostNotes = 50;

/** Says each sentence once, in the log alone: the editor goes on. */
function createNotes(log: Log): (why: string) => void {
  const noted = new Set<string>();
  return (why) => {
    if (noted.has(why) || noted.size >= mostNotes) return;
    noted.add(why);
    log.warn({ why }, 'no completions');
  };
}

/** Undefined while it may still be offered. */
function outcomeOf(signal: AbortSignal, { answer, text }: Generation): CompletionOutcome | undefined {
  if (signal.aborted) return signal.reason === 'cancelled' ? 'cancelled' : 'superseded';
  if (answer?.failure !== undefined) return 'failed';
  return text === undefined ? 'rejected' : undefined;
}

function keyOf({ ref }: Seat): string {
  return `${ref.engineId}/${ref.model}`;
}
