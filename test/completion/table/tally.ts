// Sums of what a way of completing took and gave, with intervals: functions are drawn again, with all their tasks. Pure.

import { seeded } from '../../bench/statistics.ts';

/** What one task took and gave. */
export interface Outcome {
  readonly group: string;
  readonly tokens: number;
  /** Tokens times what each costs. */
  readonly joules: number;
  readonly exact: boolean;
  readonly similarity: number;
  readonly shown: boolean;
}

export interface Estimate {
  readonly value: number;
  /** 95 % interval, by 1000 resamples. */
  readonly low: number;
  readonly high: number;
}

export interface Row {
  readonly way: string;
  readonly tasks: number;
  readonly tokensPerTask: Estimate;
  /** 1 − tokens / those of the first row. */
  readonly tokensSaved: Estimate;
  readonly joulesPerTask: Estimate;
  readonly joulesSaved: Estimate;
  readonly exactPercent: Estimate;
  /** Percentage points over the row it is held against. */
  readonly exactDifference: Estimate;
  readonly similarity: Estimate;
  readonly shownPercent: Estimate;
}

const resamples = 1000;

type Sums = readonly [count: number, tokens: number, joules: number, exact: number, similarity: number, shown: number];
const nothing: Sums = [0, 0, 0, 0, 0, 0];

/**
 * One row, beside a baseline over the same tasks: its tokens are what savings are relative to.
 * @param reference whose exact matches the difference is against.
 */
export function rowOf(
  way: string,
  outcomes: readonly Outcome[],
  against: { readonly baseline: readonly Outcome[]; readonly reference: readonly Outcome[] },
): Row {
  const mine = byGroup(outcomes);
  const theirs = byGroup(against.baseline);
  const references = byGroup(against.reference);
  const groups = [...mine.keys()];
  const sum = (sums: ReadonlyMap<string, Sums>, drawn: readonly string[]): Sums =>
    drawn.reduce<Sums>((total, group) => plus(total, sums.get(group) ?? nothing), nothing);
  const figures = (drawn: readonly string[]): readonly number[] => {
    const [count, tokens, joules, exact, similarity, shown] = sum(mine, drawn);
    const [, baseTokens, baseJoules] = sum(theirs, drawn);
    const [referenceCount, , , referenceExact] = sum(references, drawn);
    return [
      tokens / count,
      1 - tokens / baseTokens,
      joules / count,
      1 - joules / baseJoules,
      (100 * exact) / count,
      (100 * exact) / count - (100 * referenceExact) / referenceCount,
      similarity / count,
      (100 * shown) / count,
    ];
  };
  const random = seeded(1);
  const draws = Array.from({ length: resamples }, () =>
    figures(groups.map(() => groups[Math.floor(random() * groups.length)] ?? '')),
  );
  const values = figures(groups);
  const estimate = (at: number): Estimate => {
    const sorted = draws.map((drawn) => drawn[at] ?? Number.NaN).sort((a, b) => a - b);
    const place = (share: number): number => round(sorted[Math.round(share * (resamples - 1))] ?? Number.NaN);
    return { value: round(values[at] ?? Number.NaN), low: place(0.025), high: place(0.975) };
  };
  return {
    way,
    tasks: outcomes.length,
    tokensPerTask: estimate(0),
    tokensSaved: estimate(1),
    joulesPerTask: estimate(2),
    joulesSaved: estimate(3),
    exactPercent: estimate(4),
    exactDifference: estimate(5),
    similarity: estimate(6),
    shownPercent: estimate(7),
  };
}

function byGroup(outcomes: readonly Outcome[]): Map<string, Sums> {
  const sums = new Map<string, Sums>();
  for (const { group, tokens, joules, exact, similarity, shown } of outcomes) {
    const one: Sums = [1, tokens, joules, Number(exact), similarity, Number(shown)];
    sums.set(group, plus(sums.get(group) ?? nothing, one));
  }
  return sums;
}

function plus(a: Sums, b: Sums): Sums {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5]];
}

function round(value: number): number {
  return Number(value.toPrecision(5));
}
