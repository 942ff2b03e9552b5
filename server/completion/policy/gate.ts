// Whether to ask at all: the chance that a completion here is taken, against what it is predicted to cost. Before any token, so that what
// is not asked costs nothing.

import { type GateFeatureName, gateFeatureNames } from './gate-weights.ts';
import { logistic } from './logistic.ts';
import type { Policy } from './policy.ts';
import { batteryFactor, leastChance } from './price.ts';

/** What is known before asking. Cheap: text around the cursor and what happened last. */
export interface GateFeatures {
  /** Asked for by a key or a command: then it is asked, whatever the chance. */
  readonly invoked: boolean;
  /** Whether the last completion that was shown was taken; undefined before the first. */
  readonly previousAccepted: boolean | undefined;
  /** Since that was decided; undefined before the first. */
  readonly secondsSinceOutcome: number | undefined;
  /** UTF-16 units of the cursor's line before the cursor. */
  readonly lineLength: number;
  /** Nothing but white space follows the cursor on its line. */
  readonly blankAfterCursor: boolean;
  /** Offset of the cursor / length of the document, 0 to 1. */
  readonly documentShare: number;
  /** A letter or digit follows the cursor. */
  readonly midWord: boolean;
  readonly inComment: boolean;
  readonly inString: boolean;
  readonly onBattery: boolean;
  /** Of this call; undefined where nothing is known of the model's size. */
  readonly predictedJoules: number | undefined;
}

export interface GateDecision {
  readonly ask: boolean;
  /** That it will be taken, 0 to 1. */
  readonly chance: number;
  /** One sentence for the log. */
  readonly why: string;
}

/** Asks when the chance, against this call's share of a typical call's joules, is at least what the dial wants. */
export function decideToAsk(features: GateFeatures, policy: Policy): GateDecision {
  const chance = chanceOfAcceptance(features, policy);
  const percent = `${Math.round(chance * 100)} %`;
  if (features.invoked) return { ask: true, chance, why: 'it was asked for' };
  if (policy.dial <= 0) return { ask: true, chance, why: 'frugality is 0' };
  const needed = leastChance(policy.dial) * relativeCost(features, policy);
  const ask = chance >= needed;
  const comparison = ask ? 'enough' : 'too little';
  return {
    ask,
    chance,
    why: `a chance of ${percent} to be taken is ${comparison}: ${Math.round(needed * 100)} % are needed`,
  };
}

/** How likely a completion here is taken. */
export function chanceOfAcceptance(features: GateFeatures, { gate }: Policy): number {
  const values = gateVector(features);
  return logistic(gateFeatureNames.reduce((sum, name) => sum + gate.weights[name] * values[name], 0));
}

/** A dismissal is fresh for about this long: the pace of somebody who types on. A choice, not a measurement. */
const freshSeconds = 10;
/** Times past this say nothing more. */
const longestSeconds = 3600;

/** The features as the numbers that the weights multiply, logarithms as Copilot takes them: ln(1 + x). */
export function gateVector(features: GateFeatures): Readonly<Record<GateFeatureName, number>> {
  const seconds = Math.min(longestSeconds, Math.max(0, features.secondsSinceOutcome ?? longestSeconds));
  return {
    always: 1,
    previousAccepted: features.previousAccepted === true ? 1 : 0,
    secondsSinceOutcome: Math.log(1 + seconds),
    lineLength: Math.log(1 + Math.max(0, features.lineLength)),
    blankAfterCursor: Number(features.blankAfterCursor),
    documentShare: Math.min(1, Math.max(0, features.documentShare)),
    midWord: Number(features.midWord),
    inComment: Number(features.inComment),
    inString: Number(features.inString),
    justDismissed: features.previousAccepted === false ? Math.exp(-seconds / freshSeconds) : 0,
  };
}

/** A long prompt to a large model may cost this many typical calls, or this little of one, and no more is believed. */
const relativeCostBounds = { least: 0.25, most: 4 };

/** This call's joules / a typical call's; 1 while one of the two is unknown. */
function relativeCost({ predictedJoules, onBattery }: GateFeatures, { gate }: Policy): number {
  const { typicalJoules } = gate;
  const known = predictedJoules !== undefined && typicalJoules !== undefined && typicalJoules > 0;
  const ratio = known ? predictedJoules / typicalJoules : 1;
  const bounded = Math.min(relativeCostBounds.most, Math.max(relativeCostBounds.least, ratio));
  return bounded * (onBattery ? batteryFactor : 1);
}
