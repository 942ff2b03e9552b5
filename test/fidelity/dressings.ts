// Every dressing that an answer gets: each feature of a set alone, and two or three at once drawn from the grammar.
// Deterministic: the same seed, answer and set give the same texts. A dressed answer stays right: a careful person who copies
// from it gets the right code. Where that takes judgement, the feature says so (`judgement`).
//
// Left out on purpose: self-corrections ("wait, that is wrong, here is the corrected one"), where only understanding the
// prose tells which version counts; HTML entities in code, which a reader can't tell from code that means them; literal `\n`
// in place of line breaks, which can't be told from escapes in strings; methods wrapped in a class that was not asked for.

import type { Answer } from './answer.ts';
import { blindInsides, blindLayouts, blindShapes } from './blind-shapes.ts';
import { blindAfters, blindBefores, blindFences, blindTails, blindThinking, blindTokens } from './blind-wrappings.ts';
import { bodyShapes, compatible, type Dressed, dress, type Feature, featureApplies } from './grammar.ts';
import { knownFeatures, knownFences, knownShapes } from './known-features.ts';
import { type Random, seededRandom } from './random.ts';

export type DressingSet = 'known' | 'blind';

export interface Dressing extends Dressed {
  readonly set: DressingSet;
  /** Row of the table: the feature's name, or how many were combined. */
  readonly label: string;
  /** Gives this dressing again: `dressingFor(answer, set, label, seed)`. */
  readonly seed: string;
}

export const blindFeatures: readonly Feature[] = [
  ...blindShapes,
  ...blindLayouts,
  ...blindInsides,
  ...blindFences,
  ...blindTails,
  ...blindBefores,
  ...blindAfters,
  ...blindThinking,
  ...blindTokens,
];

export const featuresOf: Readonly<Record<DressingSet, readonly Feature[]>> = {
  known: knownFeatures,
  blind: blindFeatures,
};

/** `two at once` and `three at once`, each as often as asked for: `two at once #2`. */
export function combinationLabels(count: number): string[] {
  return Array.from({ length: count }, (_, index) => [
    `two at once #${index + 1}`,
    `three at once #${index + 1}`,
  ]).flat();
}

/** Labels of all dressings of a set that make sense for this answer. */
export function labelsFor(answer: Answer, set: DressingSet, combinations: number): string[] {
  const alone = featuresOf[set].filter((feature) => featureApplies(feature, answer) && feature.name !== 'no fence');
  return [...alone.map((feature) => feature.name), ...combinationLabels(combinations)];
}

/** One dressing. `undefined` when the feature does not make sense for this answer. */
export function dressingFor(answer: Answer, set: DressingSet, label: string, seed: string): Dressing | undefined {
  const random = seededRandom(seed, set, label);
  const combination = /^(two|three) at once/.exec(label);
  const chosen =
    combination === null
      ? featuresOf[set].filter((feature) => feature.name === label)
      : drawCombination(answer, set, combination[1] === 'two' ? 2 : 3, random);
  if (chosen.length === 0 || !chosen.every((feature) => featureApplies(feature, answer))) return undefined;
  return { ...dress(answer, completed(answer, chosen, random), random), set, label, seed };
}

/** Draws until the features fit together. A blind combination has at least one blind feature. */
function drawCombination(answer: Answer, set: DressingSet, count: number, random: Random): Feature[] {
  const own = featuresOf[set].filter((feature) => featureApplies(feature, answer) && feature.name !== 'no fence');
  const pool = [...own, ...(set === 'blind' ? knownFeatures.filter((feature) => featureApplies(feature, answer)) : [])];
  for (;;) {
    const drawn = [random.pick(own)];
    while (drawn.length < count) drawn.push(random.pick(pool));
    if (compatible(drawn)) return drawn;
  }
}

/** Every answer has a shape and a fence, or none on purpose: fills in usual ones where the dressing leaves them open. */
function completed(answer: Answer, chosen: readonly Feature[], random: Random): Feature[] {
  const shapes = knownShapes.filter(
    (feature) => featureApplies(feature, answer) && feature.name !== 'imports repeated',
  );
  const fences = knownFences.filter((feature) => ['no fence', 'fence with language'].includes(feature.name));
  const shapeClosed = chosen.some((feature) => feature.slot === 'shape' || feature.excludesSlots?.includes('shape'));
  const fenceClosed = chosen.some((feature) => feature.slot === 'fence');
  const [alone] = chosen;
  if (chosen.length === 1 && alone !== undefined && plainShapes.has(alone.name)) return [alone, noFence(fences)];
  for (let attempt = 0; attempt < 200; attempt++) {
    const all = [...chosen];
    if (!shapeClosed) all.push(random.pick(shapes));
    if (!fenceClosed) all.push(random.pick(fences));
    if (compatible(all)) return all;
  }
  throw new Error(`nothing completes ${chosen.map((feature) => feature.name).join(' + ')}`);
}

/** Alone these mean the text without anything around it. */
const plainShapes: ReadonlySet<string> = new Set([...bodyShapes, 'whole function']);

function noFence(fences: readonly Feature[]): Feature {
  const found = fences.find((feature) => feature.name === 'no fence');
  if (found === undefined) throw new Error('the grammar lost its empty fence');
  return found;
}
