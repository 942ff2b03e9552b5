// Files with generated bodies in them, a ledger's index of those, and what is found again. Shared by the table and its small version.

import type { OffsetRange } from '../../server/base/text.ts';
import type { Source } from '../../server/exercises/source.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { indexRegions, type RegionIndex } from '../../server/ledger/region-index.ts';
import { searchRegions } from '../../server/ledger/region-search.ts';
import { regionOf } from '../../server/ledger/regions.ts';
import { outcomeEvent } from '../support/sample-events.ts';
import type { Edit, EditedWith, Parts } from './region-edits.ts';

export interface Planted extends Parts {
  readonly id: string;
}

/** A whole file around one source's body, with two other functions before and after it. */
export function plant(source: Source, above: Source, below: Source, path: string): Planted {
  const head = [source.header, source.imports, definitionOf(above), source.definitionsBefore]
    .filter((part) => part !== '')
    .join('\n\n');
  const closing = source.language === 'python' ? '' : '\n}';
  const own = documented(source, source.language === 'python');
  return {
    id: source.id,
    path,
    before: `${head}\n\n${own}\n`,
    body: source.body,
    after: `${closing}\n\n${definitionOf(below)}\n`,
  };
}

function documented({ documentation, signature }: Source, below: boolean): string {
  if (documentation === '') return signature;
  return below ? `${signature}\n${documentation}` : `${documentation}\n${signature}`;
}

/** Documentation, signature, body. */
export function definitionOf(source: Source): string {
  const closing = source.language === 'python' ? '' : '\n}';
  return `${documented(source, source.language === 'python')}\n${source.body}${closing}`;
}

/** A ledger's index with one receipt for each. */
export function indexOf(files: readonly Planted[]): RegionIndex {
  const receipts = files.flatMap(({ id, path, before, body, after }) => {
    const region = regionOf(path, before + body + after, { start: before.length, end: before.length + body.length });
    return region === undefined ? [] : [foldReceipt([outcomeEvent({ receiptId: id, path, regions: [region] })])];
  });
  return indexRegions(receipts.filter((receipt) => receipt !== undefined));
}

export interface Tally {
  found: number;
  of: number;
  /** Found, but not where it is. */
  astray: number;
}

/** Whether the receipt is found at its code after the edit; counts into `tally`. */
export function tried(planted: Planted, index: RegionIndex, edit: Edit, given: EditedWith, tally: Tally): void {
  const { text, path, truth } = edit(planted, given);
  const isGone = (other: string): boolean => other !== path;
  const mine = searchRegions({ path, text, index, isGone }).filter(({ receipt }) => receipt.id === planted.id);
  tally.of++;
  const rightly = mine.filter(({ range }) => truth.some((one) => overlaps(range, one)));
  if (rightly.length > 0) tally.found++;
  if (mine.length > rightly.length) tally.astray++;
}

/** More than half of what was found lies where it should. */
function overlaps(found: OffsetRange, truth: OffsetRange): boolean {
  const common = Math.min(found.end, truth.end) - Math.max(found.start, truth.start);
  return common * 2 > found.end - found.start;
}

/** Uniform in [0, 1): mulberry32, so that a table can be made again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
