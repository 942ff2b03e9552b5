// The fold from ledger events to receipts: pure, and the same whatever the order of the lines or how often one was written.
// Knows no file.

import { isKnown, type Joules, sumJoules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { CallEvent, LedgerEvent, OutcomeEvent, Receipt, ReceiptOutcome, ReceiptTotals } from './events.ts';

/**
 * @param events all of one receiptId, in any order, duplicates allowed.
 * @returns `undefined` for an empty list.
 */
export function foldReceipt(events: readonly LedgerEvent[]): Receipt | undefined {
  const ordered = [...events].sort(byTimeThenContent);
  const [first] = ordered;
  if (first === undefined) return undefined;
  const calls = callsOf(ordered.filter((event) => event.kind === 'call'));
  const outcomes = ordered.filter((event) => event.kind === 'outcome');
  const latest = <Key extends keyof OutcomeEvent>(key: Key): OutcomeEvent[Key] | undefined =>
    outcomes.findLast((event) => event[key] !== undefined)?.[key];
  const head = outcomes[0] ?? first;
  return {
    id: first.receiptId,
    actionId: head.actionId,
    path: head.path,
    at: first.at,
    strategy: latest('strategy'),
    why: latest('why'),
    regions: outcomes.findLast((event) => event.regions.length > 0)?.regions ?? [],
    calls,
    totals: totalsOf(calls),
    predicted: latest('predicted'),
    choice: latest('choice'),
    decisions: latest('decisions') ?? [],
    recalledFrom: latest('recalledFrom'),
    executed: latest('executed') ?? [],
    stillThere: latest('stillThere'),
    retried: latest('retried') ?? false,
    verdict: latest('verdict') ?? 'none',
    outcome: latest('outcome') ?? 'open',
    environment: latest('environment'),
  };
}

/** What calls cost together. Failed and cancelled ones count. */
export function totalsOf(calls: readonly ModelCall[]): ReceiptTotals {
  const gross = sumJoules(
    calls.map((call) => call.joules.gross),
    'no model was called',
  );
  const tokensOut = sumOf(calls, (call) => call.tokens.out);
  const seconds = secondsServed(calls);
  return {
    gross,
    net: sumJoules(
      calls.map((call) => call.joules.net),
      'no model was called',
    ),
    byDomain: byDomain(calls),
    tokensIn: sumOf(calls, (call) => call.tokens.in),
    tokensCached: sumOf(calls, (call) => call.tokens.cached),
    tokensOut,
    seconds,
    averageWatts: isKnown(gross) && seconds > 0 ? gross.joules / seconds : undefined,
    joulesPerOutputToken: isKnown(gross) && tokensOut > 0 ? gross.joules / tokensOut : undefined,
  };
}

/** Later stages of a receipt's life win when two lines carry the same millisecond. */
export const stages: readonly ReceiptOutcome[] = [
  'failed',
  'cancelled',
  'superseded',
  'kept',
  'rejected',
  'accepted',
  'undone',
  'dismissed',
];

function byTimeThenContent(a: LedgerEvent, b: LedgerEvent): number {
  if (a.at !== b.at) return a.at < b.at ? -1 : 1;
  const stage = (event: LedgerEvent): number => (event.kind === 'outcome' ? stages.indexOf(event.outcome) : -1);
  return stage(a) - stage(b) || compare(JSON.stringify(a), JSON.stringify(b));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function callsOf(events: readonly CallEvent[]): ModelCall[] {
  const byId = new Map(events.map((event) => [event.call.id, event.call]));
  return [...byId.values()].sort((a, b) => a.atWallMilliseconds - b.atWallMilliseconds || compare(a.id, b.id));
}

/** A domain that one call lacks has no sum: a part would pass for the whole. */
function byDomain(calls: readonly ModelCall[]): Record<string, Joules> {
  const domains = new Set(calls.flatMap((call) => call.joules.bySource.map((source) => source.domain)));
  const sums: Record<string, Joules> = {};
  for (const domain of domains) {
    const perCall = calls.map((call) => {
      const figures = call.joules.bySource.filter((source) => source.domain === domain).map((source) => source.joules);
      return sumJoules(figures, `${domain} was not read during every call`);
    });
    sums[domain] = sumJoules(perCall);
  }
  return sums;
}

/**
 * Time in which at least one call was in flight. Wall time says which calls overlap, each call's own clock how long it took:
 * calls one after the other add up exactly.
 */
function secondsServed(calls: readonly ModelCall[]): number {
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const call of calls) {
    const start = call.atWallMilliseconds / 1000;
    const end = start + call.seconds.total;
    // Wall time has whole milliseconds: a call that starts less than one before its predecessor ended did not overlap it.
    const overlap = until - start < 0.001 ? 0 : Math.min(until - start, call.seconds.total);
    total += call.seconds.total - Math.max(0, overlap);
    until = Math.max(until, end);
  }
  return total;
}

function sumOf(calls: readonly ModelCall[], figure: (call: ModelCall) => number): number {
  return calls.reduce((sum, call) => sum + figure(call), 0);
}
