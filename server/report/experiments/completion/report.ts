// The completions' dial as text and page. Knows no engine and no folder.

import { textTable } from '../../../base/text-table.ts';
import { formatAmount } from '../../../energy/format.ts';
import type { FigureStatus } from '../../../energy/joules.ts';
import { totalsOf } from '../../../ledger/receipt.ts';
import type { Page } from '../../page/page.ts';
import { formatNumber } from '../../page/units.ts';
import {
  type ExperimentReport,
  factsOf,
  type Machine,
  standInBanner,
  standInLines,
  type TrialRecord,
} from '../experiment.ts';
import { type CompletionResult, type DialFigures, dialFigures, dials } from './dial.ts';

const head = [
  'frugality',
  'completions',
  'offered',
  'tokens',
  'joules each',
  'time each',
  'exact',
  'similarity',
  'tokens saved',
  'joules saved',
];

/** S4 as SEEDS.md has it: another mechanism, inside one model, and so not a figure to be reached here. */
const s4 =
  'GREEN-CODE (TU Wien) leaves a fine-tuned Llama-3.2-3B at inner layers instead: 601 J and CodeBLEU 0.404 for the whole model, 379 J and 0.350 at threshold 0.9 (Python, 15 tokens, 1000 samples). That is another mechanism: here the model is a stock one, and what is saved is asking and the rest of an answer.';
const measuresOf =
  'Each completion was asked for by hand, in the whole server; exact means that the file is then as the data set has it. Savings are against the same tasks at 0; a model that ends by itself has little to save.';

export function completionReport(
  records: readonly TrialRecord<CompletionResult>[],
  machine: Machine,
): ExperimentReport {
  const figures = dialFigures(records);
  const rows = figures.map((one) => rowOf(one, machine));
  return {
    page: pageOf(records, figures, rows, machine),
    summary: { machine, dials: figures, ...(machine.standIn === undefined ? {} : { quality: 'not run' }) },
    text: [...standInLines(machine), ...textTable([head, ...rows]), '', measuresOf, s4].join('\n'),
  };
}

function rowOf(figures: DialFigures, machine: Machine): string[] {
  const { joules, exact, savedTokenShare, savedJouleShare } = figures;
  const quality = machine.standIn === undefined;
  const share = (value: number | string | undefined): string =>
    typeof value === 'number' ? formatNumber(value, 'share') : (value ?? '–');
  return [
    figures.title,
    String(figures.completions),
    String(figures.offered),
    String(figures.tokensOut),
    'unknown' in joules
      ? 'unknown'
      : `${formatAmount(joules.mean)} ±${formatAmount(joules.plusMinus)}, ${joules.status}`,
    formatNumber(figures.meanSeconds, 'seconds'),
    quality ? `${share(exact.share)} (${share(exact.low)} to ${share(exact.high)})` : 'not run',
    quality ? formatNumber(figures.similarity, 'ratio') : 'not run',
    share(savedTokenShare),
    share(savedJouleShare),
  ];
}

function pageOf(
  records: readonly TrialRecord<CompletionResult>[],
  figures: readonly DialFigures[],
  rows: readonly (readonly string[])[],
  machine: Machine,
): Page {
  const known = figures.flatMap((one) => ('unknown' in one.joules ? [] : [{ ...one, joules: one.joules }]));
  const unknown = figures.flatMap(({ joules }) => ('unknown' in joules ? [joules.unknown] : []));
  const statuses = [...new Set(known.map(({ joules }) => joules.status as FigureStatus))];
  const totals = records.map(({ result }) => totalsOf(result.calls));
  const titleOf = new Map(dials.map(({ id, title }) => [id, title]));
  return {
    title: 'What stopping completions early saves',
    subtitle: 'HumanEval-Infilling over the dial joule.frugality, on this machine’s engine',
    ...standInBanner(machine),
    facts: factsOf(machine),
    sections: [
      {
        id: 'dial',
        title: 'Over the dial',
        parts: [
          {
            kind: 'chart',
            chart: {
              kind: 'scatter',
              title: 'Joules and exact answers',
              summary: `Each point is a place of the dial. ${figures.map((one, index) => `${one.title}: ${rows[index]?.[4]} each, ${rows[index]?.[6]} exact`).join('. ')}.`,
              statuses: machine.standIn === undefined ? statuses : ['simulated'],
              x: { label: 'joules per completion', unit: 'joules' },
              y: { label: machine.standIn === undefined ? 'exact' : 'exact, of scripted answers', unit: 'share' },
              named: true,
              points: known.map(({ title, arm, joules, exact, completions }) => ({
                label: title,
                x: joules.mean,
                y: exact.share,
                xRange: [Math.max(0, joules.mean - joules.plusMinus), joules.mean + joules.plusMinus],
                yRange: [exact.low, exact.high],
                count: completions,
                link: { dial: titleOf.get(arm) ?? arm },
              })),
              ...(unknown[0] === undefined ? {} : { notes: [`without a figure: ${unknown[0]}`] }),
            },
          },
          { kind: 'table', caption: 'The same in figures', head, rows },
          { kind: 'text', text: measuresOf },
        ],
      },
    ],
    records: {
      title: 'Completions',
      one: 'completion',
      many: 'completions',
      columns: [
        { key: 'task', title: 'task', kind: 'text', values: records.map(({ trial }) => trial.subject ?? trial.id) },
        {
          key: 'dial',
          title: 'frugality',
          kind: 'text',
          menu: true,
          values: records.map(({ trial }) => titleOf.get(trial.arm) ?? trial.arm),
        },
        { key: 'joules', title: 'joules', kind: 'joules', values: totals.map(({ gross }) => gross) },
        {
          key: 'tokens',
          title: 'tokens',
          kind: 'number',
          unit: 'tokens',
          values: totals.map(({ tokensOut }) => tokensOut),
        },
        {
          key: 'seconds',
          title: 'time',
          kind: 'number',
          unit: 'seconds',
          values: records.map(({ result }) => result.seconds),
        },
        {
          key: 'exact',
          title: 'exact',
          kind: 'text',
          menu: true,
          values: records.map(({ result }) => (result.exact ? 'yes' : 'no')),
        },
        {
          key: 'ended',
          title: 'calls ended',
          kind: 'text',
          values: records.map(
            ({ result }) => result.calls.map(({ outcome, why }) => why ?? outcome).join(', ') || 'not asked',
          ),
        },
      ],
    },
    notes: [s4],
  };
}
