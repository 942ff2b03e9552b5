// Receipts of the past, from all files of a ledger or those of some months: as a list, or one at a time in bounded memory. Pure reading;
// knows nothing of what they are wanted for.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerEvent, Receipt } from './events.ts';
import {
  createSkipCounter,
  filesFor,
  type HistoryRange,
  type RawLine,
  readLine,
  type Skipped,
  type VisitOptions,
  visitEvents,
  visitFiles,
} from './history.ts';
import { createIdTable, hashBytes, hashText, type IdHash } from './id-table.ts';
import { foldReceipt } from './receipt.ts';

export interface History {
  /** Oldest first; each is the fold of all its lines. */
  readonly receipts: readonly Receipt[];
  /** What is in the files and not in the receipts. */
  readonly skipped: readonly Skipped[];
  /** Names of the files that were looked into, oldest first. */
  readonly files: readonly string[];
}

/**
 * All receipts that began in the range, in memory: about 3 kB each.
 * Rejects with the system's error when the directory is there and can't be listed, and when the signal aborts.
 */
export async function readHistory(range: HistoryRange): Promise<History> {
  const files = await filesFor(range);
  const events = new Map<string, LedgerEvent[]>();
  const skips = createSkipCounter();
  const add = (event: LedgerEvent): void => {
    const known = events.get(event.receiptId);
    if (known === undefined) events.set(event.receiptId, [event]);
    else known.push(event);
  };
  await visitEvents(range.directory, files, add, skips, await progressOf(range, files, 1));
  const receipts = [...events.values()]
    .map(foldReceipt)
    .filter((receipt) => receipt !== undefined)
    .filter((receipt) => isWithin(receipt, range))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return { receipts, skipped: skips.all(), files };
}

/**
 * The same receipts one at a time, each as soon as its last line was read, so in the order of their last lines. The files are read
 * twice: first only for how many lines each receipt has. In memory are the receipts that are open just then, and 30 bytes for each.
 */
export async function eachReceipt(
  range: HistoryRange,
  visit: (receipt: Receipt) => void,
): Promise<Omit<History, 'receipts'>> {
  const files = await filesFor(range);
  const options = await progressOf(range, files, 2);
  const ids = createIdTable();
  let left = new Uint32Array(1 << 10);
  await visitFiles(
    range.directory,
    files,
    (line) => {
      const number = ids.numberOf(idOf(line));
      if (number >= left.length) left = grown(left);
      left[number] = (left[number] ?? 0) + 1;
    },
    createSkipCounter(),
    options,
  );
  const open = new Map<string, LedgerEvent[]>();
  const finish = (events: readonly LedgerEvent[]): void => {
    const receipt = foldReceipt(events);
    if (receipt !== undefined && isWithin(receipt, range)) visit(receipt);
  };
  const skips = createSkipCounter();
  await visitEvents(
    range.directory,
    files,
    (event) => {
      const id = event.receiptId;
      const events = open.get(id) ?? [];
      events.push(event);
      const number = ids.numberOf(hashText(id));
      const rest = (left[number] ?? 1) - 1;
      left[number] = rest;
      if (rest > 0) open.set(id, events);
      else {
        open.delete(id);
        finish(events);
      }
    },
    skips,
    options,
  );
  // Those that have lines which hold no event.
  for (const events of open.values()) finish(events);
  return { skipped: skips.all(), files };
}

/** How our own lines begin: up to the id there is nothing to decode. */
const ownHead = /^\{"schema":\d+,(?:"kind":"[a-z]+",)?"at":"[^"\\]*","receiptId":"[^"\\]*"/;
const headLength = 200;

/** The hash of a line's receipt; of a line that has none, of nothing. */
function idOf(line: RawLine): IdHash {
  const { bytes, start, end } = line;
  const head = bytes.toString('latin1', start, Math.min(end, start + headLength));
  const own = ownHead.exec(head)?.[0];
  if (own !== undefined) {
    const idStart = own.lastIndexOf('"', own.length - 2) + 1;
    return hashBytes(bytes, start + idStart, start + own.length - 1);
  }
  const read = readLine(line.text());
  return 'event' in read ? hashText(read.event.receiptId) : { low: 0, high: 0 };
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function isWithin(
  receipt: Receipt,
  { sinceWallMilliseconds: since, untilWallMilliseconds: until }: HistoryRange,
): boolean {
  if (since === undefined && until === undefined) return true;
  const began = Date.parse(receipt.at);
  return !(began < (since ?? Number.NEGATIVE_INFINITY)) && !(began >= (until ?? Number.POSITIVE_INFINITY));
}

/** What reading the files so many times needs to be told. */
export async function progressOf(
  { directory, signal, onProgress, drain }: HistoryRange,
  files: readonly string[],
  times: number,
): Promise<VisitOptions & { readonly bytes: number }> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(join(directory, file)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const total = bytes * times;
  let read = 0;
  return {
    bytes,
    signal,
    async onBytes(count) {
      read += count;
      onProgress?.(Math.min(read, total), total);
      await drain?.();
    },
  };
}
