// Figures of others that ours stand beside, with their sources. Nothing here is measured by us, and nothing is predicted from it.

import type { RunStatistics } from '../../energy/run-statistics.ts';
import type { Unit } from '../page/page.ts';

/** One of the sixteen metrics of SEEDS S1. */
export interface PublishedMetric {
  readonly number: number;
  readonly title: string;
  readonly unit: Unit;
  /** The same from our own runs. */
  readonly of: (statistics: RunStatistics) => number | undefined;
  /** gemma3:27b alone. */
  readonly single: number;
  /** gemma3:12b plans, gemma3:4b writes. */
  readonly outline: number;
}

export const s1Source =
  '“Splitting the Work”, TU Delft, CS4575, 2 April 2026: RTX 3080 Ti, i9-11900H, EnergiBridge every 200 ms, package and GPU, n = 5';

export const metricsOfS1: readonly PublishedMetric[] = [
  { number: 1, title: 'energy, mean', unit: 'joules', of: (one) => one.meanJoules, single: 8501.53, outline: 3560.34 },
  {
    number: 2,
    title: 'energy, median',
    unit: 'joules',
    of: (one) => one.medianJoules,
    single: 8412.27,
    outline: 3565.41,
  },
  {
    number: 3,
    title: 'standard deviation',
    unit: 'joules',
    of: (one) => one.standardDeviationJoules,
    single: 631.78,
    outline: 279.2,
  },
  {
    number: 4,
    title: 'interquartile range',
    unit: 'joules',
    of: (one) => one.interquartileRangeJoules,
    single: 717.86,
    outline: 287.67,
  },
  { number: 5, title: 'maximum', unit: 'joules', of: (one) => one.maximumJoules, single: 9090.98, outline: 3943.67 },
  { number: 6, title: 'minimum', unit: 'joules', of: (one) => one.minimumJoules, single: 7560.16, outline: 3209.99 },
  {
    number: 7,
    title: 'CPU package',
    unit: 'joules',
    of: (one) => one.meanPackageJoules,
    single: 1691.17,
    outline: 624.23,
  },
  { number: 8, title: 'GPU', unit: 'joules', of: (one) => one.meanGpuJoules, single: 6810.36, outline: 2936.11 },
  { number: 9, title: 'average power', unit: 'watts', of: (one) => one.averageWatts, single: 97.37, outline: 86.95 },
  { number: 10, title: 'time, mean', unit: 'seconds', of: (one) => one.meanSeconds, single: 87.29, outline: 40.94 },
  { number: 11, title: 'time, median', unit: 'seconds', of: (one) => one.medianSeconds, single: 86.64, outline: 40.42 },
  {
    number: 12,
    title: 'output tokens per run',
    unit: 'tokens',
    of: (one) => one.meanTokensOut,
    single: 1966,
    outline: 1495.6,
  },
  {
    number: 13,
    title: 'energy per output token',
    unit: 'joules per token',
    of: (one) => one.joulesPerOutputToken,
    single: 4.324,
    outline: 2.381,
  },
  {
    number: 14,
    title: 'tokens per second',
    unit: 'ratio',
    of: (one) => one.tokensPerSecond,
    single: 22.52,
    outline: 36.53,
  },
  {
    number: 15,
    title: 'tokens by the small model',
    unit: 'share',
    of: (one) => one.workerTokenShare,
    single: 0,
    outline: 0.69,
  },
  {
    number: 16,
    title: 'coefficient of variation',
    unit: 'share',
    of: (one) => one.coefficientOfVariation,
    single: 0.0743,
    outline: 0.0784,
  },
];

/** What has to be known to read S1’s figures beside others. */
export const cautionsOfS1: readonly string[] = [
  'S1 caps its outline at 250 tokens, yet its planner wrote 461.8, which it does not explain; here the cap is the engine’s.',
  'S1’s text counts memory into the total, its equation does not: its figures stand beside package and GPU.',
  '27b in 4 bits hardly fits the 16 GB of S1’s card, so that part of it probably ran on the processor: −58 % may not carry over.',
  'S1 has no control of the small model alone, and one task only; here the small model alone is a way of its own, the task is still one.',
];
