// What a ledger adds up to, by day: joules, tokens and seconds of calls by action, role and model; receipts by action, strategy and outcome.
// For a million events in two seconds: lines of our own form are skimmed, all others read in full; no receipt is kept.

import { type Joules, type KnownJoules, sumJoules } from '../energy/joules.ts';
import { type BlockBytes, longestLine } from './file-lines.ts';
import {
  createSkipCounter,
  filesFor,
  type HistoryRange,
  type RawLine,
  readLine,
  type Skipped,
  visitFiles,
} from './history.ts';
import { progressOf } from './read-history.ts';
import { createReceiptTally, type ReceiptSum } from './receipt-tally.ts';
import { createSkimmer, type Skimmed, type SkimmedCall, skimmedFrom } from './skim.ts';

export interface CallSum {
  /** `2026-11-20`, UTC as the files' months, of the call's line. */
  readonly day: string;
  readonly actionId: string;
  readonly role: string;
  readonly model: string;
  readonly calls: number;
  /** Calls without a figure; with any, `gross` is "at least". */
  readonly unmeasured: number;
  /** The sum of what is known. */
  readonly gross: Joules;
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  /** Of all calls, also where they overlapped. */
  readonly seconds: number;
}

export interface HistorySummary {
  /** By day, then in the order of appearance. */
  readonly calls: readonly CallSum[];
  readonly receipts: readonly ReceiptSum[];
  /** Lines that hold an event, those included that stand there twice. */
  readonly events: number;
  readonly skipped: readonly Skipped[];
  readonly files: readonly string[];
}

/** A call's line and an outcome's, roughly: for making room. */
const bytesPerReceipt = 2_200;
/** Bytes that are made one text: a longer one would not fit where short-lived ones are kept. */
const pieceLength = 1 << 16;

/**
 * Calls whose line was written, and receipts that began, in the range. A call that was written twice counts once.
 * Rejects with the system's error when the directory is there and can't be listed, and when the signal aborts.
 */
export async function summariseHistory(range: HistoryRange): Promise<HistorySummary> {
  const files = await filesFor(range);
  const skips = createSkipCounter();
  const { sinceWallMilliseconds: since, untilWallMilliseconds: until } = range;
  // Of lines the ISO form is compared: it sorts like the time.
  const from = since === undefined ? '' : new Date(since).toISOString();
  const to = until === undefined ? '\uffff' : new Date(until).toISOString();
  const began = (at: number): boolean =>
    at >= (since ?? Number.NEGATIVE_INFINITY) && at < (until ?? Number.POSITIVE_INFINITY);
  const options = await progressOf(range, files, 1);
  const calls = createCallTally();
  const receipts = createReceiptTally(options.bytes / bytesPerReceipt);
  const skimmer = createSkimmer();
  let events = 0;

  const take = (found: Skimmed): void => {
    events++;
    const isNew = receipts.add(found);
    if (found.kind === 'call' && isNew && found.at >= from && found.at < to) calls.add(found);
  };
  const readInFull = (file: string, number: number, text: string): void => {
    if (text.trim() === '') return;
    const read = readLine(text);
    if ('event' in read) take(skimmedFrom(read.event));
    else skips.note(file, number, read);
  };
  const readPiece = (file: string, { bytes, start, end, number }: BlockBytes): number => {
    const text = bytes.toString('latin1', start, end);
    let count = 0;
    for (let at = 0; at < text.length; count++) {
      const found = skimmer.at(text, at);
      const next = found === undefined ? text.indexOf('\n', at) + 1 : skimmer.next();
      if (found !== undefined) take(found);
      else if (next - 1 - at > longestLine) skips.noteTooLong(file, number + count, next - 1 - at);
      else readInFull(file, number + count, bytes.toString('utf8', start + at, start + next - 1));
      at = next;
    }
    return count;
  };
  const readBlock = (file: string, { bytes, start, end, number }: BlockBytes): number => {
    let count = 0;
    for (let at = start; at < end; ) {
      const next = at + pieceLength < end ? bytes.indexOf(10, at + pieceLength) + 1 : end;
      count += readPiece(file, { bytes, start: at, end: next, number: number + count });
      at = next;
    }
    return count;
  };
  const onLine = (line: RawLine): void => readInFull(line.file, line.number, line.text());
  await visitFiles(range.directory, files, onLine, skips, { ...options, readBlock });
  return { calls: calls.sums(), receipts: receipts.sums(began), events, skipped: skips.all(), files };
}

interface CallTally {
  add(call: SkimmedCall): void;
  readonly sums: () => readonly CallSum[];
}

type Counts = { -readonly [Key in keyof Omit<CallSum, 'gross'>]: CallSum[Key] } & {
  /** Only figures of one status, scope and coverage can be added as numbers; there are few of them. */
  readonly figures: Figure[];
};

type Figure = Pick<SkimmedCall, 'status' | 'reach'> & { joules: number; plusMinusJoules: number };

function createCallTally(): CallTally {
  const byDay = new Map<string, Counts[]>();
  let day = ' ';
  let rows: Counts[] = [];

  /** A day has few rows, and lines come day by day. */
  function rowOf({ at, actionId, role, model }: SkimmedCall): Counts {
    if (!at.startsWith(day)) {
      day = copyOf(at.slice(0, 10));
      rows = byDay.get(day) ?? [];
      byDay.set(day, rows);
    }
    for (const row of rows) if (row.model === model && row.role === role && row.actionId === actionId) return row;
    const words = { day, actionId: copyOf(actionId), role: copyOf(role), model: copyOf(model) };
    const sums = { calls: 0, unmeasured: 0, tokensIn: 0, tokensCached: 0, tokensOut: 0, seconds: 0 };
    const row = { ...words, ...sums, figures: [] };
    rows.push(row);
    return row;
  }

  function figureOf({ figures }: Counts, { status, reach }: SkimmedCall): Figure {
    for (const figure of figures) if (figure.reach === reach && figure.status === status) return figure;
    const figure = { status: copyOf(status), reach: copyOf(reach), joules: 0, plusMinusJoules: 0 };
    figures.push(figure);
    return figure;
  }

  return {
    add(call) {
      const row = rowOf(call);
      row.calls++;
      row.tokensIn += call.tokensIn;
      row.tokensCached += call.tokensCached;
      row.tokensOut += call.tokensOut;
      row.seconds += call.seconds;
      if (call.joules === undefined) {
        row.unmeasured++;
        return;
      }
      const figure = figureOf(row, call);
      figure.joules += call.joules;
      figure.plusMinusJoules += call.plusMinusJoules;
    },
    sums: () =>
      [...byDay.values()]
        .flat()
        .map(({ figures, ...row }) => ({
          ...row,
          gross: sumJoules(figures.map(knownFrom)),
        }))
        .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0)),
  };
}

/** The words were looked at when the line was read. */
function knownFrom({ joules, plusMinusJoules, status, reach }: Figure): KnownJoules {
  const { scope, coverage } = JSON.parse(`{"scope":"${reach}}`);
  return { status, joules, plusMinusJoules, scope, coverage } as KnownJoules;
}

/** A piece of a text keeps all of it in memory; a copy is for what stays. */
function copyOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
