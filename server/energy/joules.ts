// The figure type of the whole product: joules with their status, error, scope and coverage, or "unknown, because".
// Knows neither editors nor models.

import type { Domain } from '../../native-bindings/energy-source.ts';

export { type Domain, totalDomains } from '../../native-bindings/energy-source.ts';

/** How a figure came about, from strongest to weakest. */
export type FigureStatus = 'measured' | 'estimated' | 'simulated';

export interface KnownJoules {
  readonly status: FigureStatus;
  readonly joules: number;
  /** Half-width of the interval that should hold the truth. */
  readonly plusMinusJoules: number;
  /** `machine`: everything that ran counted; `device`: one card; `process`: one process's share. */
  readonly scope: 'machine' | 'device' | 'process';
  readonly coverage: readonly Domain[];
}

export interface UnknownJoules {
  readonly status: 'unknown';
  readonly why: string;
  readonly mend?: string;
}

/** "0 and unknown" cannot be written. */
export type Joules = KnownJoules | UnknownJoules;

export function isKnown(figure: Joules): figure is KnownJoules {
  return figure.status !== 'unknown';
}

/** Energy of one model call. */
export interface CallEnergy {
  /** All that flowed while the call was served, idle power included: `load`, `prefill` and `decode` together. */
  readonly gross: Joules;
  /** Gross minus idle power over the same time; unknown until idle power is known. */
  readonly net: Joules;
  /** Part of `gross` spent loading the model, when the engine reported a load. */
  readonly load?: Joules;
  /** Part of `gross` from then until the first token; all of it when none came. Absent on lines of older versions. */
  readonly prefill?: Joules;
  /** Part of `gross` from the first token on. Absent on lines of older versions. */
  readonly decode?: Joules;
  /** The idle power that `net` leaves out; absent when net is unknown, and on lines of older versions. */
  readonly idle?: IdleBaseline;
  readonly bySource: readonly SourceEnergy[];
  /** Anything a reader must know: shared with other load, counter reset, suspended in between. */
  readonly flags: readonly string[];
}

/** Idle power as it was known when a call was settled. */
export interface IdleBaseline {
  /** `cold`: no model in memory; `warm`: a model in memory; `mixed`: each for a part of the time. */
  readonly kind: 'cold' | 'warm' | 'mixed';
  readonly watts: number;
  readonly plusMinusWatts: number;
  /** Of the youngest quiet gap that it was learned from. */
  readonly ageSeconds: number;
}

export interface SourceEnergy {
  readonly sourceId: string;
  readonly domain: Domain;
  readonly joules: Joules;
}

const rank: Record<FigureStatus, number> = { measured: 0, estimated: 1, simulated: 2 };

/**
 * Sum of figures. The status is the weakest one, errors add linearly (edges of neighbouring windows are not independent),
 * coverage is what *all* parts cover. One unknown part makes the sum unknown; an empty list is unknown with `whenEmpty`.
 */
export function sumJoules(figures: readonly Joules[], whenEmpty = 'nothing was measured'): Joules {
  const first = figures[0];
  if (first === undefined) return { status: 'unknown', why: whenEmpty };
  let sum: Joules = first;
  for (const figure of figures.slice(1)) {
    if (!isKnown(sum)) return sum;
    if (!isKnown(figure)) return figure;
    const left: KnownJoules = sum;
    sum = {
      status: rank[figure.status] > rank[left.status] ? figure.status : left.status,
      joules: left.joules + figure.joules,
      plusMinusJoules: left.plusMinusJoules + figure.plusMinusJoules,
      scope: left.scope === figure.scope ? left.scope : 'machine',
      coverage: left.coverage.filter((domain) => figure.coverage.includes(domain)),
    };
  }
  return sum;
}
