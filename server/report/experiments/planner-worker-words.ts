// The planner-worker experiment in words: rows of figures, comparisons, the terminal's text. Knows summaries, no runs.

import { textTable } from '../../base/text-table.ts';
import { formatAmount } from '../../energy/format.ts';
import type { Comparison } from '../../energy/two-samples.ts';
import { formatNumber } from '../page/units.ts';
import { type Machine, standInLines } from './experiment.ts';
import type { WaySummary } from './planner-worker.ts';
import { cautionsOfS1, metricsOfS1 } from './published-figures.ts';

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

export const headOf = (summaries: readonly WaySummary[]): string[] => [
  'metric',
  ...summaries.map(({ way }) => way),
  'S1 single 27b',
  'S1 outline 12b+4b',
];

export function textOf(summaries: readonly WaySummary[], machine: Machine): string {
  const rows = [headOf(summaries), ...metricRows(summaries, 'published')];
  return [
    ...standInLines(machine),
    withStatus(publishedScope, summaries),
    ...textTable(rows),
    '',
    'All that is counted here, mean per run',
    ...textTable(summaries.map((summary) => [summary.title, ownText(summary), comparisonText(summary.againstSingle)])),
    '',
    'Quality',
    ...textTable(summaries.map((summary) => [summary.title, rubricText(summary.meanRubric), summary.behaviour])),
    '',
    ...cautionsOfS1,
  ].join('\n');
}

export const publishedScope = 'S1’s scope: package and GPU';
export const ownScope = 'All that is counted here';

/** What a table holds, and how its figures came about where they are not measured. */
export function withStatus(what: string, summaries: readonly WaySummary[]): string {
  const weaker = (['simulated', 'estimated'] as const).find((status) => summaries.some((one) => one.status === status));
  return weaker === undefined ? what : `${what}, ${weaker}`;
}

export function ownText({ own, status }: WaySummary): string {
  if ('status' in own) return `unknown: ${own.why}`;
  return `${formatAmount(own.meanJoules)} (SD ${formatAmount(own.standardDeviationJoules)}), ${formatAmount(own.joulesPerOutputToken)} per token${status === 'measured' ? '' : `, ${status}`}`;
}

export function rubricText(score: number | string): string {
  return typeof score === 'number' ? `${score.toFixed(1)} of 20` : score;
}

/** `−58 % (−66 to −50)`, `0.008`, `−9.1`, `−1.00`; the difference is of the mean of `single`, p is Mann and Whitney's. */
export function comparisonCells(comparison: Comparison | string | undefined): [string, string, string, string] {
  if (comparison === undefined) return ['reference', '', '', ''];
  if (typeof comparison === 'string') return [comparison, '', '', ''];
  const { relativeDifference, difference, differenceInterval, mannWhitney, hedgesG, cliffsDelta } = comparison;
  const base = relativeDifference === undefined ? undefined : difference / relativeDifference;
  const signed = (value: number, text: string): string => `${value < 0 ? '−' : '+'}${text}`;
  const part = (value: number): string =>
    base === undefined
      ? signed(value, formatAmount(Math.abs(value)))
      : signed(value, `${Math.abs((100 * value) / base).toFixed(1)} %`);
  const [low, high] = differenceInterval;
  return [
    `${part(difference)} (${part(low)} to ${part(high)})`,
    mannWhitney.p < 0.001 ? '< 0.001' : mannWhitney.p.toPrecision(2),
    signed(hedgesG, Math.abs(hedgesG).toFixed(1)),
    signed(cliffsDelta, Math.abs(cliffsDelta).toFixed(2)),
  ];
}

function comparisonText(comparison: Comparison | string | undefined): string {
  const [difference, p, g, delta] = comparisonCells(comparison);
  return p === '' ? difference : `${difference}, Mann–Whitney p ${p}, Hedges’ g ${g}, Cliff’s delta ${delta}`;
}
