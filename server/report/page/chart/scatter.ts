// Points in a plane with their errors: one against another figure, the diagonal where both are equal, the front that nothing beats.

import { scaleSqrt } from 'd3-scale';
import { curveStepAfter, line, symbol, symbolCircle, symbolDiamond, symbolSquare, symbolTriangle } from 'd3-shape';
import { asMarkup, type Markup, markup } from '../markup.ts';
import { formatNumber } from '../units.ts';
import type { ScatterChart, ScatterPoint } from './chart.ts';
import {
  colourOf,
  fitted,
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
  widthOf,
} from './frame.ts';

/** Groups differ by shape as well as by colour. */
const shapes = [symbolCircle, symbolDiamond, symbolSquare, symbolTriangle];

export function drawScatter(chart: ScatterChart, size: PictureWidth, label: string | undefined): Markup {
  const { points, groups = [], front, diagonal } = chart;
  const width = pictureWidths[size];
  const key = keyOf(groups.length > 1 ? groups : [], width);
  const top = 24 + key.height + 10;
  const bottom = top + (size === 'wide' ? 300 : 250);
  const all = (of: 'x' | 'y', range: 'xRange' | 'yRange'): number[] =>
    points.flatMap((point) => [point[of], ...(point[range] ?? [])]);
  const both = [...all('x', 'xRange'), ...all('y', 'yRange')];
  const y = scaleOf(chart.y, diagonal === undefined ? all('y', 'yRange') : both, [bottom, top]);
  const left = marginFor(y, chart.y, 5);
  const right = width - 10;
  const x = scaleOf(chart.x, diagonal === undefined ? all('x', 'xRange') : both, [left, right]);
  const frame = { width, height: bottom + 44, left, right, top, bottom };
  const most = Math.max(1, ...points.map((point) => point.count ?? 1));
  const area = scaleSqrt([1, Math.max(2, most)], [48, most > 1 ? 420 : 48]);
  const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
  const px = (value: number): number => clamp(x(value), left, right);
  const py = (value: number): number => clamp(y(value), top, bottom);

  const marks = points.map((point) => {
    const [cx, cy] = [px(point.x), py(point.y)];
    const group = point.group ?? 0;
    const errors = [
      point.xRange === undefined ? '' : `M${px(point.xRange[0])} ${cy}H${px(point.xRange[1])}`,
      point.yRange === undefined ? '' : `M${cx} ${py(point.yRange[0])}V${py(point.yRange[1])}`,
    ].join('');
    const shape = symbol(
      shapes[group % shapes.length] ?? symbolCircle,
      chart.named === true ? 80 : area(point.count ?? 1),
    )();
    const mark = markup`${errors === '' ? undefined : markup`<path class="error" d="${errors}"/>`}<path class="${colourOf(group)} dot" transform="translate(${cx} ${cy})" d="${shape ?? ''}"/>`;
    return linked(point.link, mark, titleOf(chart, point));
  });
  const same =
    diagonal === undefined
      ? undefined
      : markup`<line class="diagonal" x1="${left}" y1="${py(x.domain()[0])}" x2="${right}" y2="${py(x.domain()[1])}"/><text class="aside" x="${right - 6}" y="${bottom - 10}" text-anchor="end">dashed: ${diagonal}</text>`;
  const best = front?.points.map((index) => points[index]).filter((point) => point !== undefined) ?? [];
  const joined =
    best.length < 2 || front === undefined
      ? undefined
      : markup`<path class="front" d="${asMarkup(
          line().curve(curveStepAfter)(
            [...best].sort((a, b) => a.x - b.x).map((point): [number, number] => [px(point.x), py(point.y)]),
          ) ?? '',
        )}"/>`;
  const names =
    chart.named === true
      ? namesOf(points, { px, py, left, right, top, bottom, most: size === 'wide' ? 210 : 150 })
      : undefined;
  const grid = markup`${horizontalGrid(frame, y, chart.y, 5)}${verticalGrid(frame, x, chart.x, ticksWithin(right - left))}`;
  return picture(frame, label, chart.y.label, markup`${grid}${same}${joined}${marks}${names}${key.draw(0, 24)}`);
}

function titleOf(chart: ScatterChart, point: ScatterPoint): string {
  const many = point.count === undefined || point.count === 1 ? '' : ` (${point.count})`;
  return `${point.label}${many}: ${formatNumber(point.x, chart.x.unit)}, ${formatNumber(point.y, chart.y.unit)}`;
}

interface Room {
  readonly px: (value: number) => number;
  readonly py: (value: number) => number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Width of a name at most. */
  readonly most: number;
}

/** Beside each point where nothing else is; a name for which there is no room is left to the table. */
function namesOf(points: readonly ScatterPoint[], { px, py, left, right, top, bottom, most }: Room): Markup[] {
  const taken = points.map((point) => {
    const [x, y] = [px(point.x), py(point.y)];
    return { left: x - 7, right: x + 7, top: y - 7, bottom: y + 7 };
  });
  return points.flatMap((point) => {
    const text = fitted(point.label, most);
    const [x, y, wide] = [px(point.x), py(point.y), widthOf(text) + 4];
    const candidates = [
      { x: x + 10, y: y - 10, anchor: 'start' },
      { x: x - 10, y: y - 10, anchor: 'end' },
      { x: x + 10, y: y + 15, anchor: 'start' },
      { x: x - 10, y: y + 15, anchor: 'end' },
      { x, y: y - 16, anchor: 'middle' },
      { x, y: y + 24, anchor: 'middle' },
      { x, y: y - 32, anchor: 'middle' },
      { x, y: y + 40, anchor: 'middle' },
    ] as const;
    for (const place of candidates) {
      const start = place.anchor === 'start' ? place.x : place.anchor === 'end' ? place.x - wide : place.x - wide / 2;
      const box = { left: start, right: start + wide, top: place.y - 11, bottom: place.y + 4 };
      const outside = box.left < left || box.right > right + 8 || box.top < top - 8 || box.bottom > bottom;
      const hits = taken.some(
        (one) => one.left < box.right && one.right > box.left && one.top < box.bottom && one.bottom > box.top,
      );
      if (outside || hits) continue;
      taken.push(box);
      return [
        markup`<text class="label halo" x="${place.x}" y="${place.y}" text-anchor="${place.anchor}">${text}</text>`,
      ];
    }
    return [];
  });
}
