// What decides about a completion: whether to ask, how large a model, when to stop; as one small file that a person can read.
// Numbers and names only; knows no clock, no file and no model.

import { type GateWeights, priorWeights } from './gate-weights.ts';
import type { Logistic } from './logistic.ts';

/** Version of the file's format; another one is not read. */
export const policyVersion = 1;

export interface Policy {
  readonly version: typeof policyVersion;
  /** The one dial, `joule.frugality`: 0 asks always and never stops early, 1 is the most frugal. Not learned. */
  readonly dial: number;
  readonly gate: {
    readonly weights: GateWeights;
    /** What one asked completion was predicted to take, in joules, on average; undefined until one had a prediction. */
    readonly typicalJoules?: number;
  };
  readonly size: {
    /** From the least sure moment of the small model's answer (`leastSure`) to the chance that its answer is right. */
    readonly smallIsRight: Logistic;
    /** Chance that the larger model is right where the small one was not. */
    readonly largeMends: number;
  };
  readonly stop: {
    /** `never`: every answer is heard to its end, wherever the dial stands. */
    readonly mode: 'early' | 'never';
    /** The block that several lines may fill: the cursor's own, or also those around it. */
    readonly block: 'own' | 'surrounding';
    readonly unsure: {
      /** Which low quantile of the log-probabilities is looked at, 0 to 1. */
      readonly quantile: number;
      readonly fewestPieces: number;
      /** From that quantile to the chance that the answer is right. */
      readonly isRight: Logistic;
    };
  };
  readonly learned: {
    /** Completions that it was trained on; 0 for the prior. */
    readonly examples: number;
    /** Outcomes seen since. */
    readonly updates: number;
    readonly from: 'prior' | 'ledger' | 'simulator';
  };
}

/** Before anything was learned. Sources of its numbers stand with each part. */
export const defaultPolicy: Policy = {
  version: policyVersion,
  dial: 0.5,
  gate: { weights: priorWeights },
  size: {
    // As for stopping below; that the next size mends about half of what a small one gets wrong is the pass rate of step-ups in
    // reference: ollama.md D (model cascading for code: more than 90 % of what the largest solves a smaller solves too).
    smallIsRight: { intercept: 1.1, slope: 1.57 },
    largeMends: 0.5,
  },
  stop: {
    mode: 'early',
    block: 'surrounding',
    unsure: {
      quantile: 0.1,
      fewestPieces: 4,
      // At the dial's middle this puts the threshold at ln 0.1, where reference: ollama.md D says to begin.
      isRight: { intercept: 1.1, slope: 1.57 },
    },
  },
  learned: { examples: 0, updates: 0, from: 'prior' },
};

/** The same policy at another place of the dial, from 0 to 1. */
export function withDial(policy: Policy, dial: number): Policy {
  return { ...policy, dial: Math.min(1, Math.max(0, dial)) };
}

/** `never stop early, ask always` as a policy. */
export function neverStopping(policy: Policy): Policy {
  return { ...policy, dial: 0, stop: { ...policy.stop, mode: 'never' } };
}
