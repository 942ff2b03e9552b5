// Columns over days or other steps, stacked by series, with an error at the top and a mark where figures are missing.

import { scaleBand } from 'd3-scale';
import { stack } from 'd3-shape';
import { type Markup, markup } from '../markup.ts';
import { formatNumber } from '../units.ts';
import type { ColumnsChart } from './chart.ts';
import {
  colourOf,
  horizontalGrid,
  keyOf,
  linked,
  marginFor,
  type PictureWidth,
  picture,
  pictureWidths,
  scaleOf,
  widthOf,
} from './frame.ts';

export function drawColumns(chart: ColumnsChart, size: PictureWidth, label: string | undefined): Markup {
  const { steps, series, plusMinus, unknown } = chart;
  const width = pictureWidths[size];
  const key = keyOf(series.length > 1 ? series.map(({ name }) => name) : [], width);
  const rows = steps.map((_, step) => series.map(({ values }) => values[step] ?? 0));
  const stacked = stack()
    .keys(series.map((_, index) => index))
    .value((row, index) => row[index] ?? 0)(rows);
  const totals = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  const tops = totals.map((total, step) => total + (plusMinus?.[step] ?? 0));
  const top = 24 + key.height + 6;
  const bottom = top + (size === 'wide' ? 230 : 190);
  const y = scaleOf(chart.y, tops, [bottom, top + 14]);
  const left = marginFor(y, chart.y, 5);
  const frame = { width, height: bottom + 26, left, right: width, top, bottom };
  const x = scaleBand(steps, [left, width])
    .paddingInner(steps.length > 40 ? 0.12 : 0.3)
    .paddingOuter(0.15);
  const place = (step: number): number => x(steps[step] ?? '') ?? 0;
  const band = x.bandwidth();
  const boxes = stacked.map((one, index) =>
    one.map(([from, to], step) => {
      if (!(to > from)) return undefined;
      const [high, low] = [y(to), y(from)];
      const text = `${steps[step]}, ${series[index]?.name}: ${formatNumber(to - from, chart.y.unit)}`;
      const box = markup`<rect class="${colourOf(index)} mark" x="${place(step)}" y="${high}" width="${band}" height="${Math.max(0.5, low - high)}"/>`;
      return linked(series[index]?.links?.[step], box, text);
    }),
  );
  const errors = (plusMinus ?? []).map((error, step) => {
    const total = totals[step] ?? 0;
    if (!(error > 0) || total === 0) return undefined;
    return whisker(place(step) + band / 2, y(Math.max(0, total - error)), y(total + error), Math.min(band, 10));
  });
  const missing = (unknown ?? []).map(({ count, link }, step) => {
    if (count === 0) return undefined;
    const mark = markup`<text class="missing" x="${place(step) + band / 2}" y="${y(tops[step] ?? 0) - 5}" text-anchor="middle">?</text>`;
    return linked(link, mark, `${steps[step]}: ${count} without a figure`);
  });
  const inner = markup`${horizontalGrid(frame, y, chart.y, 5)}${boxes}${errors}${missing}${stepNames(chart, place, band, bottom, width)}${key.draw(0, 24)}`;
  return picture(frame, label, chart.y.label, inner);
}

function whisker(x: number, low: number, high: number, width: number): Markup {
  const half = width / 2;
  return markup`<path class="error" d="M${x} ${low}V${high}M${x - half} ${low}h${width}M${x - half} ${high}h${width}"/>`;
}

/** As many as fit, the last one always: it is today. */
function stepNames(
  { steps, ticks = steps }: ColumnsChart,
  place: (step: number) => number,
  band: number,
  bottom: number,
  width: number,
): Markup[] {
  const widest = Math.max(0, ...ticks.map(widthOf)) + 10;
  const room = Math.max(1, Math.floor((width - place(0)) / widest));
  const every = Math.ceil(steps.length / room);
  const names: Markup[] = [];
  let free = Number.POSITIVE_INFINITY;
  for (let step = steps.length - 1; step >= 0; step -= every) {
    const name = ticks[step] ?? '';
    const half = widthOf(name) / 2;
    const x = Math.min(place(step) + band / 2, width - half);
    // The last name moves in where the picture ends; then there may be no room before it.
    if (x + half + 6 > free) continue;
    free = x - half;
    names.push(markup`<text x="${x}" y="${bottom + 18}" text-anchor="middle">${name}</text>`);
  }
  return names;
}
