// Where the energy goes: stages of answering, loading, what was cancelled or failed, and the idle power in all of it. Knows the report.

import { isKnown } from '../../energy/joules.ts';
import type { Bar } from '../page/chart/chart.ts';
import type { Section } from '../page/page.ts';
import { formatNumber } from '../page/units.ts';
import type { Report } from '../report.ts';
import type { Part } from '../spent.ts';
import type { Sum } from '../sums.ts';
import { amountOf, statusesOf } from './by-day.ts';

export const partNames: Readonly<Record<Part, string>> = {
  planning: 'Planning',
  working: 'Working',
  assembling: 'Assembling',
  repair: 'Repair and stepping up',
  judging: 'Second opinion',
  completions: 'Completions',
  loading: 'Loading models',
  cancelled: 'Cancelled',
  failed: 'Failed',
};

export function spentSection(report: Report): Section {
  const { on, idle } = report.spent;
  const known = on.filter(({ sum }) => isKnown(sum.joules));
  const total = known.reduce((sum, one) => sum + (isKnown(one.sum.joules) ? one.sum.joules.joules : 0), 0);
  const shareOf = (sum: Sum): number | undefined =>
    isKnown(sum.joules) && total > 0 ? sum.joules.joules / total : undefined;
  const textOf = (sum: Sum): string => {
    const share = shareOf(sum);
    return `${amountOf(report, sum)}${share === undefined ? '' : ` · ${formatNumber(share, 'share')}`}`;
  };
  const largest = [...known].sort((a, b) => (shareOf(b.sum) ?? 0) - (shareOf(a.sum) ?? 0))[0];
  return {
    id: 'spent',
    title: 'Where the energy goes',
    parts: [
      {
        kind: 'chart',
        chart: {
          kind: 'bars',
          title: 'Joules by what they were for',
          summary:
            largest === undefined
              ? 'No call has a figure.'
              : `${partNames[largest.part]} took ${formatNumber(shareOf(largest.sum) ?? 0, 'share')} of all that is known.`,
          x: { label: 'joules', unit: 'joules' },
          bars: [
            ...on.map(({ part, sum }) => barOf(partNames[part], sum, textOf(sum), { part })),
            ...(on.length === 0 ? [] : [barOf('Idle power, in all of these', idle, textOf(idle), undefined)]),
          ],
          statuses: statusesOf(report),
          notes: [
            'Each joule is in one of the bars. Idle power is what the machine would have drawn anyway while it answered: it is part of the other bars.',
            ...(idle.unknown > 0 && idle.known > 0
              ? [`Idle power was not known for ${formatNumber(idle.unknown, 'count')} calls.`]
              : []),
          ],
        },
      },
    ],
  };
}

function barOf(label: string, sum: Sum, text: string, link: { readonly part: Part } | undefined): Bar {
  const head = { label, ...(link === undefined ? {} : { link }) };
  if (!isKnown(sum.joules)) return { ...head, unknown: sum.joules.why };
  const { joules: value, plusMinusJoules: plusMinus } = sum.joules;
  return { ...head, value, plusMinus, text };
}
