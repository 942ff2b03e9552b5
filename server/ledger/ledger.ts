// The ledger: events appended to one file a month, folded to receipts in memory. Knows figures and hashes; no source text is
// ever handed to it. What the disk refuses waits in memory and is tried again with the next line.

import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { isKnown, type Joules, sumJoules } from '../energy/joules.ts';
import type { Receipt } from './events.ts';
import type { FadedSum } from './fading.ts';
import { appendLines, monthFile, monthFiles } from './files.ts';
import { createFold } from './fold.ts';
import { createFollower } from './follow.ts';
import { lineOf } from './line-of.ts';
import type { Ledger, LedgerTotals } from './port.ts';
import { indexRegions, type RegionIndex } from './region-index.ts';
import { searchRegions } from './region-search.ts';
import { finishReplacing } from './replace-file.ts';

export interface LedgerOptions {
  /** Created on the first write, for this user only. */
  readonly directory: string;
  /** `joule.ledger`; asked at every line, because it is a setting. Off: this session's receipts live in memory alone. */
  readonly enabled: () => boolean;
  /** What is on disk is read whatever `enabled` says, and nothing is written: for commands that only look. */
  readonly readOnly?: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether nothing is at a path any more, for code whose file was renamed. Default: asks the disk. */
  readonly isGone?: (path: string) => boolean;
}

/** Reads and writes nothing until it has to. */
export function openLedger(options: LedgerOptions): Ledger {
  const { directory, clock, log, readOnly = false } = options;
  const writes = (): boolean => !readOnly && options.enabled();
  const reads = (): boolean => readOnly || options.enabled();
  const fold = createFold();
  const isGone = options.isGone ?? ((path) => (isAbsolute(path) ? !existsSync(path) : path.startsWith('untitled:')));
  let index: { readonly of: readonly Receipt[]; readonly regions: RegionIndex } | undefined;
  const follower = createFollower({ directory, log, add: fold.add });
  const pending: { readonly file: string; readonly line: string }[] = [];
  let lost = 0;
  let writing: Promise<void> | undefined;
  let reading: Promise<void> | undefined;
  let complained = false;
  let closed = false;

  async function write(): Promise<void> {
    while (pending.length > 0) {
      const file = pending[0]?.file ?? '';
      const batch = batchOf(pending.filter((entry) => entry.file === file));
      const lines = batch.map((entry) => entry.line);
      const { written, error } = await appendLines(directory, file, lines);
      const done = new Set(batch.slice(0, written));
      pending.splice(0, pending.length, ...pending.filter((entry) => !done.has(entry)));
      if (error !== undefined) {
        if (!complained) {
          const message = 'receipts cannot be written and are kept in memory for now';
          log.warn({ directory, file, reason: error.message }, message);
        }
        complained = true;
        return;
      }
      complained = false;
      await follower.catchUp(file, false);
    }
  }

  async function putInOrder(): Promise<void> {
    try {
      await finishReplacing(directory);
    } catch (error) {
      log.warn({ directory, reason: String(error) }, 'what a killed forget left behind cannot be put in order');
    }
  }

  function schedule(): void {
    if (writing !== undefined) return;
    writing = write().finally(() => {
      writing = undefined;
    });
  }

  async function flush(): Promise<void> {
    await writing;
    if (pending.length === 0) return;
    schedule();
    await writing;
  }

  return {
    append(event) {
      fold.add(event);
      if (closed || !writes()) return;
      if (pending.length >= mostPending && pending.shift() !== undefined) lost++;
      pending.push({ file: monthFile(event.at), line: lineOf(event) });
      schedule();
    },
    receipt: (id) => fold.receipt(id),
    receiptsSince: (wallMilliseconds) => receiptsSince(fold.all(), wallMilliseconds),
    receiptsOf: (path) => fold.of(path),
    regionsIn(path, text) {
      const receipts = fold.withRegions();
      if (index?.of !== receipts) index = { of: receipts, regions: indexRegions(receipts) };
      return searchRegions({ path, text, index: index.regions, isGone });
    },
    totals(path) {
      const now = clock.wallMilliseconds();
      const [dayAgo, hourAgo] = [startOfDay(now), now - 3_600_000];
      const recent = receiptsSince(fold.all(), Math.min(dayAgo, hourAgo));
      const faded = (from: number | undefined, of?: string): FadedSum[] =>
        fold.faded.sums(of, from === undefined ? '' : new Date(from).toISOString());
      return totals(
        { receipts: fold.of(path), faded: faded(undefined, path) },
        { receipts: since(recent, dayAgo), faded: faded(dayAgo) },
        { receipts: since(recent, hourAgo), faded: faded(hourAgo) },
      );
    },
    ready() {
      if (!reads()) return Promise.resolve();
      reading ??= (async () => {
        if (writes()) await putInOrder();
        for (const file of monthFiles(clock.wallMilliseconds(), monthsRead)) await follower.catchUp(file, true);
      })();
      return reading;
    },
    async refresh() {
      if (reading === undefined || !reads()) return;
      await reading;
      await follower.catchUp(monthFile(new Date(clock.wallMilliseconds()).toISOString()), false);
    },
    flush,
    async close() {
      closed = true;
      await flush();
      const lines = lost + pending.length;
      if (lines > 0) log.warn({ lines }, 'receipts could not be written and are lost');
    },
  };
}

/** This month and the one before: what receipts' notes (30 days by default) and totals need. */
const monthsRead = 2;
/** Lines that wait for a full disk to get room; about 10 MB. The oldest goes first. */
const mostPending = 5_000;
/** UTF-16 units of one write: what a disk that is almost full takes of it need not be written again. */
const longestBatch = 1 << 18;

/** The first of them that fit into one write, at least one. */
function batchOf<Entry extends { readonly line: string }>(entries: readonly Entry[]): readonly Entry[] {
  let length = 0;
  const end = entries.findIndex(({ line }, index) => {
    length += line.length;
    return index > 0 && length > longestBatch;
  });
  return end === -1 ? entries : entries.slice(0, end);
}

function since(receipts: readonly Receipt[], wallMilliseconds: number): Receipt[] {
  const from = new Date(wallMilliseconds).toISOString();
  return receipts.filter((receipt) => receipt.at >= from);
}

function receiptsSince(receipts: readonly Receipt[], wallMilliseconds: number): Receipt[] {
  return since(receipts, wallMilliseconds).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

interface Summed {
  readonly receipts: readonly Receipt[];
  readonly faded: readonly FadedSum[];
}

function totals(ofFile: Summed, ofToday: Summed, ofHour: Summed): LedgerTotals {
  const file = sumKnown(ofFile);
  const today = sumKnown(ofToday);
  return {
    file: file.joules,
    today: today.joules,
    lastHour: sumKnown(ofHour).joules,
    receiptsToday:
      ofToday.receipts.filter(({ calls }) => calls.length > 0).length +
      ofToday.faded.reduce((sum, { receipts }) => sum + receipts, 0),
    unmeasuredCallsInFile: file.unmeasured,
    unmeasuredCallsToday: today.unmeasured,
  };
}

/** Calls without a figure are counted beside the sum: one of them must not hide what is known. */
function sumKnown({ receipts, faded }: Summed): { joules: Joules; unmeasured: number } {
  const figures = [
    ...receipts.flatMap((receipt) => receipt.calls.map((call) => call.joules.gross)),
    ...faded.flatMap(({ joules }) => (joules === undefined ? [] : [joules])),
  ];
  const unknown = faded.reduce((sum, { unmeasured }) => sum + unmeasured, 0);
  const known = figures.filter(isKnown);
  const joules = known.length > 0 ? sumJoules(known) : sumJoules(figures.slice(0, 1), 'no model was called');
  return { joules, unmeasured: figures.length - known.length + unknown };
}

function startOfDay(wallMilliseconds: number): number {
  const day = new Date(wallMilliseconds);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
