// Joules per day by role and model. Knows the report.

import type { FigureStatus } from '../../energy/joules.ts';
import type { Link, Section } from '../page/page.ts';
import { formatNumber } from '../page/units.ts';
import type { Report } from '../report.ts';
import { briefSum, errorOf, joulesOf, type Sum, sumOf, sumText } from '../sums.ts';

/** As many colours as can be told apart. */
const mostSeries = 6;

export function byDaySection(report: Report): Section {
  const { steps, byStep, consumers, actions } = report;
  const count = consumers.length === mostSeries + 1 ? mostSeries + 1 : mostSeries;
  const own = consumers.slice(0, count);
  const others = consumers.slice(count);
  const series = own.map(({ name, byStep: sums }) => ({
    name,
    values: sums.map(joulesOf),
    links: steps.names.map((step): Link => ({ step, call: name })),
  }));
  if (others.length > 0) {
    series.push({
      name: `${others.length} others`,
      values: steps.names.map((_, step) =>
        others.reduce((sum, { byStep: sums }) => sum + joulesOf(sums[step] ?? sumOf([])), 0),
      ),
      links: steps.names.map((step): Link => ({ step })),
    });
  }
  const unknown = byStep.map(({ known, unknown: count, joules }, step) => ({
    // A step in which nothing was called has no figure to miss.
    count: known + count === 0 || joules.status === undefined ? 0 : count,
    link: { step: steps.names[step] ?? '', status: 'unknown' },
  }));
  const totals = byStep.map(joulesOf);
  const highest = totals.indexOf(Math.max(0, ...totals));
  const word = steps.kind;
  return {
    id: 'by-day',
    title: `By ${word}, role and model`,
    parts: [
      {
        kind: 'chart',
        chart: {
          kind: 'columns',
          title: `Joules per ${word}, by role and model`,
          summary:
            consumers.length === 0
              ? 'No model was called in this time.'
              : !totals.some((total) => total > 0)
                ? 'No call has a figure.'
                : `Most in one ${word}: ${formatNumber(totals[highest] ?? 0, 'joules')} on ${steps.names[highest]}. ${consumers[0]?.name} took most of all.`,
          y: { label: `joules per ${word}`, unit: 'joules' },
          steps: steps.names,
          ticks: steps.ticks,
          series,
          plusMinus: byStep.map(errorOf),
          unknown,
          statuses: statusesOf(report),
          notes: [
            'The line at the top of a column is its error: the errors of all its calls, added.',
            ...(unknown.some(({ count }) => count > 0)
              ? ['A question mark stands where some calls have no figure: that column is “at least”.']
              : []),
          ],
        },
      },
      {
        kind: 'table',
        caption: captionOf(report, 'By role and model'),
        head: ['role and model', 'joules', 'calls', 'tokens out', 'per token out'],
        rows: consumers.map(({ name, sum, calls, tokensOut, joulesPerTokenOut }) => [
          { text: name, link: { call: name } },
          amountOf(report, sum),
          formatNumber(calls, 'count'),
          formatNumber(tokensOut, 'tokens'),
          joulesPerTokenOut === undefined ? '–' : formatNumber(joulesPerTokenOut, 'joules per token'),
        ]),
      },
      {
        kind: 'table',
        caption: captionOf(report, 'By action'),
        head: ['action', 'joules', 'calls'],
        rows: actions.map(({ name, sum, calls }) => [
          { text: name, link: { action: name } },
          amountOf(report, sum),
          formatNumber(calls, 'count'),
        ]),
      },
    ],
  };
}

/** Where all figures came about in one way, it is said once, in a caption or on a picture; else with each. */
export function amountOf(report: Pick<Report, 'certainty'>, sum: Sum): string {
  return statusesOf(report).length > 1 ? sumText(sum) : briefSum(sum);
}

export function captionOf(report: Pick<Report, 'certainty'>, text: string): string {
  const [only, other] = statusesOf(report);
  return only === undefined || other !== undefined || only === 'measured' ? text : `${text}, ${only}`;
}

export function statusesOf({ certainty }: Pick<Report, 'certainty'>): readonly FigureStatus[] {
  return (['measured', 'estimated', 'simulated'] as const).filter((status) => certainty[status] > 0);
}
