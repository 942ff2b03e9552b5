// The ledger: events appended to one file a month, folded to receipts in memory. Knows figures and hashes; no source text is
// ever handed to it. What the disk refuses waits in memory and is tried again with the next line.

import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { isKnown, type Joules, sumJoules } from '../energy/joules.ts';
import type { Receipt } from './events.ts';
import type { FadedSum } from './fading.ts';
import { appendLines, monthFile, monthFiles, readLines } from './files.ts';
import { createFold } from './fold.ts';
import { parseLine } from './parse-line.ts';
import type { Ledger, LedgerTotals } from './port.ts';
import { indexRegions, type RegionIndex } from './region-index.ts';
import { searchRegions } from './region-search.ts';

export interface LedgerOptions {
  /** Created on the first write, for this user only. */
  readonly directory: string;
  /** `joule.ledger`; asked at every line, because it is a setting. Off: this session's receipts live in memory alone. */
  readonly enabled: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether nothing is at a path any more, for code whose file was renamed. Default: asks the disk. */
  readonly isGone?: (path: string) => boolean;
}

/** Reads and writes nothing until it has to. */
export function openLedger(options: LedgerOptions): Ledger {
  const { directory, enabled, clock, log } = options;
  const fold = createFold();
  const isGone = options.isGone ?? ((path) => (isAbsolute(path) ? !existsSync(path) : path.startsWith('untitled:')));
  let index: { readonly of: readonly Receipt[]; readonly regions: RegionIndex } | undefined;
  const offsets = new Map<string, number>();
  const pending: { readonly file: string; readonly line: string }[] = [];
  let writing: Promise<void> | undefined;
  let reading: Promise<void> | undefined;
  let complained = false;
  let closed = false;

  async function write(): Promise<void> {
    while (pending.length > 0) {
      const file = pending[0]?.file ?? '';
      const batch = pending.filter((entry) => entry.file === file);
      try {
        await appendLines(
          directory,
          file,
          batch.map((entry) => entry.line),
        );
        complained = false;
      } catch (error) {
        if (!complained) {
          const message = 'receipts cannot be written and are kept in memory for now';
          log.warn({ directory, file, reason: reasonOf(error) }, message);
        }
        complained = true;
        return;
      }
      const written = new Set(batch);
      pending.splice(0, pending.length, ...pending.filter((entry) => !written.has(entry)));
      await catchUp(file, false);
    }
  }

  /** Takes in what this file has gained, from whichever process. */
  async function catchUp(file: string, nameTornTail: boolean): Promise<void> {
    try {
      const { lines, offset, tail } = await readLines(directory, file, offsets.get(file) ?? 0);
      offsets.set(file, offset);
      let broken = 0;
      let newer = 0;
      for (const line of lines) {
        if (line.trim() === '') continue;
        const parsed = parseLine(line);
        if ('event' in parsed) fold.add(parsed.event);
        else if ('newer' in parsed) newer++;
        else broken++;
      }
      const last = tail.trim() === '' ? undefined : parseLine(tail);
      if (last !== undefined && 'event' in last) fold.add(last.event);
      else if (last !== undefined && nameTornTail) {
        log.warn({ file, bytes: Buffer.byteLength(tail) }, 'the last ledger line is torn and was skipped');
      }
      if (broken > 0) log.warn({ file, lines: broken }, 'unreadable ledger lines were skipped');
      if (newer > 0) log.info({ file, lines: newer }, 'ledger lines of a newer version were left alone');
    } catch (error) {
      log.warn({ directory, file, reason: reasonOf(error) }, 'receipts on disk cannot be read');
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
      if (closed || !enabled()) return;
      if (pending.length >= mostPending) pending.shift();
      pending.push({ file: monthFile(event.at), line: JSON.stringify(event) });
      schedule();
    },
    receipt: (id) => fold.receipt(id),
    receiptsSince: (wallMilliseconds) => receiptsSince(fold.all(), wallMilliseconds),
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
      if (!enabled()) return Promise.resolve();
      reading ??= (async () => {
        for (const file of monthFiles(clock.wallMilliseconds(), monthsRead)) await catchUp(file, true);
      })();
      return reading;
    },
    async refresh() {
      if (reading === undefined || !enabled()) return;
      await reading;
      await catchUp(monthFile(new Date(clock.wallMilliseconds()).toISOString()), false);
    },
    flush,
    async close() {
      closed = true;
      await flush();
      if (pending.length > 0) log.warn({ lines: pending.length }, 'receipts could not be written and are lost');
    },
  };
}

/** This month and the one before: what receipts' notes (30 days by default) and totals need. */
const monthsRead = 2;
/** Lines that wait for a full disk to get room; about 10 MB. The oldest goes first. */
const mostPending = 5_000;

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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
