// The planner-worker experiment as a page: the report of its runs, finished or not. Knows no engine and no folder.

import { formatAmount } from '../../energy/format.ts';
import { isKnown, type Joules, type KnownJoules } from '../../energy/joules.ts';
import { totalsOf } from '../../ledger/receipt.ts';
import type { Page, Part } from '../page/page.ts';
import { type ExperimentReport, factsOf, type Machine, standInBanner, type TrialRecord } from './experiment.ts';
import { figuresOf, summariesOf, type WayResult, type WaySummary } from './planner-worker.ts';
import {
  comparisonCells,
  headOf,
  metricRows,
  ownScope,
  ownText,
  publishedScope,
  rubricText,
  textOf,
  withStatus,
} from './planner-worker-words.ts';
import { cautionsOfS1, metricsOfS1, s1Source } from './published-figures.ts';

/** Of a machine with a stand-in every figure is called simulated. */
export function plannerWorkerReport(records: readonly TrialRecord<WayResult>[], machine: Machine): ExperimentReport {
  const summaries = summariesOf(records);
  return {
    page: pageOf(records, summaries, machine),
    summary: { machine, ways: summaries, published: { source: s1Source, metrics: metricsOfS1 } },
    text: textOf(summaries, machine),
  };
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
        ...referenceOf(way, known),
        link: { way },
      })),
      ...(unknown.length === 0 ? {} : { notes: [`${unknown.length} runs have no figure: ${unknown[0]}`] }),
    },
  };
  return {
    title: 'One large model, or a planner and a worker',
    subtitle: 'The experiment of “Splitting the Work” (SEEDS S1) on this machine, its task in our own words',
    ...standInBanner(machine),
    facts: factsOf(machine),
    sections: [
      {
        id: 'energy',
        title: 'Energy',
        parts: [
          energy,
          {
            kind: 'table',
            caption: withStatus('Against the large model alone', summaries),
            head: ['way', 'mean', 'difference (95 %)', 'p', 'Hedges’ g', 'Cliff’s delta'],
            rows: summaries.map((summary) => [
              { text: summary.title, link: { way: summary.way } },
              'status' in summary.own ? 'unknown' : formatAmount(summary.own.meanJoules),
              ...comparisonCells(summary.againstSingle),
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
            caption: withStatus(publishedScope, summaries),
            head: headOf(summaries),
            rows: metricRows(summaries, 'published'),
          },
          {
            kind: 'table',
            caption: withStatus(ownScope, summaries),
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

/** S1's mean beside ours, where both fit on one scale. */
function referenceOf(
  way: string,
  known: readonly { readonly figure: KnownJoules }[],
): { readonly reference?: { value: number; text: string } } {
  if (way !== 'single' && way !== 'outline') return {};
  const value = metricsOfS1[0]?.[way] ?? 0;
  const largest = Math.max(0, ...known.map(({ figure }) => figure.joules));
  return value > widestScale * largest ? {} : { reference: { value, text: `S1: ${formatAmount(value)}` } };
}

const widestScale = 10;

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
