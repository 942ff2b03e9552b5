// What happened to earlier answers, per strategy and situation: how often they passed, and what they cost against what was
// predicted. Counts that fade; pure arithmetic. Knows no clock, no file, no prompt.

import type { SizeClass } from '../pipeline/forecast.ts';
import type { StrategyId } from '../pipeline/task.ts';

/** What makes two tasks alike, from the most telling on: what is known about the wider class stands in for the narrower. */
export interface Situation {
  /** Digests of the models in their roles: other weights under the same name are another situation. */
  readonly models: string;
  readonly actionId: string;
  readonly size: SizeClass;
  readonly languageId: string;
}

export interface Observation {
  readonly situation: Situation;
  readonly strategy: StrategyId;
  /** Undefined: not decided (yet); the joules count all the same. */
  readonly passed: boolean | undefined;
  /** Joules spent on the whole job over joules predicted for one clean run of the strategy. Undefined where either is unknown. */
  readonly costRatio: number | undefined;
  readonly atWallMilliseconds: number;
}

/** Beta distribution of the chance to pass, and the mean cost ratio with its standard error. */
export interface Lesson {
  readonly alpha: number;
  readonly beta: number;
  readonly costRatio: number;
  readonly costRatioError: number;
  /** Faded count of decided runs in the narrowest class. */
  readonly runs: number;
}

export interface Experience {
  observe(observation: Observation): void;
  lesson(strategy: StrategyId, situation: Situation, nowWallMilliseconds: number): Lesson;
}

/**
 * Chance to pass before anything is known here. SEEDS S1: 74 % of outline's answers to small exercises were valid, and its rubric
 * puts one large model level with it (16.2 against 16.0 of 20). The small model alone is the control that S1 lacks: taken a tenth
 * lower. Split has no figure of its own and takes outline's.
 */
const priorChance: Record<StrategyId, number> = { direct: 0.67, outline: 0.74, split: 0.74, single: 0.75 };
/**
 * A definition's worth of code or less is what small models are good at (SEEDS S3: 7B level with 72B), and what plans add nothing
 * to; several definitions in one go are where small workers lose detail (S1).
 */
const sizeOdds: Record<SizeClass, Record<StrategyId, number>> = {
  small: { direct: 1.3, outline: 1, split: 1, single: 1.3 },
  large: { direct: 0.7, outline: 0.9, split: 0.9, single: 1 },
  several: { direct: 0.8, outline: 1, split: 1, single: 1 },
  many: { direct: 0.5, outline: 0.7, split: 0.9, single: 0.8 },
};
/**
 * Imagined runs behind the prior, and behind what a wider class passes on to a narrower one. Few for the chance: the memory below is
 * short, and a belief of others must not outweigh what a class has seen of itself. Costs differ less between classes.
 */
const priorRuns = 4;
const inheritedRuns = 2;
const inheritedCosts = 5;
/** A quarter of first answers is repaired or stepped up, at about the price of the first. */
const priorCostRatio = 1.25;
/** Costs scatter about as much as they are large; one far outlier must not decide. */
const costScatter = 0.8;
const mostCostRatio = 12;
/** Half of what is known is gone after a month: engines, drivers and habits change. */
const halfLifeMilliseconds = 30 * 86_400_000;
/** The last hundred or so runs count, so that a change is noticed within some tens. */
const memory = 0.98;

interface Tally {
  passed: number;
  failed: number;
  ratios: number;
  ratioSum: number;
  atWallMilliseconds: number;
}

/** Forgets nothing but age: replaying the ledger into `observe` restores it. */
export function createExperience(): Experience {
  const tallies = new Map<string, Tally>();

  return {
    observe(observation) {
      for (const key of classesOf(observation.strategy, observation.situation)) {
        const tally = tallies.get(key) ?? emptyTally(observation.atWallMilliseconds);
        tallies.set(key, tally);
        add(tally, observation);
      }
    },
    lesson(strategy, situation, nowWallMilliseconds) {
      const counts = classesOf(strategy, situation).map((key) => faded(tallies.get(key), nowWallMilliseconds));
      let chance = priorFor(strategy, situation.size);
      let ratio = priorCostRatio;
      let strength = priorRuns;
      let costStrength = priorRuns;
      let lesson: Lesson | undefined;
      for (const [index, all] of counts.entries()) {
        // What a wider class passes on is what its other members show: nothing is counted twice.
        const one = without(all, counts[index + 1]);
        const alpha = one.passed + strength * chance;
        const beta = one.failed + strength * (1 - chance);
        chance = alpha / (alpha + beta);
        ratio = (one.ratioSum + costStrength * ratio) / (one.ratios + costStrength);
        const costRatioError = (costScatter * ratio) / Math.sqrt(one.ratios + costStrength);
        lesson = { alpha, beta, costRatio: ratio, costRatioError, runs: one.passed + one.failed };
        strength = inheritedRuns;
        costStrength = inheritedCosts;
      }
      return lesson ?? { alpha: 1, beta: 1, costRatio: ratio, costRatioError: ratio, runs: 0 };
    },
  };
}

type Counts = Pick<Tally, 'passed' | 'failed' | 'ratios' | 'ratioSum'>;

function faded(tally: Tally | undefined, nowWallMilliseconds: number): Counts {
  const fade = tally === undefined ? 0 : fadeOver(nowWallMilliseconds - tally.atWallMilliseconds);
  const { passed = 0, failed = 0, ratios = 0, ratioSum = 0 } = tally ?? {};
  return { passed: passed * fade, failed: failed * fade, ratios: ratios * fade, ratioSum: ratioSum * fade };
}

/** A narrower class fades by fewer steps than the class around it, so that its count may be the larger one. */
function without(all: Counts, part: Counts | undefined): Counts {
  if (part === undefined) return all;
  return {
    passed: Math.max(0, all.passed - part.passed),
    failed: Math.max(0, all.failed - part.failed),
    ratios: Math.max(0, all.ratios - part.ratios),
    ratioSum: Math.max(0, all.ratioSum - part.ratioSum),
  };
}

/** The prior as odds, bent by size. */
function priorFor(strategy: StrategyId, size: SizeClass): number {
  const chance = priorChance[strategy];
  const odds = (chance / (1 - chance)) * sizeOdds[size][strategy];
  return odds / (1 + odds);
}

/** From the widest class to the narrowest. */
function classesOf(strategy: StrategyId, { models, actionId, size, languageId }: Situation): readonly string[] {
  const key = (...parts: readonly string[]): string => JSON.stringify([strategy, models, ...parts]);
  return [key(), key(size), key(size, actionId), key(size, actionId, languageId)];
}

function emptyTally(atWallMilliseconds: number): Tally {
  return { passed: 0, failed: 0, ratios: 0, ratioSum: 0, atWallMilliseconds };
}

function add(tally: Tally, { passed, costRatio, atWallMilliseconds }: Observation): void {
  const fade = fadeOver(atWallMilliseconds - tally.atWallMilliseconds);
  tally.atWallMilliseconds = Math.max(tally.atWallMilliseconds, atWallMilliseconds);
  tally.passed *= passed === undefined ? fade : fade * memory;
  tally.failed *= passed === undefined ? fade : fade * memory;
  if (passed === true) tally.passed += 1;
  if (passed === false) tally.failed += 1;
  if (costRatio === undefined || !(costRatio > 0)) return;
  tally.ratios = tally.ratios * fade * memory + 1;
  tally.ratioSum = tally.ratioSum * fade * memory + Math.min(costRatio, mostCostRatio);
}

/** Lines of a ledger may come in any order: what is older than the tally fades nothing. */
function fadeOver(milliseconds: number): number {
  return milliseconds <= 0 ? 1 : 0.5 ** (milliseconds / halfLifeMilliseconds);
}
