// What one outcome teaches the gate: one bounded step. Deterministic: the same outcomes in the same order give the same policy.

import { chanceOfAcceptance, type GateFeatures, gateVector } from './gate.ts';
import { type GateWeights, gateFeatureNames, priorWeights } from './gate-weights.ts';
import type { Policy } from './policy.ts';

/** No weight goes further from the prior than this: nobody's odd day makes it ask always or never. */
export const furthestFromPrior = 2;
/** The first steps are larger than later ones, which settle: rate = max(least, first / (1 + updates / halving)). */
const stepRate = { first: 0.1, least: 0.01, halvedAfter: 50 };
/** A place that was not asked teaches nothing; the weights drift this share of the way back, so that it is asked again one day. */
const forgetting = 0.002;
/** Weight of one call in the average of predicted joules. */
const averaging = 0.05;

/** The policy after a completion that was shown was taken, or was not. A gradient step on the log-likelihood. */
export function afterOutcome(policy: Policy, features: GateFeatures, accepted: boolean): Policy {
  const { updates } = policy.learned;
  const rate = Math.max(stepRate.least, stepRate.first / (1 + updates / stepRate.halvedAfter));
  const surprise = Number(accepted) - chanceOfAcceptance(features, policy);
  const values = gateVector(features);
  const weights = mapWeights((name) => policy.gate.weights[name] + rate * surprise * values[name]);
  return {
    ...policy,
    gate: { ...policy.gate, weights },
    learned: { ...policy.learned, updates: updates + 1 },
  };
}

/** The policy after a place that the gate did not ask at. */
export function afterSilence(policy: Policy): Policy {
  const { weights } = policy.gate;
  const drifted = mapWeights((name) => weights[name] + forgetting * (priorWeights[name] - weights[name]));
  return { ...policy, gate: { ...policy.gate, weights: drifted } };
}

/** The policy after a call with this prediction was made: what a typical call takes. */
export function afterCall(policy: Policy, predictedJoules: number | undefined): Policy {
  if (predictedJoules === undefined || !(predictedJoules > 0)) return policy;
  const { typicalJoules } = policy.gate;
  const typical =
    typicalJoules === undefined ? predictedJoules : typicalJoules + averaging * (predictedJoules - typicalJoules);
  return { ...policy, gate: { ...policy.gate, typicalJoules: typical } };
}

function mapWeights(change: (name: keyof GateWeights) => number): GateWeights {
  const entries = gateFeatureNames.map((name): readonly [keyof GateWeights, number] => [
    name,
    bounded(name, change(name)),
  ]);
  return { ...priorWeights, ...Object.fromEntries(entries) };
}

/** Within its bounds; a figure that is none leaves the prior. */
export function bounded(name: keyof GateWeights, weight: number): number {
  const prior = priorWeights[name];
  if (!Number.isFinite(weight)) return prior;
  return Math.min(prior + furthestFromPrior, Math.max(prior - furthestFromPrior, weight));
}
