// Whole lines around offsets and selections. Knows text only.

import { lineEnd, lineStart, type OffsetRange } from '../base/text.ts';

/** From the start of the first to the end of the last line that the range touches, last line break excluded. */
export function linesOf(text: string, range: OffsetRange): OffsetRange {
  const start = lineStart(text, range.start);
  const endsBeforeLine = range.end > range.start && text[range.end - 1] === '\n';
  return { start, end: lineEnd(text, endsBeforeLine ? Math.max(start, range.end - 1) : range.end) };
}

/** The same lines without blank ones at either end; `undefined` when nothing is left. */
export function trimmedLinesOf(text: string, range: OffsetRange): OffsetRange | undefined {
  const lines = linesOf(text, range);
  const content = text.slice(lines.start, lines.end);
  if (content.trim() === '') return undefined;
  const lead = content.length - content.trimStart().length;
  const trail = content.length - content.trimEnd().length;
  return {
    start: lineStart(text, lines.start + lead),
    end: lineEnd(text, lines.end - trail),
  };
}

/** How many lines a range touches; at least 1. */
export function lineCountOf(text: string, range: OffsetRange): number {
  let count = 1;
  for (let at = text.indexOf('\n', range.start); at !== -1 && at < range.end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Whether two ranges share a character or touch; a cursor at either end of a range touches it. */
export function touches(a: OffsetRange, b: OffsetRange): boolean {
  return a.start <= b.end && b.start <= a.end;
}

export function contains(outer: OffsetRange, inner: OffsetRange): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
