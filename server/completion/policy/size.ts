// How large: the small model answers first, the larger one only when the small one's own confidence says so and the dial allows it. Pure.

import { chanceAt } from './logistic.ts';
import type { Policy } from './policy.ts';
import { leastChance } from './price.ts';

/** What the small model left behind. */
export interface SizeEvidence {
  /** Low quantile (the policy's `stop.unsure.quantile`) of its token log-probabilities; undefined where the engine gave none. */
  readonly lowQuantile: number | undefined;
  /** Whether anything is left to show after the filters. */
  readonly hasText: boolean;
  /** Of the larger model's call / of the small one's, predicted or measured; undefined while unknown. */
  readonly costRatio: number | undefined;
}

/** Joules of the next size / of the small one where nothing is known: 4 B against 12 B weights (reference: ollama.md E). */
const usualCostRatio = 3;

/** Up where what the larger model adds to the chance is worth its joules. Without a figure of confidence, only for nothing at all. */
export function decideNextSize(evidence: SizeEvidence, policy: Policy): 'stop here' | 'ask larger' {
  const { lowQuantile, hasText, costRatio = usualCostRatio } = evidence;
  const { smallIsRight, largeMends } = policy.size;
  if (hasText && lowQuantile === undefined) return 'stop here';
  const right = hasText && lowQuantile !== undefined ? chanceAt(smallIsRight, lowQuantile) : 0;
  const gain = (1 - right) * largeMends;
  return gain > leastChance(policy.dial) * costRatio ? 'ask larger' : 'stop here';
}
