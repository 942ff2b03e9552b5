// A generated region in an open document, followed through edits inside and around it. Pure: ranges and texts of one moment.

import type { OffsetEdit } from '../base/text.ts';
import { keptLines, keptShare } from '../ledger/kept-share.ts';
import type { RegionLikeness, RegionMatch } from '../ledger/port.ts';
import { leastKept } from './region-news.ts';

export interface Tracked {
  readonly match: RegionMatch;
  /** What stood there when it was found, and how much of that was as generated (undefined: all). */
  readonly written: string;
  readonly likeness: RegionLikeness | undefined;
}

export function tracked(match: RegionMatch, text: string): Tracked {
  return { match, written: text.slice(match.range.start, match.range.end), likeness: match.likeness };
}

/** Where it is after an edit: with what was put into it, without what was cut off; nowhere when nothing of it was left. */
export function movedAlong(one: Tracked, edit: OffsetEdit): Tracked[] {
  const { start, end } = one.match.range;
  if (edit.start >= end) return [one];
  const shift = edit.text.length - (edit.end - edit.start);
  const isAbove = edit.end <= start;
  const range = {
    start: isAbove ? start + shift : edit.start >= start ? start : edit.start + edit.text.length,
    end: edit.end <= end ? end + shift : edit.start,
  };
  return range.end > range.start ? [{ ...one, match: { ...one.match, range } }] : [];
}

/** The same region as its text says now, when enough of it is left that it is still the same. */
export function stillIt({ match, written, likeness }: Tracked, text: string): RegionMatch | undefined {
  const now = text.slice(match.range.start, match.range.end);
  const share = keptShare(written, now) * (likeness?.share ?? 1);
  if (share * (match.region.kept ?? 1) < leastKept) return undefined;
  const lines = keptLines(written, now);
  const asWritten = Math.min(lines.asWritten, likeness?.asWritten ?? lines.asWritten);
  return { ...match, likeness: { asWritten, of: likeness?.of ?? lines.of, share } };
}
