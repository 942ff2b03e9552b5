// Figures of `experiment batch`: joules and latency per request by number of requests at once, and SEEDS S3's overall metric. Pure.

import { median, quantile } from 'd3-array';
import { isKnown } from '../../../energy/joules.ts';
import { type ShareInterval, wilsonInterval } from '../../../energy/wilson.ts';
import { overallMetric, type Weights } from '../../../ledger/ranking.ts';
import { type Sum, sumOf } from '../../sums.ts';
import type { Arm, TrialRecord } from '../experiment.ts';
import type { BatchResult } from './result.ts';

export type BatchRecord = TrialRecord<BatchResult>;

export interface BatchFigures {
  readonly arm: Arm;
  readonly model: string;
  readonly parallel: number;
  readonly rounds: number;
  readonly requests: number;
  /** Of all requests. */
  readonly total: Sum;
  readonly joulesPerRequest: number | undefined;
  /** Mean error of a request's figure, as stated by the meter. */
  readonly plusMinusJoules: number | undefined;
  /** Against one at a time with the same model; undefined where that was not run or joules are unknown. */
  readonly energyChange: number | undefined;
  readonly meanSeconds: number;
  readonly medianSeconds: number;
  readonly p95Seconds: number;
  readonly requestsPerSecond: number;
  readonly tokensPerSecond: number;
  /** Undefined where answers were not executed. */
  readonly passed: { readonly hits: number; readonly of: number; readonly interval: ShareInterval } | undefined;
  /** Undefined where joules are unknown. */
  readonly overall: number | undefined;
}

export interface BatchRanking {
  /** By model, then by requests at once. */
  readonly figures: readonly BatchFigures[];
  /** The first model, one request at a time (or the fewest there is): it has an overall metric of 1. */
  readonly reference: Arm | undefined;
  /** Best overall metric first. */
  readonly best: readonly BatchFigures[];
  /** Whether quality is in the metric: only when every answer was executed. */
  readonly countsQuality: boolean;
}

/** @param withheld whether quality is not to be shown, because no real model answered. */
export function rankBatches(
  records: readonly BatchRecord[],
  arms: readonly Arm[],
  weights: Weights,
  withheld = false,
): BatchRanking {
  const unranked = arms.flatMap((arm) => {
    const own = records.filter(({ trial }) => trial.arm === arm.id).map(({ result }) => result);
    return own.length === 0 ? [] : [figuresOf(arm, own, withheld)];
  });
  const [first] = unranked;
  const reference = unranked
    .filter(({ model }) => model === first?.model)
    .reduce<Unranked | undefined>(
      (least, one) => (least === undefined || one.parallel < least.parallel ? one : least),
      undefined,
    );
  const countsQuality = weights.quality > 0 && unranked.every(({ passed }) => passed !== undefined);
  const figures = unranked.map((one) => ({
    ...one,
    energyChange: changeOf(one, unranked),
    overall: overallOf(one, reference, weights, countsQuality),
  }));
  const best = figures
    .filter(({ overall }) => overall !== undefined)
    .sort((a, b) => (b.overall ?? 0) - (a.overall ?? 0));
  return { figures, reference: reference?.arm, best, countsQuality };
}

type Unranked = Omit<BatchFigures, 'energyChange' | 'overall'>;

function figuresOf(arm: Arm, rounds: readonly BatchResult[], withheld: boolean): Unranked {
  const requests = rounds.flatMap((round) => round.requests);
  const total = sumOf(requests.map(({ gross }) => gross));
  const known = isKnown(total.joules) ? total.joules : undefined;
  const seconds = requests.map((request) => request.seconds);
  const wall = rounds.reduce((sum, round) => sum + round.seconds, 0);
  const executed = requests.filter(({ verdict }) => verdict.status !== 'not run');
  const hits = executed.filter(({ verdict }) => verdict.status === 'passed').length;
  const complete = !withheld && executed.length === requests.length && requests.length > 0;
  return {
    arm,
    model: rounds[0]?.model ?? '',
    parallel: rounds[0]?.parallel ?? 1,
    rounds: rounds.length,
    requests: requests.length,
    total,
    joulesPerRequest: known && known.joules / total.known,
    plusMinusJoules: known && known.plusMinusJoules / total.known,
    meanSeconds: seconds.reduce((sum, one) => sum + one, 0) / Math.max(1, seconds.length),
    medianSeconds: median(seconds) ?? Number.NaN,
    p95Seconds: quantile(seconds, 0.95) ?? Number.NaN,
    requestsPerSecond: requests.length / wall,
    tokensPerSecond: requests.reduce((sum, { tokensOut }) => sum + tokensOut, 0) / wall,
    passed: complete ? { hits, of: executed.length, interval: wilsonInterval(hits, executed.length) } : undefined,
  };
}

function changeOf({ model, parallel, joulesPerRequest }: Unranked, all: readonly Unranked[]): number | undefined {
  const single = all.find((other) => other.model === model && other.parallel === 1);
  if (parallel === 1 || joulesPerRequest === undefined || !single?.joulesPerRequest) return undefined;
  return joulesPerRequest / single.joulesPerRequest - 1;
}

/** Where quality is not known, latency and energy share its weight in their own proportion. */
function overallOf(
  one: Unranked,
  reference: Unranked | undefined,
  weights: Weights,
  countsQuality: boolean,
): number | undefined {
  if (one.joulesPerRequest === undefined || reference?.joulesPerRequest === undefined) return undefined;
  const used = countsQuality ? weights : { ...weights, quality: 0 };
  if (used.quality + used.latency + used.energy === 0) return undefined;
  const sides = (way: Unranked): Parameters<typeof overallMetric>[0] => ({
    passShare: way.passed === undefined ? 0 : way.passed.hits / way.passed.of,
    seconds: way.meanSeconds,
    joules: way.joulesPerRequest ?? Number.NaN,
  });
  return overallMetric(sides(one), sides(reference), used);
}
