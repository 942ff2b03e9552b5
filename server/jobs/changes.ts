// Changes of a text as sizes: what was replaced and how long it became. Moves offsets and ranges along. Pure; holds no text.

import type { OffsetEdit, OffsetRange } from '../base/text.ts';

/** `[start, end)` became `length` units. In a list, each is in the coordinates that hold after the ones before it. */
export interface Change extends OffsetRange {
  readonly length: number;
}

/** The one change between two texts that keeps their common beginning and end. */
export function changeBetween(before: string, after: string): Change {
  return narrowed({ start: 0, end: before.length, text: after }, before);
}

/** An edit without what it leaves as it was: formatters like to replace a whole document by nearly itself. */
export function narrowed(edit: OffsetEdit, before: string): Change {
  const oldLength = edit.end - edit.start;
  const shorter = Math.min(oldLength, edit.text.length);
  let head = 0;
  while (head < shorter && before.charCodeAt(edit.start + head) === edit.text.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < shorter - head &&
    before.charCodeAt(edit.end - 1 - tail) === edit.text.charCodeAt(edit.text.length - 1 - tail)
  ) {
    tail++;
  }
  return { start: edit.start + head, end: edit.end - tail, length: edit.text.length - head - tail };
}

/**
 * Where a range is after changes. `inward`: text put in at its edges, or over them, stays outside. `outward`: it belongs to the range.
 * A range that was deleted ends up empty.
 */
export function movedRange(range: OffsetRange, changes: readonly Change[], bias: 'inward' | 'outward'): OffsetRange {
  let { start, end } = range;
  for (const change of changes) {
    start = movedOffset(start, change, bias === 'inward' ? 'after' : 'before');
    end = movedOffset(end, change, bias === 'inward' ? 'before' : 'after');
    if (end < start) end = start;
  }
  return { start, end };
}

/** Where an offset is after a change; `side` decides when text was put in right there or its surroundings were replaced. */
export function movedOffset(offset: number, change: Change, side: 'before' | 'after'): number {
  const shift = change.length - (change.end - change.start);
  if (offset < change.start || (offset === change.start && side === 'before')) return offset;
  if (offset > change.end || (offset === change.end && (side === 'after' || change.start < change.end))) {
    return offset + shift;
  }
  return side === 'before' ? change.start : change.start + change.length;
}

/** How much longer a text became. */
export function growth(changes: readonly Change[]): number {
  return changes.reduce((sum, change) => sum + change.length - (change.end - change.start), 0);
}
