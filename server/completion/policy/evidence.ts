// What a decision rested on, as plain numbers for the ledger, and back again for learning from it. No text of the user's, no names.

import type { GateFeatures } from './gate.ts';
import type { LoggedCompletion } from './learn.ts';

/** Yes is 1, no is 0; what was not known is left out. */
export type CompletionEvidence = Readonly<Record<string, number>>;

const flags = [
  'invoked',
  'previousAccepted',
  'blankAfterCursor',
  'midWord',
  'inComment',
  'inString',
  'onBattery',
] as const;
const numbers = ['secondsSinceOutcome', 'lineLength', 'documentShare', 'predictedJoules'] as const;

/** How an answer came about. */
export interface AnswerEvidence {
  /** Of the first model's answer; undefined where the engine gave no probabilities. */
  readonly leastSure: number | undefined;
  /** What a larger model's answer was beside it; undefined where none was asked. */
  readonly larger: 'another text' | 'the same text' | 'no text' | undefined;
}

export function evidenceOf(features: GateFeatures, answer: AnswerEvidence | undefined): CompletionEvidence {
  const larger = answer?.larger;
  const entries = [
    ...flags.map((name): readonly [string, number | undefined] => {
      const value = features[name];
      return [name, value === undefined ? undefined : Number(value)];
    }),
    ...numbers.map((name): readonly [string, number | undefined] => [name, rounded(features[name])]),
    ['leastSure', rounded(answer?.leastSure)] as const,
    ['largerShown', larger === undefined ? undefined : Number(larger !== 'no text')] as const,
    ['largerDiffers', larger === undefined ? undefined : Number(larger === 'another text')] as const,
  ];
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** @returns undefined where the numbers are not all there, as on the lines of another version. */
export function loggedFrom(evidence: CompletionEvidence, accepted: boolean): LoggedCompletion | undefined {
  const flag = (name: (typeof flags)[number]): boolean | undefined => {
    const value = evidence[name];
    return value === undefined ? undefined : value === 1;
  };
  const { lineLength, documentShare, secondsSinceOutcome, predictedJoules, leastSure } = evidence;
  const [invoked, blankAfterCursor] = [flag('invoked'), flag('blankAfterCursor')];
  const [midWord, inComment, inString] = [flag('midWord'), flag('inComment'), flag('inString')];
  if (lineLength === undefined || documentShare === undefined || invoked === undefined) return undefined;
  if (blankAfterCursor === undefined || midWord === undefined || inComment === undefined || inString === undefined) {
    return undefined;
  }
  const features: GateFeatures = {
    invoked,
    previousAccepted: flag('previousAccepted'),
    secondsSinceOutcome,
    lineLength,
    blankAfterCursor,
    documentShare,
    midWord,
    inComment,
    inString,
    onBattery: flag('onBattery') ?? false,
    predictedJoules,
  };
  return {
    // Who asks by hand wants something else than who is offered it while typing: the gate only decides on the latter.
    ...(invoked ? {} : { gate: { features, accepted } }),
    // What was taken or passed over is the larger model's where it said something else: then the small one's is not known.
    ...(leastSure === undefined || evidence.largerDiffers === 1 ? {} : { small: { leastSure, right: accepted } }),
    ...(evidence.largerShown === 1 ? { large: { right: accepted } } : {}),
    ...(predictedJoules === undefined ? {} : { predictedJoules }),
  };
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined || !Number.isFinite(value) ? undefined : Number(value.toPrecision(5));
}
