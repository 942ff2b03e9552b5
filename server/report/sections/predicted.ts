// Predicted against measured: each answer as a point, or many together where they are too many to be drawn. Knows the report.

import type { Receipt } from '../../ledger/events.ts';
import type { ScatterPoint } from '../page/chart/chart.ts';
import type { Section } from '../page/page.ts';
import { formatNumber } from '../page/units.ts';
import type { Outturn, Predictions } from '../predicted.ts';
import { shortId } from '../records.ts';
import type { Report } from '../report.ts';
import { statusesOf } from './by-day.ts';
import { countOf } from './summary.ts';

/** More points than these are counted in cells. */
const mostPoints = 400;
/** With more, the intervals would hide each other. */
const mostIntervals = 60;
/** Cells per tenfold: a fifth of a decade is 58 %. */
const cellsPerDecade = 6;

/** The name under which a receipt is to be found from the picture. */
export function predictionNames(predictions: Predictions): (receipt: Receipt) => string {
  const together = predictions.outturns.length > mostPoints;
  const names = new Map(
    predictions.outturns.map((one) => [one.receipt.id, together ? cellOf(one).name : shortId(one.receipt)]),
  );
  return ({ id }) => names.get(id) ?? '';
}

export function predictedSection(report: Report): Section {
  const { predictions } = report;
  const { outturns, withinShare, medianError, leftOut } = predictions;
  const points = outturns.length > mostPoints ? cells(outturns) : outturns.map((one) => pointOf(one, outturns.length));
  return {
    id: 'predicted',
    title: 'Predicted and measured',
    parts: [
      {
        kind: 'chart',
        chart: {
          kind: 'scatter',
          title: 'What was said before, and what it took',
          summary:
            withinShare === undefined || medianError === undefined
              ? 'No answer has both a prediction and a figure yet.'
              : `${formatNumber(withinShare, 'share')} of ${countOf(outturns.length, 'answer')} came within the interval that was said before (it should hold 80 %); half of them were off by ${formatNumber(medianError, 'share')} or less.`,
          x: { label: 'predicted', unit: 'joules', log: true },
          y: { label: 'joules without loading', unit: 'joules', log: true },
          points,
          groups: ['within its interval', 'outside'],
          diagonal: 'as predicted',
          statuses: statusesOf(report),
          notes: [
            'Loading a model is in no prediction and is left out here.',
            ...(outturns.length > mostPoints
              ? ['Each mark is all answers of about that size; its area is how many.']
              : outturns.length > mostIntervals
                ? []
                : ['The lines to the sides are what was predicted, from low to high.']),
            ...(leftOut > 0 ? [`${countOf(leftOut, 'answer')} without a prediction or without a figure.`] : []),
          ],
        },
      },
    ],
  };
}

function pointOf({ receipt, predicted, joules, within }: Outturn, count: number): ScatterPoint {
  const range = [
    Math.max(predicted.joules / 20, predicted.joules - predicted.plusMinusJoules),
    predicted.joules + predicted.plusMinusJoules,
  ] as const;
  return {
    label: `${receipt.actionId} ${shortId(receipt)}`,
    x: predicted.joules,
    y: joules.joules,
    ...(count > mostIntervals ? {} : { xRange: range }),
    group: within ? 0 : 1,
    link: { receipt: shortId(receipt) },
  };
}

interface Cell {
  readonly name: string;
  readonly x: number;
  readonly y: number;
}

function cellOf({ predicted, joules, within }: Outturn): Cell {
  const [column, row] = [predicted.joules, joules.joules].map((value) =>
    Math.floor(Math.log10(value) * cellsPerDecade),
  );
  const middle = (index: number | undefined): number => 10 ** (((index ?? 0) + 0.5) / cellsPerDecade);
  return { name: `${column}/${row}/${within ? 'in' : 'out'}`, x: middle(column), y: middle(row) };
}

function cells(outturns: readonly Outturn[]): ScatterPoint[] {
  const counts = new Map<string, Cell & { count: number; within: boolean }>();
  for (const one of outturns) {
    const cell = cellOf(one);
    const known = counts.get(cell.name) ?? { ...cell, count: 0, within: one.within };
    known.count++;
    counts.set(cell.name, known);
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ name, x, y, count, within }) => ({
      label: `about ${formatNumber(x, 'joules')} predicted`,
      x,
      y,
      count,
      group: within ? 0 : 1,
      link: { prediction: name },
    }));
}
