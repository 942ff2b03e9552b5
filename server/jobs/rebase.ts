// Moves the edits of an answer from the text they were made for to the text as it is now, or says that they do not fit any more:
// generated code never lands on code that changed meanwhile. Pure.

import { lineEnd, lineStart, type OffsetEdit, type OffsetRange } from '../base/text.ts';
import { type Change, changeBetween, growth, movedOffset, movedRange } from './changes.ts';

export interface RebaseRequest {
  /** The text that `edits` and `guarded` refer to. */
  readonly before: string;
  readonly after: string;
  /** How `before` became `after`, as far as it was followed. */
  readonly changes: readonly Change[] | undefined;
  /** What the answer was made for: it must stand in `after` unchanged, in whole lines. */
  readonly guarded: readonly OffsetRange[];
  readonly edits: readonly OffsetEdit[];
}

/**
 * @returns the edits in coordinates of `after`, in the same order; `undefined` when a guarded place or a replaced text has changed,
 * or when the edits contradict each other.
 */
export function rebase(request: RebaseRequest): readonly OffsetEdit[] | undefined {
  const { before, after, edits } = request;
  if (overlaps(edits)) return undefined;
  if (before === after) return edits;
  const trail = trailOf(request);
  const places: Place[] = [];
  for (const range of mergedLines(before, [...request.guarded, ...edits.filter(replaces)])) {
    const found = locate(before, after, range, trail);
    if (found === undefined) return undefined;
    places.push({ range, shift: found - range.start });
  }
  const moved: OffsetEdit[] = [];
  for (const edit of edits) {
    const place = places.find(({ range }) => range.start <= edit.start && edit.end <= range.end);
    const shift = place?.shift ?? anchorShift(before, after, edit.start, trail);
    if (shift === undefined) return undefined;
    moved.push({ start: edit.start + shift, end: edit.end + shift, text: edit.text });
  }
  return overlaps(moved) ? undefined : moved;
}

/** Where the whole lines of `range` stand unchanged in `after`; `undefined` when nowhere, or nobody can tell where. */
export function locateLines(
  before: string,
  after: string,
  range: OffsetRange,
  changes: readonly Change[] | undefined,
): OffsetRange | undefined {
  const lines = wholeLines(before, range);
  const start = locate(before, after, lines, trailOf({ before, after, changes }));
  return start === undefined ? undefined : { start, end: start + lines.end - lines.start };
}

interface Place {
  readonly range: OffsetRange;
  readonly shift: number;
}

interface Trail {
  readonly changes: readonly Change[];
  /** The editor told it; else it is what the two texts have in common, which may take one of two twins for the other. */
  readonly told: boolean;
}

function trailOf({ before, after, changes }: Pick<RebaseRequest, 'before' | 'after' | 'changes'>): Trail {
  const told = changes !== undefined && before.length + growth(changes) === after.length;
  return told ? { changes, told } : { changes: [changeBetween(before, after)], told };
}

function locate(before: string, after: string, range: OffsetRange, trail: Trail): number | undefined {
  const content = before.slice(range.start, range.end);
  const standsAt = (start: number): boolean => {
    const end = start + content.length;
    return after.startsWith(content, start) && startsLine(after, start) && endsLine(after, end);
  };
  const { start } = movedRange(range, trail.changes, 'inward');
  if (standsAt(start) && (trail.told || occurrences(before, content) === occurrences(after, content))) return start;
  if (content.replace(/\s/g, '').length < shortestUnique) return undefined;
  const elsewhere = after.indexOf(content);
  const moved = occurrences(before, content) === 1 && occurrences(after, content) === 1 && standsAt(elsewhere);
  return moved ? elsewhere : undefined;
}

/** Shorter lines (`pass`, `}`) stand in many places; one of them by chance is no proof that a place moved there. */
const shortestUnique = 16;

function occurrences(text: string, content: string): number {
  if (content === '') return 0;
  let count = 0;
  for (let at = text.indexOf(content); at !== -1; at = text.indexOf(content, at + content.length)) count++;
  return count;
}

/** A pure insertion outside the guarded places (an import): its line start must still be one, beside a line that it was beside. */
function anchorShift(before: string, after: string, offset: number, trail: Trail): number | undefined {
  if (!startsLine(before, offset)) {
    const line = wholeLines(before, { start: offset, end: offset });
    const start = locate(before, after, line, trail);
    return start === undefined ? undefined : start - line.start;
  }
  for (const side of ['before', 'after'] as const) {
    const moved = trail.changes.reduce((at, change) => movedOffset(at, change, side), offset);
    if (startsLine(after, moved) && sharesNeighbour(before, offset, after, moved)) return moved - offset;
  }
  return undefined;
}

function sharesNeighbour(before: string, offset: number, after: string, moved: number): boolean {
  const above = (text: string, at: number): string => (at === 0 ? '' : text.slice(lineStart(text, at - 1), at));
  const below = (text: string, at: number): string => text.slice(at, lineEnd(text, at));
  return above(before, offset) === above(after, moved) || below(before, offset) === below(after, moved);
}

/** Whole lines of all ranges, overlapping ones joined, in order. */
function mergedLines(text: string, ranges: readonly OffsetRange[]): OffsetRange[] {
  const merged: OffsetRange[] = [];
  const ordered = ranges.map((range) => wholeLines(text, range)).sort((a, b) => a.start - b.start);
  for (const range of ordered) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else merged.push(range);
  }
  return merged;
}

/** Last line break excluded. */
function wholeLines(text: string, range: OffsetRange): OffsetRange {
  return { start: lineStart(text, range.start), end: lineEnd(text, Math.max(range.start, range.end)) };
}

function startsLine(text: string, offset: number): boolean {
  return offset === 0 || text[offset - 1] === '\n';
}

function endsLine(text: string, offset: number): boolean {
  return offset === text.length || text[offset] === '\n' || text.startsWith('\r\n', offset);
}

function replaces(edit: OffsetEdit): boolean {
  return edit.end > edit.start;
}

function overlaps(edits: readonly OffsetEdit[]): boolean {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  return ordered.some((edit, index) => index > 0 && edit.start < (ordered[index - 1]?.end ?? 0));
}
