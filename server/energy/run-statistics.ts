// SEEDS S1's metrics over runs of one's own, and S1's projection from them. Pure; knows figures, no receipt.

import jstat from 'jstat';
import type { UnknownJoules } from './joules.ts';

/** One answer, all its calls together. Joules are gross. */
export interface RunFigures {
  readonly joules: number;
  /** Undefined where the counter was not read. */
  readonly packageJoules: number | undefined;
  readonly gpuJoules: number | undefined;
  readonly seconds: number;
  readonly tokensOut: number;
  /** Of `tokensOut`, by the worker. */
  readonly workerTokensOut: number;
}

/** S1's table, row by row. Wh and tokens per joule are S2's units. */
export interface RunStatistics {
  readonly runs: number;
  readonly meanJoules: number;
  readonly medianJoules: number;
  /** Of a sample: n − 1. */
  readonly standardDeviationJoules: number;
  readonly interquartileRangeJoules: number;
  readonly maximumJoules: number;
  readonly minimumJoules: number;
  readonly meanPackageJoules: number | undefined;
  readonly meanGpuJoules: number | undefined;
  readonly averageWatts: number;
  readonly meanSeconds: number;
  readonly medianSeconds: number;
  readonly meanTokensOut: number;
  readonly joulesPerOutputToken: number;
  readonly tokensPerSecond: number;
  /** Share of the tokens that the worker wrote, 0 to 1. */
  readonly workerTokenShare: number;
  /** Standard deviation over mean. */
  readonly coefficientOfVariation: number;
  readonly meanWattHours: number;
  readonly tokensPerJoule: number;
}

/** @returns what is unknown, and why, for fewer than two runs: a spread needs two. */
export function statisticsOf(runs: readonly RunFigures[]): RunStatistics | UnknownJoules {
  if (runs.length < 2)
    return { status: 'unknown', why: `statistics need two measured runs, and there are ${runs.length}` };
  const joules = runs.map((run) => run.joules);
  const seconds = runs.map((run) => run.seconds);
  const tokens = sum(runs.map((run) => run.tokensOut));
  const [lower, , upper] = jstat.quartiles(joules);
  const meanJoules = jstat.mean(joules);
  const standardDeviationJoules = jstat.stdev(joules, true);
  return {
    runs: runs.length,
    meanJoules,
    medianJoules: jstat.median(joules),
    standardDeviationJoules,
    interquartileRangeJoules: (upper ?? Number.NaN) - (lower ?? Number.NaN),
    // Not by spreading: a hundred thousand arguments are too many.
    maximumJoules: joules.reduce((most, one) => Math.max(most, one)),
    minimumJoules: joules.reduce((least, one) => Math.min(least, one)),
    meanPackageJoules: meanOfKnown(runs.map((run) => run.packageJoules)),
    meanGpuJoules: meanOfKnown(runs.map((run) => run.gpuJoules)),
    averageWatts: sum(joules) / sum(seconds),
    meanSeconds: jstat.mean(seconds),
    medianSeconds: jstat.median(seconds),
    meanTokensOut: tokens / runs.length,
    joulesPerOutputToken: sum(joules) / tokens,
    tokensPerSecond: tokens / sum(seconds),
    workerTokenShare: sum(runs.map((run) => run.workerTokensOut)) / tokens,
    coefficientOfVariation: standardDeviationJoules / meanJoules,
    meanWattHours: meanJoules / 3600,
    tokensPerJoule: tokens / sum(joules),
  };
}

export interface Projection {
  /** Measured runs on each side. */
  readonly runs: number;
  readonly referenceRuns: number;
  readonly savedJoulesPerPrompt: number;
  /** Half-width of the 95 % interval (Welch). */
  readonly plusMinusJoulesPerPrompt: number;
  readonly kilowattHoursPerDeveloperYear: number;
  readonly plusMinusKilowattHours: number;
  readonly kilowattHoursPerTeamYear: number;
}

/** SEEDS S1 counts on 30 prompts a day; its 10.3 kWh a year come to 250 working days. */
export const promptsPerDay = 30;
export const workingDaysPerYear = 250;

/**
 * What a way of working saves against another, from measured runs of both. Without two runs on each side there is no projection; a
 * negative figure is a loss and is shown as one.
 */
export function projectionOf(
  runs: readonly number[],
  reference: readonly number[],
  { prompts = promptsPerDay, days = workingDaysPerYear, developers = 1 } = {},
): Projection | UnknownJoules {
  if (runs.length < 2 || reference.length < 2) {
    return {
      status: 'unknown',
      why: `a projection needs two measured runs of each, and there are ${runs.length} and ${reference.length}`,
    };
  }
  const errorOf = (values: readonly number[]): number => jstat.stdev([...values], true) ** 2 / values.length;
  const [a, b] = [errorOf(runs), errorOf(reference)];
  const saved = jstat.mean([...reference]) - jstat.mean([...runs]);
  // Welch–Satterthwaite.
  const freedom = a + b === 0 ? 1 : (a + b) ** 2 / (a ** 2 / (runs.length - 1) + b ** 2 / (reference.length - 1));
  const half = jstat.studentt.inv(0.975, freedom) * Math.sqrt(a + b);
  const yearly = (prompts * days) / 3.6e6;
  return {
    runs: runs.length,
    referenceRuns: reference.length,
    savedJoulesPerPrompt: saved,
    plusMinusJoulesPerPrompt: half,
    kilowattHoursPerDeveloperYear: saved * yearly,
    plusMinusKilowattHours: half * yearly,
    kilowattHoursPerTeamYear: saved * yearly * developers,
  };
}

function meanOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? jstat.mean(known) : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
