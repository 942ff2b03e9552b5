// Lines of figures over another figure, with their errors.

import { line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import { asMarkup, type Markup, markup } from '../markup.ts';
import { formatNumber } from '../units.ts';
import type { LinesChart } from './chart.ts';
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
  ticksWithin,
  verticalGrid,
} from './frame.ts';

const shapes = [symbolCircle, symbolDiamond, symbolSquare, symbolTriangle];

export function drawLines(chart: LinesChart, size: PictureWidth, label: string | undefined): Markup {
  const { lines } = chart;
  const width = pictureWidths[size];
  const key = keyOf(lines.length > 1 ? lines.map(({ name }) => name) : [], width);
  const top = 24 + key.height + 10;
  const bottom = top + (size === 'wide' ? 260 : 210);
  const points = lines.flatMap((one) => one.points);
  const y = scaleOf(
    chart.y,
    points.flatMap((point) => [point.y, ...(point.range ?? [])]),
    [bottom, top],
  );
  const left = marginFor(y, chart.y, 5);
  const right = width - 10;
  const x = scaleOf(
    chart.x,
    points.map((point) => point.x),
    [left, right],
  );
  const frame = { width, height: bottom + 44, left, right, top, bottom };
  const drawn = lines.map((one, index) => {
    const ordered = [...one.points].sort((a, b) => a.x - b.x);
    const path = line()(ordered.map((point): [number, number] => [x(point.x), y(point.y)])) ?? '';
    const dots = ordered.map((point) => {
      const [cx, cy] = [x(point.x), y(point.y)];
      const error =
        point.range === undefined
          ? undefined
          : markup`<path class="error" d="M${cx} ${y(point.range[0])}V${y(point.range[1])}"/>`;
      const shape = symbol(shapes[index % shapes.length] ?? symbolCircle, 44)() ?? '';
      const dot = markup`<path class="${colourOf(index)} dot" transform="translate(${cx} ${cy})" d="${shape}"/>`;
      const title = `${one.name}, ${formatNumber(point.x, chart.x.unit)}: ${formatNumber(point.y, chart.y.unit)}`;
      return linked(point.link, markup`${error}${dot}`, title);
    });
    return markup`<path class="line ${colourOf(index)}" d="${asMarkup(path)}"/>${dots}`;
  });
  const grid = markup`${horizontalGrid(frame, y, chart.y, 5)}${verticalGrid(frame, x, chart.x, ticksWithin(right - left))}`;
  return picture(frame, label, chart.y.label, markup`${grid}${drawn}${key.draw(0, 24)}`);
}
