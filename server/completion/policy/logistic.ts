// The logistic curve that all parts of the policy are made of. Pure arithmetic.

/** Chance = 1 / (1 + e^−(intercept + slope · x)). */
export interface Logistic {
  readonly intercept: number;
  readonly slope: number;
}

export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function logit(chance: number): number {
  return Math.log(chance / (1 - chance));
}

/** The chance at x. */
export function chanceAt({ intercept, slope }: Logistic, x: number): number {
  return logistic(intercept + slope * x);
}

/** Where the curve has this chance; −∞ where it never falls to it. */
export function pointOfChance({ intercept, slope }: Logistic, chance: number): number {
  if (chance <= 0 || slope <= 0) return Number.NEGATIVE_INFINITY;
  return (logit(Math.min(chance, 1 - 1e-9)) - intercept) / slope;
}
