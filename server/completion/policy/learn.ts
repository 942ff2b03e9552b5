// Trains the policy offline, gate, size and stop as one, from completions whose end is known: those of the ledger, or a simulator's.
// Pure; where the examples come from and where the policy is kept is not known here.

import { type FitOptions, fitLogistic } from './fit.ts';
import { type GateFeatures, gateVector } from './gate.ts';
import { type GateWeights, gateFeatureNames, priorWeights } from './gate-weights.ts';
import type { Logistic } from './logistic.ts';
import { bounded } from './online.ts';
import { defaultPolicy, type Policy } from './policy.ts';

/** One completion that was asked for and what became of it. Numbers only, no source text. */
export interface LoggedCompletion {
  /** What the gate knew, and whether it was taken; undefined where it was never shown. */
  readonly gate?: { readonly features: GateFeatures; readonly accepted: boolean };
  /** How sure the small model was at its least (`leastSure`), and whether its answer was right: taken, or the same as the truth. */
  readonly small?: { readonly leastSure: number; readonly right: boolean };
  /** Of a larger model that was asked because the small one was not right. */
  readonly large?: { readonly right: boolean };
  /** Of the call, as predicted. */
  readonly predictedJoules?: number;
}

/** The prior of a curve of two numbers is worth so many completions, of the gate's ten so many. Choices: an afternoon's typing. */
const strengths = { curve: 2, gate: 5, share: 10 };

/**
 * The policy that fits these completions, held to the prior. Dial and mode stay as they are, and so do the parts for which there are
 * no examples.
 */
export function trainPolicy(
  examples: readonly LoggedCompletion[],
  start: Policy,
  from: Policy['learned']['from'],
): Policy {
  const weights = fitGate(examples);
  const isRight = fitSureness(examples) ?? start.stop.unsure.isRight;
  const larger = examples.flatMap(({ large }) => (large === undefined ? [] : [large.right]));
  const predicted = examples.flatMap(({ predictedJoules: joules }) => (joules === undefined ? [] : [joules]));
  const typicalJoules =
    predicted.length === 0
      ? start.gate.typicalJoules
      : predicted.reduce((sum, joules) => sum + joules, 0) / predicted.length;
  return {
    ...start,
    gate: { weights: weights ?? start.gate.weights, ...(typicalJoules === undefined ? {} : { typicalJoules }) },
    size: {
      smallIsRight: isRight,
      largeMends: larger.length === 0 ? start.size.largeMends : shareOf(larger, defaultPolicy.size.largeMends),
    },
    stop: { ...start.stop, unsure: { ...start.stop.unsure, isRight } },
    learned: { examples: examples.length, updates: 0, from },
  };
}

function fitGate(examples: readonly LoggedCompletion[]): GateWeights | undefined {
  const rows = examples.flatMap(({ gate }) => {
    if (gate === undefined) return [];
    const vector = gateVector(gate.features);
    return [{ values: gateFeatureNames.map((name) => vector[name]), label: gate.accepted }];
  });
  if (rows.length === 0) return undefined;
  const options: FitOptions = { prior: gateFeatureNames.map((name) => priorWeights[name]), strength: strengths.gate };
  const fitted = fitLogistic(rows, options);
  const entries = gateFeatureNames.map((name, index): readonly [string, number] => [
    name,
    bounded(name, fitted[index] ?? priorWeights[name]),
  ]);
  return { ...priorWeights, ...Object.fromEntries(entries) };
}

/** Surer is never taken for less likely: a slope under 0 would be chance in too few examples. */
function fitSureness(examples: readonly LoggedCompletion[]): Logistic | undefined {
  const rows = examples.flatMap(({ small }) =>
    small === undefined ? [] : [{ values: [1, small.leastSure], label: small.right }],
  );
  if (rows.length === 0) return undefined;
  const { intercept, slope } = defaultPolicy.stop.unsure.isRight;
  const [fitted = intercept, steepness = slope] = fitLogistic(rows, {
    prior: [intercept, slope],
    strength: strengths.curve,
  });
  return { intercept: fitted, slope: Math.max(0, steepness) };
}

/** The share of true ones, held to the prior. */
function shareOf(values: readonly boolean[], prior: number): number {
  return (values.filter(Boolean).length + prior * strengths.share) / (values.length + strengths.share);
}
