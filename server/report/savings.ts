// What small models saved against the model that the user configured as `large`: predicted for each answer, and measured where that
// model answered too. Knows receipts; the prediction is handed in.

import { type FigureStatus, isKnown, type UnknownJoules } from '../energy/joules.ts';
import { type Projection, projectionOf } from '../energy/run-statistics.ts';
import type { Receipt } from '../ledger/events.ts';

/** What the large model would have taken for the same answer, against what was spent: only the careful ends are compared. */
export interface Claim {
  readonly reference: string;
  readonly referenceLowJoules: number;
  readonly spentHighJoules: number;
}

export type Savings =
  | { readonly status: 'none'; readonly why: string }
  | {
      readonly status: 'claimed';
      readonly reference: string;
      /** Least that the reference would have taken, less most that was spent, over all answers; losses are in it. */
      readonly atLeastJoules: number;
      readonly referenceLowJoules: number;
      readonly answers: number;
      /** Ids of the receipts behind the figures: those with a claim, and of both sides of what was measured. */
      readonly behind: Readonly<Record<'claimed' | 'compared' | 'reference', ReadonlySet<string>>>;
      /** Answers that nothing can be said about. */
      readonly leftOut: number;
      /** From answers of both, where there are enough of each. */
      readonly measured: (Projection & { readonly figures: FigureStatus }) | UnknownJoules;
    };

/** @param large name of the configured model; @param claimOf undefined where nothing can be predicted. */
export function savingsOf(
  receipts: readonly Receipt[],
  large: string | undefined,
  claimOf: (receipt: Receipt) => Claim | undefined,
): Savings {
  if (large === undefined) {
    const why = 'no reference is configured: roles.large names the model that savings are counted against';
    return { status: 'none', why };
  }
  const answered = receipts.filter(({ calls, actionId }) => calls.length > 0 && actionId !== 'completion');
  const others = answered.filter(({ calls }) => calls.every(({ model }) => model !== large));
  const claimed = new Set<string>();
  const claims = others.flatMap((receipt) => {
    const claim = claimOf(receipt);
    if (claim === undefined) return [];
    claimed.add(receipt.id);
    return [claim];
  });
  const references = answered.filter(isBy(large));
  const measured = measuredOf(others, references);
  if (claims.length === 0) return { status: 'none', why: `nothing can be said yet of what ${large} would have taken` };
  const referenceLowJoules = claims.reduce((sum, claim) => sum + claim.referenceLowJoules, 0);
  const spentHighJoules = claims.reduce((sum, claim) => sum + claim.spentHighJoules, 0);
  return {
    status: 'claimed',
    reference: large,
    atLeastJoules: referenceLowJoules - spentHighJoules,
    referenceLowJoules,
    answers: claims.length,
    leftOut: others.length - claims.length,
    behind: { claimed, compared: measured.compared, reference: measured.reference },
    measured: measured.projection,
  };
}

/** Answers that the large model gave alone, from the first call on. */
function isBy(large: string): (receipt: Receipt) => boolean {
  return ({ calls }) => calls.every(({ model }) => model === large);
}

interface Comparison {
  readonly projection: (Projection & { readonly figures: FigureStatus }) | UnknownJoules;
  readonly compared: ReadonlySet<string>;
  readonly reference: ReadonlySet<string>;
}

/** Figures of one kind only: estimates beside measurements would compare two methods, not two models. */
function measuredOf(others: readonly Receipt[], references: readonly Receipt[]): Comparison {
  const of = (receipts: readonly Receipt[], status: FigureStatus): [id: string, joules: number][] =>
    receipts.flatMap(({ id, totals: { gross } }): [string, number][] =>
      isKnown(gross) && gross.status === status ? [[id, gross.joules]] : [],
    );
  const figures = of(references, 'simulated').length > 0 ? 'simulated' : 'measured';
  const [runs, reference] = [of(others, figures), of(references, figures)];
  const projection = projectionOf(
    runs.map(([, joules]) => joules),
    reference.map(([, joules]) => joules),
  );
  return {
    projection: 'status' in projection ? projection : { ...projection, figures },
    compared: new Set(runs.map(([id]) => id)),
    reference: new Set(reference.map(([id]) => id)),
  };
}
