// What the gate saved: calls that were not made, and what they were predicted to take. Pure.

import type { GateDecision, GateFeatures } from './gate.ts';

export interface GateSavings {
  readonly callsNotMade: number;
  /** Sum of the predictions of those calls that had one. */
  readonly predictedJoules: number;
  /** Calls not made for which there was no prediction: with any, the joules are "at least". */
  readonly withoutPrediction: number;
}

export const nothingSaved: GateSavings = { callsNotMade: 0, predictedJoules: 0, withoutPrediction: 0 };

/** The savings after one more decision; one to ask saves nothing. */
export function savingsAfter(savings: GateSavings, decision: GateDecision, features: GateFeatures): GateSavings {
  if (decision.ask) return savings;
  const { predictedJoules } = features;
  return {
    callsNotMade: savings.callsNotMade + 1,
    predictedJoules: savings.predictedJoules + (predictedJoules ?? 0),
    withoutPrediction: savings.withoutPrediction + Number(predictedJoules === undefined),
  };
}
