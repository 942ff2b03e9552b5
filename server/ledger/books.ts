// From receipts to the rows that the books want: the regression's, and S1's metrics'. What has no figure is left out, and counted.
// Knows receipts; where a model's size stands, it is told.

import { isKnown } from '../energy/joules.ts';
import type { RegressionRow } from '../energy/regression.ts';
import type { RunFigures } from '../energy/run-statistics.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { Receipt } from './events.ts';

export interface ModelSize {
  readonly activeParameters: number;
  readonly bitsPerWeight: number;
}

export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** Of all that were asked about, those without a figure, or of a model that nobody knows the size of any more. */
  readonly leftOut: number;
}

/** One row per call that was answered; SEEDS S2 fits each action by itself, so that is what to hand in. Loading is not in it. */
export function regressionRows(
  receipts: readonly Receipt[],
  sizeOf: (call: ModelCall) => ModelSize | undefined,
): Rows<RegressionRow> {
  const calls = receipts.flatMap((receipt) => receipt.calls).filter((call) => call.tokens.out > 0);
  const rows = calls.flatMap((call): RegressionRow[] => {
    const { gross, load } = call.joules;
    const size = sizeOf(call);
    if (size === undefined || !isKnown(gross)) return [];
    const loading = load !== undefined && isKnown(load) ? load.joules : 0;
    return [{ ...size, joules: gross.joules - loading, tokensIn: call.tokens.in, tokensOut: call.tokens.out }];
  });
  return { rows, leftOut: calls.length - rows.length };
}

/** One row per answer, all its calls together; failed and cancelled ones count as what they cost. */
export function runFigures(receipts: readonly Receipt[]): Rows<RunFigures> {
  const answered = receipts.filter((receipt) => receipt.calls.length > 0);
  const rows = answered.flatMap(({ totals, calls }): RunFigures[] => {
    const { gross, byDomain, seconds, tokensOut } = totals;
    if (!isKnown(gross)) return [];
    const of = (domain: string): number | undefined => {
      const figure = byDomain[domain];
      return figure !== undefined && isKnown(figure) ? figure.joules : undefined;
    };
    const workers = calls.filter((call) => call.role === 'worker');
    const workerTokensOut = workers.reduce((sum, call) => sum + call.tokens.out, 0);
    return [
      { joules: gross.joules, packageJoules: of('package'), gpuJoules: of('gpu'), seconds, tokensOut, workerTokensOut },
    ];
  });
  return { rows, leftOut: answered.length - rows.length };
}
