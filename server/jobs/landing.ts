// Where generated code stands after an edit was made, from the texts before and after. Pure.

import type { OffsetEdit, OffsetRange } from '../base/text.ts';
import { applyEdits } from '../base/text.ts';
import type { Region } from '../ledger/events.ts';
import { findRegions, regionOf } from '../ledger/regions.ts';
import { rebase } from './rebase.ts';

export interface Landing {
  /** In the text that the editor shows now. */
  readonly regions: readonly Region[];
  /** What was replaced by what, for noticing an undo; empty when the text came out different from what was sent. */
  readonly pieces: readonly Piece[];
}

/** One edit as it stands in the new text. */
export interface Piece {
  readonly range: OffsetRange;
  readonly inserted: string;
  readonly replaced: string;
}

export interface LandingRequest {
  readonly path: string;
  /** The text that `edits` refer to. */
  readonly before: string;
  readonly edits: readonly OffsetEdit[];
  /** Which of the edits are worth a receipt. */
  readonly regionEdits: readonly number[];
}

/** Regions as they will stand if the edit is made as sent. */
export function expectedRegions(request: LandingRequest): readonly Region[] {
  const expected = applyEdits(request.before, request.edits);
  const ranges = newRanges(request.edits);
  return request.regionEdits.flatMap((index) => {
    const range = ranges[index];
    const region = range && regionOf(request.path, expected, range);
    return region === undefined ? [] : [region];
  });
}

/** @returns `undefined` when `after` shows nothing of the edit: it was not made, whatever the editor said. */
export function landingOf(request: LandingRequest, after: string): Landing | undefined {
  const { path, before, edits } = request;
  const expected = applyEdits(before, edits);
  const regions = expectedRegions(request);
  if (after === expected) return { regions, pieces: piecesOf(before, edits) };
  const known = findRegions(before, regions);
  const found = findRegions(after, regions);
  // Text that stood there before, too, is no proof.
  const proven = found.some((range, index) => range !== undefined && known[index] === undefined);
  if (!proven && rebase({ before, after, changes: undefined, guarded: [], edits }) !== undefined) return undefined;
  const standing = found.flatMap((range) => (range === undefined ? [] : (regionOf(path, after, range) ?? [])));
  return { regions: standing, pieces: [] };
}

function piecesOf(before: string, edits: readonly OffsetEdit[]): Piece[] {
  return newRanges(edits).map((range, index) => {
    const edit = edits[index];
    return {
      range,
      inserted: edit?.text ?? '',
      replaced: edit === undefined ? '' : before.slice(edit.start, edit.end),
    };
  });
}

/** Where the text of each edit lies once all are made; in the order of `edits`. */
function newRanges(edits: readonly OffsetEdit[]): OffsetRange[] {
  const ordered = edits.map((edit, index) => ({ edit, index })).sort((a, b) => a.edit.start - b.edit.start);
  const ranges: OffsetRange[] = [];
  let shift = 0;
  for (const { edit, index } of ordered) {
    const start = edit.start + shift;
    ranges[index] = { start, end: start + edit.text.length };
    shift += edit.text.length - (edit.end - edit.start);
  }
  return ranges;
}
