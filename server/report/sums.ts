// Many figures as one, with how many of them are known and what they are. Knows figures; not what they stand for.

import { formatJoules } from '../energy/format.ts';
import { type FigureStatus, isKnown, type Joules, sumJoules } from '../energy/joules.ts';

export interface Sum {
  /** Of those that are known; unknown with the first reason when none is. */
  readonly joules: Joules;
  readonly known: number;
  /** Without a figure: with any, the sum is "at least". */
  readonly unknown: number;
  readonly statuses: readonly FigureStatus[];
}

export function sumOf(figures: readonly Joules[], whenEmpty = 'no model was called'): Sum {
  const known = figures.filter(isKnown);
  const reason = figures.find((figure) => !isKnown(figure));
  return {
    joules: known.length > 0 ? sumJoules(known) : (reason ?? sumJoules([], whenEmpty)),
    known: known.length,
    unknown: figures.length - known.length,
    statuses: (['measured', 'estimated', 'simulated'] as const).filter((status) =>
      known.some((figure) => figure.status === status),
    ),
  };
}

/** `≥ 1.52 kJ ±3 %`, `12 J ±4 %, estimated`, `12 J ±4 %, partly estimated`, `unknown: no counter`. */
export function sumText(sum: Sum): string {
  return [briefSum(sum), ...statusWords(sum.statuses)].join(', ');
}

/** Nothing where all is measured: that goes without saying. */
export function statusWords(statuses: readonly FigureStatus[]): string[] {
  const others = statuses.filter((status) => status !== 'measured');
  return others.map((status) => (statuses.length > 1 ? `partly ${status}` : status));
}

/** The same without its status: only where that stands beside it. */
export function briefSum({ joules, unknown }: Sum): string {
  if (!isKnown(joules)) return formatJoules(joules);
  return `${unknown > 0 ? '≥ ' : ''}${formatJoules({ ...joules, status: 'measured' })}`;
}

/** The value of a known sum; 0 where nothing is known, which only pictures may use, beside the reason. */
export function joulesOf({ joules }: Pick<Sum, 'joules'>): number {
  return isKnown(joules) ? joules.joules : 0;
}

export function errorOf({ joules }: Pick<Sum, 'joules'>): number {
  return isKnown(joules) ? joules.plusMinusJoules : 0;
}
