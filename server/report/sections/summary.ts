// What a person asks first: what did it cost today and this week, by what, and how sure is it. Knows the report, not where it is shown.

import { type FigureStatus, isKnown } from '../../energy/joules.ts';
import type { Section } from '../page/page.ts';
import { formatNumber } from '../page/units.ts';
import type { Certainty, Period, Report } from '../report.ts';
import { briefSum, joulesOf, statusWords, sumText } from '../sums.ts';

export function summarySection(report: Report): Section {
  const { periods, consumers, everyday, carbon, certainty } = report;
  const [top] = consumers;
  const all = consumers.reduce((sum, one) => sum + joulesOf(one.sum), 0);
  return {
    id: 'summary',
    title: 'What it cost',
    parts: [
      {
        kind: 'figures',
        figures: [
          ...periods.map((period) => ({
            label: periodName(period),
            value: periodValue(period),
            note: periodNote(period),
            ...(period.answers + period.completions === 0 ? {} : { link: { period: period.name } }),
          })),
          ...(top === undefined
            ? []
            : [
                {
                  label: 'Most of it',
                  value: all > 0 ? formatNumber(joulesOf(top.sum) / all, 'share') : 'unknown',
                  note: `${top.name}: ${sumText(top.sum)} in ${countOf(top.calls, 'call')}`,
                  link: { call: top.name },
                },
              ]),
          {
            label: 'How sure',
            value: surenessValue(certainty),
            note: surenessNote(certainty),
            ...(certainty.calls === 0 ? {} : { link: { status: surest(certainty) } }),
          },
          ...(everyday === undefined
            ? []
            : [
                {
                  label: 'All of it is as much as',
                  value: everyday,
                  note: carbonText(carbon),
                  link: { period: 'all of it' },
                },
              ]),
        ],
      },
      ...(certainty.reasons.length === 0
        ? []
        : [
            {
              kind: 'table',
              caption: 'Calls without a figure, and why',
              head: ['why', 'to change that', 'calls'],
              rows: certainty.reasons
                .slice(0, 8)
                .map(({ why, mend, calls }) => [
                  { text: why, link: { status: 'unknown' } },
                  mend ?? '–',
                  String(calls),
                ]),
            } as const,
          ]),
    ],
  };
}

export function periodName({ name }: Period): string {
  return { today: 'Today', 'last 7 days': 'Last 7 days', 'all of it': 'All of it' }[name];
}

/** A period in which nothing was asked has a true nothing, not an unknown. */
export function periodValue({ sum, answers, completions }: Period): string {
  if (answers + completions === 0) return 'nothing';
  return isKnown(sum.joules) ? briefSum(sum) : 'unknown';
}

export function periodNote({ sum, answers, completions }: Period): string {
  if (answers + completions === 0) return 'no model was called';
  const parts = [
    countOf(answers, 'answer'),
    ...(completions === 0 ? [] : [countOf(completions, 'completion')]),
    ...(sum.unknown === 0 ? [] : [`${countOf(sum.unknown, 'call')} without a figure`]),
  ];
  if (!isKnown(sum.joules)) parts.push(sum.joules.why);
  return [...statusWords(sum.statuses), parts.join(', ')].join(' · ');
}

/** `96 % measured` */
export function surenessValue({ calls, measured, estimated, simulated }: Certainty): string {
  if (calls === 0) return 'nothing yet';
  const most = Math.max(measured, estimated, simulated);
  return most === 0
    ? 'unknown'
    : `${formatNumber(most / calls, 'share')} ${surest({ measured, estimated, simulated })}`;
}

/** What most of the figures are. */
function surest({ measured, estimated, simulated }: Pick<Certainty, FigureStatus>): FigureStatus | 'unknown' {
  const most = Math.max(measured, estimated, simulated);
  if (most === 0) return 'unknown';
  return most === measured ? 'measured' : most === estimated ? 'estimated' : 'simulated';
}

export function surenessNote({ calls, measured, estimated, simulated, reasons }: Certainty): string {
  const unknown = reasons.reduce((sum, reason) => sum + reason.calls, 0);
  const parts = [
    [measured, 'measured'],
    [estimated, 'estimated'],
    [simulated, 'simulated'],
    [unknown, 'without a figure'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${formatNumber(count, 'count')} ${word}`);
  return `of ${countOf(calls, 'call')}: ${told.join(', ') || 'none'}`;
}

/** What the grid emits for it, or why nobody says so. */
export function carbonText(carbon: Report['carbon']): string {
  if (carbon === undefined) return 'joule.country is not set, so no CO₂e is claimed';
  const { grams, country, grid } = carbon;
  return `${formatNumber(grams, 'grams')} CO₂e by the grid of ${country} (${grid.gramsPerKilowattHour} g/kWh, ${grid.year}, ${grid.source})`;
}

export function countOf(count: number, one: string): string {
  return `${formatNumber(count, 'count')} ${count === 1 ? one : `${one}s`}`;
}
