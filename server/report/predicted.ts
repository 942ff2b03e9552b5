// How predictions turned out: each answer's joules against what was said before it ran. Loading is in no prediction and so left out of
// both. Knows receipts.

import { isKnown, type KnownJoules } from '../energy/joules.ts';
import type { Receipt } from '../ledger/events.ts';

export interface Outturn {
  readonly receipt: Receipt;
  readonly predicted: KnownJoules;
  /** Without loading. */
  readonly joules: KnownJoules;
  readonly within: boolean;
}

export interface Predictions {
  readonly outturns: readonly Outturn[];
  /** Share within the interval, 0 to 1; undefined without any. */
  readonly withinShare: number | undefined;
  /** Median of |joules − predicted| ÷ joules. */
  readonly medianError: number | undefined;
  /** Answers that were measured or predicted, not both. */
  readonly leftOut: number;
}

export function predictionsOf(receipts: readonly Receipt[]): Predictions {
  const finished = receipts.filter(
    ({ calls, outcome, actionId }) =>
      calls.length > 0 && actionId !== 'completion' && outcome !== 'cancelled' && outcome !== 'superseded',
  );
  const outturns = finished.flatMap((receipt) => outturnOf(receipt) ?? []);
  const errors = outturns
    .map(({ joules, predicted }) => Math.abs(joules.joules - predicted.joules) / joules.joules)
    .sort((a, b) => a - b);
  return {
    outturns,
    withinShare: outturns.length === 0 ? undefined : outturns.filter(({ within }) => within).length / outturns.length,
    medianError: errors[Math.floor(errors.length / 2)],
    leftOut: finished.length - outturns.length,
  };
}

function outturnOf(receipt: Receipt): Outturn | undefined {
  const { predicted, totals, calls } = receipt;
  if (predicted === undefined || !isKnown(predicted) || !isKnown(totals.gross)) return undefined;
  const loading = calls.reduce((sum, { joules: { load } }) => sum + (load && isKnown(load) ? load.joules : 0), 0);
  const joules = { ...totals.gross, joules: totals.gross.joules - loading };
  if (!(joules.joules > 0) || !(predicted.joules > 0)) return undefined;
  return {
    receipt,
    predicted,
    joules,
    within: Math.abs(joules.joules - predicted.joules) <= predicted.plusMinusJoules,
  };
}
