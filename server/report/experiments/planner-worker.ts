// SEEDS S1 repeated: what each way of working takes for one task, in S1's sixteen metrics, beside S1's own figures. Results in, tables and
// page out. Knows no engine, no folder.

import { formatAmount } from '../../energy/format.ts';
import { isKnown, type Joules, sumJoules } from '../../energy/joules.ts';
import { type RunFigures, type RunStatistics, statisticsOf } from '../../energy/run-statistics.ts';
import { type Comparison, compare } from '../../energy/two-samples.ts';
import type { ModelCall } from '../../gateway/model-call.ts';
import { totalsOf } from '../../ledger/receipt.ts';
import type { Page, Part } from '../page/page.ts';
import { formatNumber } from '../page/units.ts';
import { type Arm, type ExperimentReport, factsOf, type Machine, type TrialRecord } from './experiment.ts';
import { cautionsOfS1, metricsOfS1, s1Source } from './published-figures.ts';
import type { RubricScore } from './rubric.ts';

export type WayId = 'single' | 'single-mid' | 'direct' | 'outline' | 'split' | 'auto' | 'single-stop';

export const ways: readonly (Arm & { readonly id: WayId })[] = [
  { id: 'single', title: 'single, large model' },
  { id: 'single-mid', title: 'single, mid model' },
  { id: 'direct', title: 'direct, small model alone' },
  { id: 'outline', title: 'outline, mid plans and small writes' },
  { id: 'split', title: 'split, as published' },
  { id: 'auto', title: 'auto, as joule-ls decides' },
  { id: 'single-stop', title: 'single, large model, our stop filters' },
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
    Array.isArray(result?.calls) &&
    result.calls.every((call) => typeof call?.tokens?.out === 'number' && typeof call?.joules?.gross === 'object') &&
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
  /** All that is counted here. */
  readonly own: RunStatistics | { readonly status: 'unknown'; readonly why: string };
  /** S1's: package and GPU, without memory. */
  readonly published: RunStatistics | { readonly status: 'unknown'; readonly why: string };
  /** Joules of this way less those of `single`, over single's. */
  readonly againstSingle: Comparison | string | undefined;
  readonly meanRubric: number | string;
  readonly behaviour: string;
}

/** @param standIn says what is not the real thing; quality is then not scored. */
export function planWorkerReport(records: readonly TrialRecord<WayResult>[], machine: Machine): ExperimentReport {
  const resultsOf = (way: string): WayResult[] =>
    records.filter(({ trial }) => trial.arm === way).map(({ result }) => result);
  const single = joulesOf(resultsOf('single'));
  const summaries = ways
    .filter(({ id }) => resultsOf(id).length > 0)
    .map(({ id, title }) => summaryOf({ way: id, title }, resultsOf(id), id === 'single' ? undefined : single));
  return {
    page: pageOf(records, summaries, machine),
    summary: { machine, ways: summaries, published: { source: s1Source, metrics: metricsOfS1 } },
    text: textOf(summaries, machine),
  };
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
    own: measured(results, (result) => figuresOf(result, 'own')),
    published: measured(results, (result) => figuresOf(result, 'published')),
    againstSingle: single === undefined ? undefined : compare(single, joulesOf(results)),
    meanRubric: scores.length === 0 ? 'not run' : scores.reduce((sum, score) => sum + score, 0) / scores.length,
    behaviour: behaviourText(results),
  };
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
  return ['package', 'dram', 'gpu', 'soc'].includes(domain);
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

/** One row per metric of S1's, one column per way, S1's two last. Cells are text; `–` where there is no figure. */
export function metricRows(summaries: readonly WaySummary[], scope: 'own' | 'published'): string[][] {
  return metricsOfS1.map((metric) => [
    `${metric.number}. ${metric.title}`,
    ...summaries.map((summary) => {
      const statistics = summary[scope];
      const value = 'status' in statistics ? undefined : metric.of(statistics);
      return value === undefined || !Number.isFinite(value) ? '–' : formatNumber(value, metric.unit);
    }),
    formatNumber(metric.single, metric.unit),
    formatNumber(metric.outline, metric.unit),
  ]);
}

const headOf = (summaries: readonly WaySummary[]): string[] => [
  'metric',
  ...summaries.map(({ way }) => way),
  'S1 single 27b',
  'S1 outline 12b+4b',
];

function textOf(summaries: readonly WaySummary[], machine: Machine): string {
  const rows = [headOf(summaries), ...metricRows(summaries, 'published')];
  return [
    ...(machine.standIn === undefined ? [] : [`simulated: ${machine.standIn}`, '']),
    'S1’s scope: package and GPU',
    ...columns(rows),
    '',
    'All that is counted here, mean per run',
    ...columns(summaries.map((summary) => [summary.title, ownText(summary), comparisonText(summary.againstSingle)])),
    '',
    'Quality',
    ...columns(summaries.map((summary) => [summary.title, rubricText(summary.meanRubric), summary.behaviour])),
    '',
    ...cautionsOfS1,
  ].join('\n');
}

function ownText({ own }: WaySummary): string {
  if ('status' in own) return `unknown: ${own.why}`;
  return `${formatAmount(own.meanJoules)} (SD ${formatAmount(own.standardDeviationJoules)}), ${formatAmount(own.joulesPerOutputToken)} per token`;
}

function rubricText(score: number | string): string {
  return typeof score === 'number' ? `${score.toFixed(1)} of 20` : score;
}

/** `−58 % (95 %: −66 to −50), p = 0.008, g = −9.1, delta −1` */
export function comparisonText(comparison: Comparison | string | undefined): string {
  if (comparison === undefined) return 'reference';
  if (typeof comparison === 'string') return comparison;
  const { relativeDifference, difference, differenceInterval, mannWhitney, hedgesG, cliffsDelta } = comparison;
  const base = relativeDifference === undefined ? undefined : difference / relativeDifference;
  const percent = (value: number): string =>
    base === undefined ? formatAmount(value) : `${value < 0 ? '−' : '+'}${Math.abs((100 * value) / base).toFixed(1)} %`;
  const [low, high] = differenceInterval;
  return `${percent(difference)} (95 %: ${percent(low)} to ${percent(high)}), Mann–Whitney p = ${mannWhitney.p.toPrecision(2)}, Hedges’ g ${hedgesG.toFixed(1)}, Cliff’s delta ${cliffsDelta.toFixed(2)}`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => (row[index] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function pageOf(records: readonly TrialRecord<WayResult>[], summaries: readonly WaySummary[], machine: Machine): Page {
  const figures = records.map(({ trial, result }) => ({ way: trial.arm, figure: totalOf(result) }));
  const known = figures.flatMap(({ way, figure }) => (isKnown(figure) ? [{ way, figure }] : []));
  const unknown = figures.flatMap(({ figure }) => (isKnown(figure) ? [] : [figure.why]));
  const statuses =
    machine.standIn === undefined ? [...new Set(known.map(({ figure }) => figure.status))] : (['simulated'] as const);
  const energy: Part = {
    kind: 'chart',
    chart: {
      kind: 'strips',
      title: 'Joules per run',
      summary: `Each dot is one run of the task. ${summaries.map((summary) => `${summary.title}: ${ownText(summary)}`).join('. ')}.`,
      statuses,
      x: { label: 'joules per run, all that is counted here', unit: 'joules' },
      groups: summaries.map(({ way, title }) => ({
        label: title,
        values: known.filter((one) => one.way === way).map(({ figure }) => figure.joules),
        ...(way === 'single' || way === 'outline' ? { reference: referenceOf(way) } : {}),
        link: { way },
      })),
      ...(unknown.length === 0 ? {} : { notes: [`${unknown.length} runs have no figure: ${unknown[0]}`] }),
    },
  };
  return {
    title: 'One large model, or a planner and a worker',
    subtitle: 'The experiment of “Splitting the Work” (SEEDS S1) on this machine, its task in our own words',
    ...(machine.standIn === undefined
      ? {}
      : { label: 'simulated', banner: `Figures of a stand-in, not of models: ${machine.standIn}.` }),
    facts: factsOf(machine),
    sections: [
      {
        id: 'energy',
        title: 'Energy',
        parts: [
          energy,
          {
            kind: 'table',
            caption: 'Against the large model alone',
            head: ['way', 'mean', 'difference'],
            rows: summaries.map((summary) => [
              { text: summary.title, link: { way: summary.way } },
              ownText(summary),
              comparisonText(summary.againstSingle),
            ]),
          },
        ],
      },
      {
        id: 'metrics',
        title: 'S1’s sixteen metrics',
        parts: [
          {
            kind: 'text',
            text: 'In S1’s scope, which is package and GPU; the last two columns are S1’s own, on its machine.',
          },
          {
            kind: 'table',
            caption: 'Package and GPU',
            head: headOf(summaries),
            rows: metricRows(summaries, 'published'),
          },
          {
            kind: 'table',
            caption: 'All that is counted here',
            head: headOf(summaries),
            rows: metricRows(summaries, 'own'),
          },
        ],
      },
      {
        id: 'quality',
        title: 'Quality',
        parts: [
          {
            kind: 'table',
            caption: 'S1’s rubric C1 to C10 by program, 0 to 20, and the API when it runs',
            head: ['way', 'rubric', 'behaviour', 'without an answer'],
            rows: summaries.map((summary) => [
              summary.title,
              rubricText(summary.meanRubric),
              summary.behaviour,
              `${summary.failed} of ${summary.runs}`,
            ]),
          },
        ],
      },
    ],
    records: recordsOf(records),
    notes: [...cautionsOfS1, `S1’s figures: ${s1Source}.`],
  };
}

function referenceOf(way: 'single' | 'outline'): { value: number; text: string } {
  const value = metricsOfS1[0]?.[way] ?? 0;
  return { value, text: `S1: ${formatAmount(value)}` };
}

/** The gross total, or why it would not be one. */
function totalOf(result: WayResult): Joules {
  const figures = figuresOf(result, 'own');
  return typeof figures === 'string' ? { status: 'unknown', why: figures } : totalsOf(result.calls).gross;
}

function recordsOf(records: readonly TrialRecord<WayResult>[]): NonNullable<Page['records']> {
  const totals = records.map(({ result }) => totalsOf(result.calls));
  const calls = records.flatMap(({ result }, row) => result.calls.map((call) => ({ row, call })));
  return {
    title: 'Runs',
    one: 'run',
    many: 'runs',
    columns: [
      { key: 'run', title: 'run', kind: 'text', values: records.map(({ trial }) => trial.id) },
      { key: 'way', title: 'way', kind: 'text', menu: true, values: records.map(({ trial }) => trial.arm) },
      { key: 'joules', title: 'joules', kind: 'joules', values: records.map(({ result }) => totalOf(result)) },
      {
        key: 'seconds',
        title: 'time',
        kind: 'number',
        unit: 'seconds',
        values: records.map(({ result }) => result.seconds),
      },
      {
        key: 'tokens',
        title: 'tokens',
        kind: 'number',
        unit: 'tokens',
        values: totals.map(({ tokensOut }) => tokensOut),
      },
      {
        key: 'rubric',
        title: 'rubric',
        kind: 'number',
        unit: 'count',
        values: records.map(({ result }) => result.rubric?.total),
      },
      { key: 'rest', title: 'rest before', kind: 'text', values: records.map(({ rest }) => rest.state) },
      {
        key: 'failure',
        title: 'ended',
        kind: 'text',
        values: records.map(({ result }) => result.failure ?? 'answered'),
      },
    ],
    inner: {
      title: 'Calls',
      rowOf: calls.map(({ row }) => row),
      columns: [
        { key: 'role', title: 'role', kind: 'text', values: calls.map(({ call }) => call.role) },
        { key: 'model', title: 'model', kind: 'text', values: calls.map(({ call }) => call.model) },
        { key: 'joules', title: 'joules', kind: 'joules', values: calls.map(({ call }) => call.joules.gross) },
        {
          key: 'tokens',
          title: 'tokens',
          kind: 'number',
          unit: 'tokens',
          values: calls.map(({ call }) => call.tokens.out),
        },
        { key: 'outcome', title: 'outcome', kind: 'text', values: calls.map(({ call }) => call.outcome) },
      ],
    },
  };
}
