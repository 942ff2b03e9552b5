// Ranks what answered (a strategy with its models) by SEEDS S3's overall metric, from receipts. Pure; knows no engine and no clock.

import { type FigureStatus, isKnown } from '../energy/joules.ts';
import { wilsonInterval } from '../energy/wilson.ts';
import type { Receipt } from './events.ts';
import { outcomeOf } from './passed.ts';

/** How much quality, latency and energy count; they are scaled to sum to 1. */
export interface Weights {
  readonly quality: number;
  readonly latency: number;
  readonly energy: number;
}

export interface RankedWay {
  readonly strategy: string;
  /** Names of the models that were called, in the order of their first call: `gemma3:12b + gemma3:4b`. */
  readonly models: string;
  /** Decided answers with a figure. */
  readonly runs: number;
  /** Of those, the share that passed; the half-width is of its 95 % interval (Wilson). */
  readonly passShare: number;
  readonly passPlusMinus: number;
  /** Means per answer; repairs and steps up are in them. */
  readonly seconds: number;
  readonly joules: number;
  readonly joulesPerPassed: number | undefined;
  /** The weakest status of its figures. */
  readonly status: FigureStatus;
  /** Against the reference, which has 1. */
  readonly overallMetric: number;
}

export interface Ranking {
  /** Best first. */
  readonly ways: readonly RankedWay[];
  /** The way with the most runs. */
  readonly reference: RankedWay | undefined;
  /** Ways with too few decided runs to be ranked. */
  readonly tooFew: number;
  /** Answers without a figure or not decided (yet). */
  readonly leftOut: number;
}

/** With fewer runs a pass rate says next to nothing: 5 of 5 may be anything above a half. */
const fewestRuns = 5;

type Unranked = Omit<RankedWay, 'overallMetric'>;
type Ranked = Pick<RankedWay, 'passShare' | 'seconds' | 'joules'>;

/** @param weights none may be negative, and not all 0. */
export function rank(receipts: readonly Receipt[], weights: Weights, nowWallMilliseconds: number): Ranking {
  const groups = new Map<string, Receipt[]>();
  let leftOut = 0;
  for (const receipt of receipts) {
    if (receipt.calls.length === 0 || receipt.actionId === 'completion') continue;
    const outcome = outcomeOf(receipt, nowWallMilliseconds);
    if ((outcome !== 'passed' && outcome !== 'failed') || !isKnown(receipt.totals.gross)) leftOut++;
    else {
      const key = JSON.stringify([strategyOf(receipt), modelsOf(receipt)]);
      const known = groups.get(key);
      if (known === undefined) groups.set(key, [receipt]);
      else known.push(receipt);
    }
  }
  const all = [...groups.values()].map((group) => wayOf(group, nowWallMilliseconds));
  const enough = all.filter((way) => way.runs >= fewestRuns);
  const [reference] = [...enough].sort((a, b) => b.runs - a.runs || b.passShare - a.passShare);
  if (reference === undefined) return { ways: [], reference: undefined, tooFew: all.length, leftOut };
  const ways = enough
    .map((way) => ({ ...way, overallMetric: overallMetric(way, reference, weights) }))
    .sort((a, b) => b.overallMetric - a.overallMetric);
  return { ways, reference: { ...reference, overallMetric: 1 }, tooFew: all.length - enough.length, leftOut };
}

/** SEEDS S3: OM = sqrt(wq·(Q_E/Q_R)² + wl·(L_R/L_E)² + we·(E_R/E_E)²), E the evaluated, R the reference. */
export function overallMetric(evaluated: Ranked, reference: Ranked, weights: Weights): number {
  const sum = weights.quality + weights.latency + weights.energy;
  const ratio = (a: number, b: number): number => (b > 0 ? a / b : a > 0 ? Number.POSITIVE_INFINITY : 1);
  return Math.sqrt(
    (weights.quality / sum) * ratio(evaluated.passShare, reference.passShare) ** 2 +
      (weights.latency / sum) * ratio(reference.seconds, evaluated.seconds) ** 2 +
      (weights.energy / sum) * ratio(reference.joules, evaluated.joules) ** 2,
  );
}

/** The strategy that was chosen; one that was given up on the way was paid for by it. */
export function strategyOf({ choice, strategy }: Receipt): string {
  return choice?.strategy ?? strategy ?? 'direct';
}

/** Of the first attempt: repairs and steps up belong to every way. */
export function modelsOf({ calls }: Receipt): string {
  const first = calls.filter((call) => call.role === 'planner' || call.role === 'worker' || call.role === 'large');
  const ways = first.length > 0 ? first : calls;
  const names = ways.filter((call, index) => index === 0 || call.role !== 'large').map((call) => call.model);
  return [...new Set(names)].join(' + ');
}

function wayOf(group: readonly Receipt[], nowWallMilliseconds: number): Unranked {
  const figures = group.map((receipt) => receipt.totals.gross).filter(isKnown);
  const joules = figures.reduce((sum, figure) => sum + figure.joules, 0);
  const passed = group.filter((receipt) => outcomeOf(receipt, nowWallMilliseconds) === 'passed').length;
  const first = group[0];
  const statuses = new Set(figures.map((figure) => figure.status));
  return {
    strategy: first === undefined ? '' : strategyOf(first),
    models: first === undefined ? '' : modelsOf(first),
    runs: group.length,
    passShare: passed / group.length,
    passPlusMinus: wilsonInterval(passed, group.length).halfWidth,
    seconds: group.reduce((sum, receipt) => sum + receipt.totals.seconds, 0) / group.length,
    joules: joules / group.length,
    joulesPerPassed: passed === 0 ? undefined : joules / passed,
    status: statuses.has('simulated') ? 'simulated' : statuses.has('estimated') ? 'estimated' : 'measured',
  };
}
