// `joule-ls ledger export`: the ledger's lines, or a table of its calls, to a file or stdout. What is not in it is said on stderr.

import { randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { oneLine } from '../base/escape.ts';
import { callTableHead, callTableRows } from '../ledger/call-table.ts';
import { createHider, type Hider } from '../ledger/hidden-paths.ts';
import {
  createSkipCounter,
  filesFor,
  type HistoryRange,
  readLine,
  type Skipped,
  visitFiles,
} from '../ledger/history.ts';
import { eachReceipt, progressOf } from '../ledger/read-history.ts';
import { barOf, createProgressLine } from './progress-line.ts';

export interface ExportOrder {
  readonly format: 'jsonl' | 'csv';
  /** Paths as they are; else they are hashed. */
  readonly paths: boolean;
  /** An existing file is replaced. */
  readonly force: boolean;
  readonly json: boolean;
  /** `-`: stdout. */
  readonly file: string;
  readonly sinceWallMilliseconds: number | undefined;
}

interface Written {
  /** Lines of the export: events or newer lines; of a table, rows. */
  readonly rows: number;
  readonly skipped: readonly Skipped[];
}

/** @returns 0, or 1 when the file can't be written. Rejects with the system's error when the ledger can't be read. */
export async function exportLedger(directory: string, order: ExportOrder): Promise<number> {
  const sink = await openSink(order);
  if (typeof sink === 'string') {
    process.stderr.write(`${sink}\n`);
    return 1;
  }
  const progress = createProgressLine(process.stderr);
  const range: HistoryRange = {
    directory,
    sinceWallMilliseconds: order.sinceWallMilliseconds,
    drain: sink.drain,
    onProgress: (read, total) => {
      if (process.stderr.isTTY) progress.show(`${barOf(read / total)} ${Math.floor((read / total) * 100)} %`);
    },
  };
  try {
    const hider = order.paths ? undefined : createHider(randomBytes(32));
    const written =
      order.format === 'csv' ? await writeTable(range, sink, hider) : await writeLines(range, sink, hider);
    await sink.finish();
    progress.end();
    report(order, written);
    return 0;
  } catch (error) {
    progress.end();
    await sink.abandon();
    if (!(error instanceof Error && 'code' in error)) throw error;
    // Whoever read has had enough.
    if (error.code === 'EPIPE') return 0;
    process.stderr.write(`${order.file === '-' ? 'stdout' : order.file}: ${error.message}\n`);
    return 1;
  }
}

async function writeTable(range: HistoryRange, sink: Sink, hider: Hider | undefined): Promise<Written> {
  let rows = 0;
  sink.write(callTableHead);
  const { skipped } = await eachReceipt(range, (receipt) => {
    sink.write(callTableRows(hider === undefined ? receipt : hider.hide(receipt)));
    rows += Math.max(1, receipt.calls.length);
  });
  return { rows, skipped };
}

/** Lines of a newer version go out as they are, or, since nobody here knows where paths stand in them, not at all. */
async function writeLines(range: HistoryRange, sink: Sink, hider: Hider | undefined): Promise<Written> {
  const files = await filesFor(range);
  const since = range.sinceWallMilliseconds;
  const began = since === undefined ? undefined : await beginnings(range, files);
  const options = await progressOf(range, files, 1);
  const skips = createSkipCounter();
  let rows = 0;
  const say = (text: string): void => {
    sink.write(`${text}\n`);
    rows++;
  };
  await visitFiles(
    range.directory,
    files,
    (line) => {
      const read = readLine(line.text());
      if ('event' in read) {
        if (since !== undefined && (began?.get(read.event.receiptId) ?? 0) < since) return;
        say(JSON.stringify(hider === undefined ? read.event : hider.hide(read.event)));
      } else if (read.why === 'newer' && hider === undefined) say(line.text());
      else skips.note(line.file, line.number, read);
    },
    skips,
    options,
  );
  return { rows, skipped: skips.all() };
}

/** When each receipt began, in wall milliseconds. */
async function beginnings({ directory }: HistoryRange, files: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const began = new Map<string, number>();
  const note = (id: string, at: number): void => {
    const known = began.get(id);
    if (known === undefined || at < known) began.set(id, at);
  };
  const visit = (text: string): void => {
    const read = readLine(text);
    if ('event' in read) note(read.event.receiptId, Date.parse(read.event.at));
  };
  await visitFiles(directory, files, (line) => visit(line.text()), createSkipCounter());
  return began;
}

function report({ file, format, json, paths }: ExportOrder, { rows, skipped }: Written): void {
  const out = file === '-' ? process.stderr : process.stdout;
  if (json) {
    out.write(`${JSON.stringify({ file, format, paths, rows, skipped })}\n`);
    return;
  }
  const what = format === 'csv' ? 'rows' : 'lines';
  const hidden = paths ? '' : ', paths hashed';
  if (file !== '-') out.write(`${rows} ${what} in ${file}${hidden}\n`);
  for (const one of skipped) process.stderr.write(`not in it: ${skippedText(one)}\n`);
}

/** `receipts-2026-11.jsonl, line 7 and 2 more: is not JSON`. */
export function skippedText({ file, what, lines, firstLine }: Skipped): string {
  if (lines === 0) return `${file}: ${oneLine(what, 300)}`;
  const more = lines === 1 ? '' : ` and ${lines - 1} more`;
  return `${file}, line ${firstLine}${more}: ${oneLine(what, 300)}`;
}

interface Sink {
  /** Keeps the text until `drain`. */
  write(text: string): void;
  drain(): Promise<void>;
  finish(): Promise<void>;
  abandon(): Promise<void>;
}

/** @returns why there is no writing there, as a sentence. */
async function openSink({ file, force }: ExportOrder): Promise<Sink | string> {
  if (file === '-') return stdoutSink();
  const path = resolve(file);
  const there = await lstat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile()) return `${file} is there and is no file; nothing was written`;
  if (there !== undefined && !force) return `${file} is there; say --force to replace it, or name another`;
  const beside = `${path}.${process.pid}.part`;
  let handle: FileHandle;
  try {
    handle = await open(beside, 'wx', 0o600);
  } catch (error) {
    return `${file} can't be written: ${error instanceof Error ? error.message : String(error)}`;
  }
  let kept: string[] = [];
  const drain = async (): Promise<void> => {
    const text = kept.join('');
    kept = [];
    if (text !== '') await handle.writeFile(text);
  };
  return {
    write: (text) => kept.push(text),
    drain,
    async finish() {
      await drain();
      await handle.close();
      if (force) await rename(beside, path);
      else {
        // Fails where somebody else has made one meanwhile; a rename would replace it.
        await link(beside, path);
        await rm(beside);
      }
    },
    async abandon() {
      await handle.close().catch(() => {});
      await rm(beside, { force: true });
    },
  };
}

function stdoutSink(): Sink {
  let kept: string[] = [];
  let broken: Error | undefined;
  process.stdout.on('error', (error) => {
    broken = error;
  });
  const drain = async (): Promise<void> => {
    const text = kept.join('');
    kept = [];
    if (text !== '') await new Promise<void>((resolve) => process.stdout.write(text, () => resolve()));
    if (broken !== undefined) throw broken;
  };
  return { write: (text) => kept.push(text), drain, finish: drain, abandon: async () => {} };
}
