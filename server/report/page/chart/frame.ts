// What all pictures share: their two widths, scales from axes, grid lines with their figures, links around marks, the key of colours.
// Knows SVG and units; not what is drawn into the frame.

import { type ContinuousScale, scaleLinear, scaleLog } from 'd3-scale';
import { plainText } from '../../../base/escape.ts';
import { type Markup, markup } from '../markup.ts';
import type { Link, Unit } from '../page.ts';
import { formatLogTick, formatTick } from '../units.ts';
import type { Axis } from './chart.ts';

/** Each picture is drawn for both, because text that is scaled with a picture can't be read on a phone. In CSS pixels. */
export const pictureWidths = { wide: 720, narrow: 310 } as const;
export type PictureWidth = keyof typeof pictureWidths;

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Mean width of a character of the page's type at 12 px. */
const characterWidth = 6.7;
export function widthOf(text: string): number {
  return text.length * characterWidth;
}

/** Cut to a width, with `…`. */
export function fitted(text: string, width: number): string {
  const most = Math.max(3, Math.floor(width / characterWidth));
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}

/** @param values all that has to be within. @param range in pixels. */
export function scaleOf(axis: Axis, values: readonly number[], range: readonly [number, number]): ContinuousScale {
  const finite = values.filter(Number.isFinite);
  if (axis.log === true) {
    const positive = finite.filter((value) => value > 0);
    const low = axis.domain?.[0] ?? Math.min(...positive);
    const high = axis.domain?.[1] ?? Math.max(...positive);
    if (positive.length === 0 && axis.domain === undefined) return scaleLog([1, 10], range);
    return scaleLog(axis.domain ?? [low / 1.25, Math.max(high * 1.25, low * 1.3)], range);
  }
  const low = axis.domain?.[0] ?? Math.min(0, ...finite);
  const high = axis.domain?.[1] ?? Math.max(0, ...finite);
  const scale = scaleLinear([low, high > low ? high : low + 1], range);
  return axis.domain === undefined ? scale.nice(5) : scale;
}

/** At most `count`, and none nearer to the next than its text is wide. */
export function ticksOf(
  scale: ContinuousScale,
  axis: Axis,
  count: number,
): { at: number; value: number; text: string }[] {
  const [low, high] = scale.domain();
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (axis.log === true) return logTicks(scale, axis.unit, count);
  const whole = axis.unit === 'count' || axis.unit === 'tokens';
  return scale
    .ticks(count)
    .filter((value) => !whole || Number.isInteger(value))
    .map((value) => ({ at: scale(value), value, text: formatTick(value, axis.unit, largest) }));
}

/** 1, 10, 100 where the axis is long; more of them the shorter it is. */
function logTicks(scale: ContinuousScale, unit: Unit, count: number): { at: number; value: number; text: string }[] {
  const [low, high] = scale.domain();
  const decades = Math.log10(high / low);
  const steps =
    decades > count ? [1] : decades > count / 2 ? [1, 3] : decades > 1.3 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
  const found: number[] = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.log10(high); exponent++)
    for (const step of steps) {
      const value = step * 10 ** exponent;
      if (value >= low && value <= high) found.push(value);
    }
  const every = Math.max(1, Math.ceil(found.length / (count + 1)));
  return found
    .filter((_, index) => index % every === 0)
    .map((value) => ({ at: scale(value), value, text: formatLogTick(value, unit) }));
}

/** Room that the figures of a vertical axis take. */
export function marginFor(scale: ContinuousScale, axis: Axis, count: number): number {
  return 12 + Math.max(24, ...ticksOf(scale, axis, count).map(({ text }) => widthOf(text)));
}

/** Lines across, each with its figure to the left; the axis' name above them. */
export function horizontalGrid(frame: Frame, scale: ContinuousScale, axis: Axis, count: number): Markup {
  const { left, right } = frame;
  const lines = ticksOf(scale, axis, count).map(
    ({ at, text, value }) =>
      markup`<line class="${value === 0 ? 'base' : 'grid'}" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${left - 8}" y="${at}" dy="0.35em" text-anchor="end">${text}</text>`,
  );
  return markup`${lines}<text class="name" x="${0}" y="${12}">${axis.label}</text>`;
}

/** Lines down, each with its figure below; the axis' name under them, to the right. */
export function verticalGrid(frame: Frame, scale: ContinuousScale, axis: Axis, count: number): Markup {
  const { top, bottom, right } = frame;
  const lines = ticksOf(scale, axis, count).map(
    ({ at, text, value }) =>
      markup`<line class="${value === 0 ? 'base' : 'grid'}" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
  );
  return markup`${lines}<text class="name" x="${right}" y="${bottom + 36}" text-anchor="end">${axis.label}</text>`;
}

/** Figures that fit side by side below an axis of this width. */
export function ticksWithin(width: number): number {
  return Math.max(2, Math.min(8, Math.floor(width / 85)));
}

/** A mark that leads to its records; not reached by the tab key, because the table below has the same links for that. */
export function linked(link: Link | undefined, mark: Markup, title?: string): Markup {
  const described = title === undefined ? mark : markup`<g><title>${title}</title>${mark}</g>`;
  return link === undefined ? described : markup`<a href="${hrefOf(link)}" tabindex="-1">${described}</a>`;
}

/** `#records?model=gemma3%3A4b`; the words are as plain as those of the records. */
export function hrefOf(link: Link): string {
  const words = Object.entries(link).map(([key, text]): [string, string] => [key, plainText(text)]);
  return `#records?${new URLSearchParams(words).toString()}`;
}

/** Colours by number: eight, then again from the first. */
export function colourOf(index: number): string {
  return `c${index % 8}`;
}

/** Squares with names, in lines that fit. @returns how high it is as well. */
export function keyOf(
  names: readonly string[],
  width: number,
): { readonly height: number; readonly draw: (x: number, y: number) => Markup } {
  const places: { x: number; row: number; name: string; index: number }[] = [];
  let x = 0;
  let row = 0;
  for (const [index, full] of names.entries()) {
    const name = fitted(full, width - 24);
    const wide = 18 + widthOf(name) + 16;
    if (x > 0 && x + wide - 16 > width) {
      x = 0;
      row++;
    }
    places.push({ x, row, name, index });
    x += wide;
  }
  return {
    height: names.length === 0 ? 0 : (row + 1) * 18,
    draw: (left, top) =>
      markup`${places.map(
        (place) =>
          markup`<rect class="${colourOf(place.index)}" x="${left + place.x}" y="${top + place.row * 18}" width="11" height="11" rx="2"/><text class="key" x="${left + place.x + 17}" y="${top + place.row * 18 + 9.5}">${place.name}</text>`,
      )}`,
  };
}

/**
 * The whole picture; hidden from screen readers, which get the summary and the table.
 * @param name what stands on top, to the left: where it leaves no room for the label, the label goes above.
 */
export function picture(
  { width, height }: Pick<Frame, 'width' | 'height'>,
  label: string | undefined,
  name: string,
  inner: Markup,
): Markup {
  const above = label !== undefined && widthOf(name) + 1.15 * widthOf(label) + 12 > width ? 16 : 0;
  const stamp =
    label === undefined
      ? undefined
      : markup`<text class="stamp" x="${width}" y="${12 - above}" text-anchor="end">${fitted(label, width)}</text>`;
  const high = Math.round(height) + above;
  return markup`<svg viewBox="0 ${-above} ${width} ${high}" width="${width}" height="${high}" aria-hidden="true" focusable="false">${inner}${stamp}</svg>`;
}
