// Ends an answer that its own model does not believe in: a low quantile of its token probabilities is under a threshold.
// Knows no policy; where the engine gives no probabilities it never decides.

import type { StopDecision, StopFilter, Sureness } from './stop-filters.ts';

export interface UnsureLimit {
  /** Which share of the tokens may be less sure than the threshold, 0 to 1. */
  readonly quantile: number;
  /** Natural logarithm of a probability: at or under it, the answer ends. */
  readonly lowestLogProbability: number;
  /** With fewer pieces than this nothing is decided. */
  readonly fewestPieces: number;
}

/**
 * A low quantile rather than the mean or the sum, which long answers bend (Gupta et al., "Language Model Cascades: Token-level
 * uncertainty and beyond", 2024). What is kept are the whole lines before the first doubt; often that is nothing.
 */
export function stopWhenUnsure({ quantile, lowestLogProbability, fewestPieces }: UnsureLimit): StopFilter {
  return {
    name: 'unsure',
    decide(text, sureness): StopDecision | undefined {
      if (sureness === undefined || sureness.pieces.length < fewestPieces) return undefined;
      if (!(lowQuantileOf(sureness, quantile) <= lowestLogProbability)) return undefined;
      const doubt = sureness.pieces.find((piece) => logOf(piece.lowestProbability) <= lowestLogProbability);
      const lineBreak = text.lastIndexOf('\n', Math.max(0, (doubt?.start ?? 0) - 1));
      const keep = text.slice(0, Math.max(0, lineBreak)).trimEnd().length;
      return { keep, why: 'the model is not sure of what it writes' };
    },
  };
}

/**
 * The value below which at most this share of the pieces lies (the lowest of fewer than 1 / share pieces), as natural logarithm;
 * NaN without pieces.
 */
function lowQuantileOf({ pieces }: Sureness, quantile: number): number {
  const ordered = pieces.map((piece) => logOf(piece.lowestProbability)).sort((a, b) => a - b);
  return ordered[Math.floor(quantile * ordered.length)] ?? Number.NaN;
}

/**
 * The lowest that the low quantile ever was while the answer grew: `stopWhenUnsure` with this quantile ends an answer exactly when
 * its threshold is not under this. Undefined where the engine gave no probabilities, or fewer than `fewestPieces`.
 */
export function leastSure(
  { pieces }: Sureness,
  limit: Pick<UnsureLimit, 'quantile' | 'fewestPieces'>,
): number | undefined {
  let least: number | undefined;
  for (let count = Math.max(1, limit.fewestPieces); count <= pieces.length; count++) {
    const low = lowQuantileOf({ pieces: pieces.slice(0, count) }, limit.quantile);
    if (least === undefined || low < least) least = low;
  }
  return least;
}

/** Engines round: a probability of 0 was a small one. */
function logOf(probability: number): number {
  return Math.log(Math.max(probability, 1e-9));
}
