// SEEDS S1 repeated: what each way of working takes for one task, by S1's sixteen metrics. Results in, statistics out. Knows no engine,
// no folder, no page.

import { type FigureStatus, isKnown, sumJoules, totalDomains } from '../../energy/joules.ts';
import { type RunFigures, type RunStatistics, statisticsOf } from '../../energy/run-statistics.ts';
import { type Comparison, compare } from '../../energy/two-samples.ts';
import type { ModelCall } from '../../gateway/model-call.ts';
import { totalsOf } from '../../ledger/receipt.ts';
import { type Arm, areCalls, type TrialRecord } from './experiment.ts';
import type { RubricScore } from './rubric.ts';

export type WayId = 'single' | 'single-mid' | 'direct' | 'outline' | 'split' | 'auto' | 'single-stop';

export const ways: readonly (Arm & { readonly id: WayId })[] = [
  { id: 'single', title: 'single, large model' },
  { id: 'single-mid', title: 'single, mid model' },
  { id: 'direct', title: 'direct, small model alone' },
  { id: 'outline', title: 'outline: mid plans, small writes' },
  { id: 'split', title: 'split, as published' },
  { id: 'auto', title: 'auto, as joule-ls decides' },
  { id: 'single-stop', title: 'single, with our stop filters' },
];

/** What was seen of the API when it ran. */
export type Behaviour =
  | { readonly state: 'ran'; readonly passed: number; readonly of: number; readonly failures: readonly string[] }
  | { readonly state: 'not run'; readonly why: string };

export interface WayResult {
  readonly calls: readonly ModelCall[];
  /** From the question to the answer, by our clock. */
  readonly seconds: number;
  readonly answer: string;
  /** Why there is no answer that counts, where there is none. */
  readonly failure?: string;
  /** Of the small model, all roles. */
  readonly smallTokensOut: number;
  readonly rubric?: RubricScore;
  readonly behaviour: Behaviour;
}

/** A line's result back, undefined where it is none. */
export function parseWayResult(value: unknown): WayResult | undefined {
  const result = value as Partial<WayResult> | null;
  const known =
    typeof result === 'object' &&
    areCalls(result?.calls) &&
    typeof result.seconds === 'number' &&
    typeof result.answer === 'string' &&
    typeof result.smallTokensOut === 'number' &&
    typeof result.behaviour === 'object';
  return known ? (result as WayResult) : undefined;
}

export interface WaySummary {
  readonly way: string;
  readonly title: string;
  readonly runs: number;
  readonly failed: number;
  /** The weakest of its runs' figures; undefined where none is known. */
  readonly status: FigureStatus | undefined;
  /** All that is counted here. */
  readonly own: RunStatistics | { readonly status: 'unknown'; readonly why: string };
  /** S1's: package and GPU, without memory. */
  readonly published: RunStatistics | { readonly status: 'unknown'; readonly why: string };
  /** Joules of this way less those of `single`, over single's. */
  readonly againstSingle: Comparison | string | undefined;
  readonly meanRubric: number | string;
  readonly behaviour: string;
}

/** Of the ways that have finished runs, in their order. */
export function summariesOf(records: readonly TrialRecord<WayResult>[]): WaySummary[] {
  const resultsOf = (way: string): WayResult[] =>
    records.filter(({ trial }) => trial.arm === way).map(({ result }) => result);
  const single = joulesOf(resultsOf('single'));
  return ways
    .filter(({ id }) => resultsOf(id).length > 0)
    .map(({ id, title }) => summaryOf({ way: id, title }, resultsOf(id), id === 'single' ? undefined : single));
}

function summaryOf(
  { way, title }: { way: string; title: string },
  results: readonly WayResult[],
  single: readonly number[] | undefined,
): WaySummary {
  const scores = results.map(({ rubric }) => rubric?.total).filter((score) => score !== undefined);
  return {
    way,
    title,
    runs: results.length,
    failed: results.filter(({ failure }) => failure !== undefined).length,
    status: statusOf(results),
    own: measured(results, (result) => figuresOf(result, 'own')),
    published: measured(results, (result) => figuresOf(result, 'published')),
    againstSingle: single === undefined ? undefined : compare(single, joulesOf(results)),
    meanRubric: scores.length === 0 ? 'not run' : scores.reduce((sum, score) => sum + score, 0) / scores.length,
    behaviour: behaviourText(results),
  };
}

function statusOf(results: readonly WayResult[]): FigureStatus | undefined {
  const statuses = results.map(({ calls }) => totalsOf(calls).gross.status);
  return (['simulated', 'estimated', 'measured'] as const).find((status) => statuses.includes(status));
}

/** Statistics of all runs; a run without a figure would make the rest pass for the whole. */
function measured(
  results: readonly WayResult[],
  figures: (result: WayResult) => RunFigures | string,
): WaySummary['own'] {
  const rows = results.map(figures);
  const unknown = rows.find((row) => typeof row === 'string');
  if (unknown !== undefined) return { status: 'unknown', why: unknown };
  return statisticsOf(rows as RunFigures[]);
}

/** @param scope `published`: S1's equation adds package and GPU only. @returns why there are none. */
export function figuresOf(result: WayResult, scope: 'own' | 'published'): RunFigures | string {
  const { gross, byDomain, tokensOut } = totalsOf(result.calls);
  // A counter that was silent in one call only would make the rest of the run pass for the whole.
  const silent = Object.entries(byDomain).find(([domain, figure]) => isAdded(domain) && !isKnown(figure))?.[1];
  if (silent !== undefined && !isKnown(silent)) return silent.why;
  const known = (domain: string): number | undefined => {
    const figure = byDomain[domain];
    return figure !== undefined && isKnown(figure) ? figure.joules : undefined;
  };
  const [packageJoules, gpuJoules] = [known('package'), known('gpu')];
  const parts = [byDomain.package, byDomain.gpu].filter((figure) => figure !== undefined);
  const total = scope === 'own' ? gross : sumJoules(parts, 'neither package nor GPU was counted');
  if (!isKnown(total)) return total.why;
  return {
    joules: total.joules,
    packageJoules,
    gpuJoules,
    seconds: result.seconds,
    tokensOut,
    workerTokensOut: result.smallTokensOut,
  };
}

/** What makes up the total (native-bindings' `totalDomains`). */
function isAdded(domain: string): boolean {
  return totalDomains.some((one) => one === domain);
}

function joulesOf(results: readonly WayResult[]): number[] {
  return results
    .map((result) => totalsOf(result.calls).gross)
    .flatMap((figure) => (isKnown(figure) ? [figure.joules] : []));
}

function behaviourText(results: readonly WayResult[]): string {
  const ran = results.flatMap(({ behaviour }) => (behaviour.state === 'ran' ? [behaviour] : []));
  if (ran.length === 0) {
    const why = results.flatMap(({ behaviour }) => (behaviour.state === 'not run' ? [behaviour.why] : []))[0];
    return `not run${why === undefined ? '' : `: ${why}`}`;
  }
  const [passed, of] = [ran.reduce((sum, one) => sum + one.passed, 0), ran.reduce((sum, one) => sum + one.of, 0)];
  return `${passed} of ${of} checks in ${ran.length} runs`;
}
