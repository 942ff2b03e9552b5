// How large: the small model answers first, the larger one only when the small one's own confidence says so and the dial allows it. Pure.

import { chanceAt } from './logistic.ts';
import type { Policy } from './policy.ts';
import { leastChance } from './price.ts';

/** What the small model left behind. */
export interface SizeEvidence {
  /** `leastSure` of its answer (gateway/stop-filters), with the policy's quantile; undefined where the engine gave no probabilities. */
  readonly leastSure: number | undefined;
  /** Whether anything is left to show after the filters. */
  readonly hasText: boolean;
  /** Of the larger model's call / of the small one's, predicted or measured; undefined while unknown. */
  readonly costRatio: number | undefined;
}

/** Joules of the next size / of the small one where nothing is known: 4 B against 12 B weights (reference: ollama.md E). */
const usualCostRatio = 3;

/** An answer that is more likely right than not is kept, wherever the dial stands: the larger model is right about the same ones. */
const sureEnough = 0.5;

/** Up where what the larger model adds to the chance is worth its joules. Without a figure of confidence, only for nothing at all. */
export function decideNextSize(evidence: SizeEvidence, policy: Policy): 'stop here' | 'ask larger' {
  const { leastSure, hasText, costRatio = usualCostRatio } = evidence;
  const { smallIsRight, largeMends } = policy.size;
  if (hasText && leastSure === undefined) return 'stop here';
  const right = hasText && leastSure !== undefined ? chanceAt(smallIsRight, leastSure) : 0;
  const gain = right >= sureEnough ? 0 : (1 - right) * largeMends;
  return gain > leastChance(policy.dial) * costRatio ? 'ask larger' : 'stop here';
}
