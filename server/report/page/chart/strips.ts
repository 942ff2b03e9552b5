// Every value as a dot, one strip per group, with its median and its middle half, and another's figure beside it where there is one.

import { median, quantile } from 'd3-array';
import { type Markup, markup } from '../markup.ts';
import { formatNumber } from '../units.ts';
import type { StripsChart } from './chart.ts';
import {
  colourOf,
  fitted,
  linked,
  type PictureWidth,
  picture,
  pictureWidths,
  scaleOf,
  ticksWithin,
  verticalGrid,
  widthOf,
} from './frame.ts';

export function drawStrips(chart: StripsChart, size: PictureWidth, label: string | undefined): Markup {
  const { groups } = chart;
  const width = pictureWidths[size];
  const narrow = size === 'narrow';
  const left = narrow ? 8 : Math.min(240, 16 + Math.max(60, ...groups.map((group) => widthOf(group.label))));
  const right = width - 12;
  const top = 24;
  const step = narrow ? 56 : 42;
  const bottom = top + groups.length * step;
  const values = groups.flatMap((group) => [
    ...group.values,
    ...(group.reference === undefined ? [] : [group.reference.value]),
  ]);
  const x = scaleOf(chart.x, values, [left, right]);
  const frame = { width, height: bottom + 44, left, right, top, bottom };
  const strips = groups.map((group, index) => {
    const middle = top + index * step + (narrow ? 32 : step / 2);
    const name = narrow
      ? markup`<text class="label" x="0" y="${middle - 16}">${fitted(group.label, width)}</text>`
      : markup`<text class="label" x="${left - 14}" y="${middle}" dy="0.35em" text-anchor="end">${fitted(group.label, left - 16)}</text>`;
    if (group.values.length === 0) {
      return markup`${name}<text class="missing" x="${left}" y="${middle}" dy="0.35em">not run</text>`;
    }
    const [low, half, high] = [quantile(group.values, 0.25), median(group.values), quantile(group.values, 0.75)];
    const box = markup`<rect class="middle" x="${x(low ?? 0)}" y="${middle - 10}" width="${Math.max(1, x(high ?? 0) - x(low ?? 0))}" height="20" rx="3"/>`;
    const dots = group.values.map((value, dot) => {
      // Side by side a little, so that equal ones can be counted.
      const lift = ((dot % 3) - 1) * 4;
      return markup`<circle class="${colourOf(0)} dot" cx="${x(value)}" cy="${middle + lift}" r="3.5"/>`;
    });
    const line = markup`<line class="median" x1="${x(half ?? 0)}" x2="${x(half ?? 0)}" y1="${middle - 13}" y2="${middle + 13}"/>`;
    const reference =
      group.reference === undefined
        ? undefined
        : markup`<g><title>${group.reference.text}</title><path class="reference" d="M${x(group.reference.value)} ${middle - 14}v28"/></g>`;
    const title = `${group.label}: median ${formatNumber(half ?? 0, chart.x.unit)} of ${group.values.length}`;
    return markup`${name}${linked(group.link, markup`${box}${dots}${line}`, title)}${reference}`;
  });
  return picture(frame, label, '', markup`${verticalGrid(frame, x, chart.x, ticksWithin(right - left))}${strips}`);
}
