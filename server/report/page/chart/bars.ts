// Bars to the right with their figures, one below the other; what is unknown shows its reason where the bar would be.

import { type Markup, markup } from '../markup.ts';
import type { BarsChart } from './chart.ts';
import { colourOf, fitted, linked, type PictureWidth, picture, pictureWidths, scaleOf, widthOf } from './frame.ts';

const barHeight = 16;

export function drawBars(chart: BarsChart, size: PictureWidth, label: string | undefined): Markup {
  const width = pictureWidths[size];
  const { bars } = chart;
  const narrow = size === 'narrow';
  const left = narrow ? 0 : Math.min(260, 14 + Math.max(60, ...bars.map((bar) => widthOf(bar.label))));
  const textRoom = 12 + Math.max(40, ...bars.map((bar) => ('text' in bar ? widthOf(bar.text) : 0)));
  const known = bars.flatMap((bar) => ('value' in bar ? [bar.value + (bar.plusMinus ?? 0), bar.value] : []));
  const x = scaleOf({ ...chart.x, domain: chart.x.domain ?? [0, Math.max(1e-9, ...known)] }, known, [
    left,
    Math.max(left + 60, width - textRoom),
  ]);
  const top = 24;
  const step = narrow ? 46 : 34;
  const rows = bars.map((bar, index) => {
    const y = top + index * step + (narrow ? 16 : 4);
    const name = narrow
      ? markup`<text class="label" x="0" y="${y - 5}">${fitted(bar.label, width)}</text>`
      : markup`<text class="label" x="${left - 10}" y="${y + barHeight / 2}" dy="0.35em" text-anchor="end">${fitted(bar.label, left - 14)}</text>`;
    const base = markup`<line class="base" x1="${x(0)}" x2="${x(0)}" y1="${y - 4}" y2="${y + barHeight + 4}"/>`;
    if (!('value' in bar)) {
      const why = `unknown: ${bar.unknown}`;
      const text = markup`<text class="missing" x="${left + 7}" y="${y + barHeight / 2}" dy="0.35em">${fitted(why, width - left)}</text>`;
      return markup`${name}${base}${linked(bar.link, text, `${bar.label}: ${why}`)}`;
    }
    const [from, to] = [x(0), x(bar.value)];
    const error = bar.plusMinus ?? 0;
    const box = markup`<rect class="${colourOf(0)} mark" x="${Math.min(from, to)}" y="${y}" width="${Math.max(0.5, Math.abs(to - from))}" height="${barHeight}" rx="2"/>`;
    const [low, high] = [x(Math.max(bar.value - error, bar.value < 0 ? bar.value - error : 0)), x(bar.value + error)];
    const middle = y + barHeight / 2;
    const whisker =
      error > 0
        ? markup`<path class="error" d="M${low} ${middle}H${high}M${low} ${middle - 5}v10M${high} ${middle - 5}v10"/>`
        : undefined;
    const end = Math.max(from, to, error > 0 ? high : 0) + 8;
    const text = markup`<text class="value" x="${end}" y="${middle}" dy="0.35em">${bar.text}</text>`;
    return markup`${name}${linked(bar.link, markup`${box}${base}${whisker}${text}`, `${bar.label}: ${bar.text}`)}`;
  });
  const height = top + bars.length * step + 6;
  return picture(
    { width, height },
    label,
    chart.x.label,
    markup`<text class="name" x="0" y="12">${chart.x.label}</text>${rows}`,
  );
}
