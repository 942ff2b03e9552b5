// All events of a ledger's files, or those of some months, one at a time in bounded memory, and what of them could not be read and why.
// Knows lines and events; what they add up to is others' business.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerEvent } from './events.ts';
import { type BlockBytes, type LineBytes, type ReadLines, visitLines } from './file-lines.ts';
import { monthFile } from './files.ts';
import { parseLine } from './parse-line.ts';

export interface HistoryRange {
  /** Where the ledger's files are. One that is not there has none. */
  readonly directory: string;
  /** Receipts that began at this wall time or later. */
  readonly sinceWallMilliseconds?: number | undefined;
  /** Receipts that began before this wall time. */
  readonly untilWallMilliseconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes read so far, of how many there are to read. */
  readonly onProgress?: ((read: number, total: number) => void) | undefined;
  /** Waited for after each megabyte at most: the time to get rid of what was made of it. */
  readonly drain?: (() => Promise<void>) | undefined;
}

export type SkippedWhy =
  /** Begun and never finished: the process or the machine died. The last line of a file may be one that is just being written. */
  | 'torn'
  | 'unreadable'
  /** Of a version of joule-ls after this one. */
  | 'newer'
  | 'too long'
  /** The whole file. */
  | 'file';

export interface Skipped {
  /** Name in the ledger's directory. */
  readonly file: string;
  readonly why: SkippedWhy;
  /** What is wrong, to follow "line 7 ": `is not JSON`; of a file, the system's sentence. */
  readonly what: string;
  /** How many lines; of a file, 0. */
  readonly lines: number;
  /** The first of them, from 1; of a file, 0. */
  readonly firstLine: number;
}

/** A line that holds no event that is known here. */
export interface SkippedLine {
  readonly why: Exclude<SkippedWhy, 'file'>;
  readonly what: string;
}

/** An event, or why there is none in it. `text` is one line without its break. */
export function readLine(text: string): { readonly event: LedgerEvent } | SkippedLine {
  const parsed = parseLine(text);
  if ('event' in parsed) return parsed;
  if ('newer' in parsed) return { why: 'newer', what: 'is of a newer version' };
  return parsed.broken === 'is not JSON' && isUnfinished(text)
    ? { why: 'torn', what: 'ends in the middle' }
    : { why: 'unreadable', what: parsed.broken };
}

/** Whether brackets or a string are open at the end: what is cut off has that, what is garbled rarely. */
function isUnfinished(text: string): boolean {
  let [depth, isString] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isString && character === '\\') at++;
    else if (character === '"') isString = !isString;
    else if (!isString && (character === '{' || character === '[')) depth++;
    else if (!isString && (character === '}' || character === ']')) depth--;
  }
  return text.startsWith('{') && (isString || depth > 0);
}

const monthName = /^receipts-(\d{4}-\d{2})\.jsonl$/;

/**
 * Names of the month files in a directory, oldest first. A missing directory has none; rejects with the system's error otherwise.
 */
export async function ledgerFiles(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => monthName.test(name)).sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Files that may hold events of receipts from `since` to `until`: one month more on both sides, since a receipt's outcome may come
 * (or change) in the month after it began.
 */
export async function filesFor({ directory, ...range }: HistoryRange): Promise<string[]> {
  const shifted = (wallMilliseconds: number, months: number): string => {
    const day = new Date(wallMilliseconds);
    return monthFile(new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + months, 1)).toISOString());
  };
  const { sinceWallMilliseconds: since, untilWallMilliseconds: until } = range;
  const from = since === undefined ? '' : shifted(since, -1);
  const last = until === undefined ? '\uffff' : shifted(until, 1);
  return (await ledgerFiles(directory)).filter((name) => name >= from && name <= last);
}

/** Counts what was left out, by file and reason. */
export interface SkipCounter {
  note(file: string, line: number, skipped: SkippedLine): void;
  noteTooLong(file: string, line: number, bytes: number): void;
  noteFile(file: string, error: unknown): void;
  readonly all: () => readonly Skipped[];
}

export function createSkipCounter(): SkipCounter {
  const counts = new Map<string, Skipped>();
  const note: SkipCounter['note'] = (file, line, { why, what }) => {
    const key = JSON.stringify([file, why, what]);
    const before = counts.get(key);
    counts.set(key, { file, why, what, lines: (before?.lines ?? 0) + 1, firstLine: before?.firstLine ?? line });
  };
  return {
    note,
    noteTooLong: (file, line, bytes) => note(file, line, tooLong(bytes)),
    noteFile(file, error) {
      const what = error instanceof Error ? error.message : String(error);
      counts.set(JSON.stringify([file]), { file, why: 'file', what, lines: 0, firstLine: 0 });
    },
    all: () => [...counts.values()],
  };
}

/** Told of each line of a file that is not blank; `text` is decoded when asked for. */
export interface RawLine extends LineBytes {
  readonly file: string;
  text(): string;
}

export interface VisitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((count: number) => void | Promise<void>) | undefined;
  /** Takes many lines at once instead of `visit`, which still gets some. @returns how many they were. */
  readonly readBlock?: ((file: string, block: BlockBytes) => number) | undefined;
}

/**
 * Visits every line of these files, the unfinished last ones too where `complete` says that they are an event.
 * A file that can't be read is noted and left out. Rejects only when the signal aborts, or the visitor throws.
 */
export async function visitFiles(
  directory: string,
  files: readonly string[],
  visit: (line: RawLine) => void,
  skips: SkipCounter,
  options: VisitOptions = {},
): Promise<void> {
  for (const file of files) {
    let lines = 0;
    const { readBlock } = options;
    const block = (of: BlockBytes): number => {
      const count = readBlock?.(file, of) ?? 0;
      lines = of.number + count - 1;
      return count;
    };
    const visitor = {
      ...(readBlock === undefined ? {} : { block }),
      line(line: LineBytes): void {
        lines = line.number;
        if (!isBlank(line)) visit(rawLine(file, line));
      },
      tooLong({ number, length }: { readonly number: number; readonly length: number }): void {
        lines = number;
        skips.noteTooLong(file, number, length);
      },
    };
    let read: ReadLines | undefined;
    try {
      read = await visitLines(join(directory, file), visitor, {
        ...(options.signal === undefined ? {} : { signal: options.signal }),
        ...(options.onBytes === undefined ? {} : { onBytes: options.onBytes }),
      });
    } catch (error) {
      if (options.signal?.aborted === true || !isSystemError(error)) throw error;
      skips.noteFile(file, error);
      continue;
    }
    if (read === undefined || read.tailLength === 0) continue;
    const { tail, tailLength } = read;
    if (tailLength > tail.length) skips.noteTooLong(file, lines + 1, tailLength);
    else {
      const whole = { bytes: tail, start: 0, end: tail.length, offset: read.offset, number: lines + 1 };
      if (!isBlank(whole)) visit(rawLine(file, whole));
    }
  }
}

/** Every event in these files, as `visitFiles` does; lines that hold none are counted. */
export function visitEvents(
  directory: string,
  files: readonly string[],
  visit: (event: LedgerEvent) => void,
  skips: SkipCounter,
  options: VisitOptions = {},
): Promise<void> {
  const onLine = (line: RawLine): void => {
    const read = readLine(line.text());
    if ('event' in read) visit(read.event);
    else skips.note(line.file, line.number, read);
  };
  return visitFiles(directory, files, onLine, skips, options);
}

function rawLine(file: string, line: LineBytes): RawLine {
  return { ...line, file, text: () => line.bytes.toString('utf8', line.start, line.end) };
}

function tooLong(bytes: number): SkippedLine {
  return { why: 'too long', what: `has ${bytes} bytes, more than any receipt` };
}

function isBlank({ bytes, start, end }: LineBytes): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && ('code' in error || /^it is (?:a folder|not a regular)/.test(error.message));
}
