// Takes receipts off the ledger for good: says first which lines go, then puts a file without them in the place of each, while other
// servers go on appending. No line that one of them had acknowledged is lost, also when this process dies at any moment.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSkipCounter, ledgerFiles, type Skipped, visitFiles } from './history.ts';
import { replaceFile } from './replace-file.ts';

export interface ForgetOrder {
  /** Receipts that began before this wall time. */
  readonly beforeWallMilliseconds?: number | undefined;
  /** Receipts that name this file, or one below this folder: an absolute path, or the uri of a document without one. */
  readonly path?: string | undefined;
  /** Every line, also those that can't be read. */
  readonly all?: boolean | undefined;
}

export interface FileToForget {
  readonly file: string;
  readonly removedLines: number;
  readonly keptLines: number;
}

export interface ForgetPlan {
  readonly directory: string;
  /** Those of the ledger's files in which something goes, oldest first. */
  readonly files: readonly FileToForget[];
  /** Receipts whose lines go. */
  readonly receipts: number;
  /** When the first and the last of them began, ISO 8601. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Of an order that is about everything: files beside the receipts that hold sums alone. They go too. */
  readonly sums: readonly string[];
  /** Files that can't be read: nothing is taken from them. */
  readonly unreadable: readonly Skipped[];
  /** Whether this line goes. `late`: it was appended while the others were taken out, so that the order is not about it. */
  readonly removes: (file: string, text: string, late: boolean) => boolean;
}

/** Reads everything, changes nothing. Rejects with the system's error when the directory can't be listed. */
export async function planForget(directory: string, order: ForgetOrder): Promise<ForgetPlan> {
  const files = await ledgerFiles(directory);
  const names = order.path === undefined ? undefined : namePattern(order.path);
  const before = order.beforeWallMilliseconds;
  const receipts = new Map<string, { at: string; goes: boolean }>();
  await visitFiles(
    directory,
    files,
    (line) => {
      const text = line.text();
      const { receiptId, at } = headOf(text);
      if (receiptId === undefined || at === undefined) return;
      const known = receipts.get(receiptId) ?? { at, goes: order.all === true };
      if (at < known.at) known.at = at;
      known.goes ||= names?.test(text) === true;
      receipts.set(receiptId, known);
    },
    createSkipCounter(),
  );
  if (before !== undefined) for (const receipt of receipts.values()) receipt.goes ||= Date.parse(receipt.at) < before;
  const began = [...receipts.values()]
    .filter(({ goes }) => goes)
    .map(({ at }) => at)
    .sort();

  const removes: ForgetPlan['removes'] = (file, text, late) => {
    if (order.all === true && !late) return true;
    const { receiptId } = headOf(text);
    const known = receiptId === undefined ? undefined : receipts.get(receiptId);
    if (known !== undefined) return known.goes;
    return !late && (names?.test(text) === true || (before !== undefined && monthEnd(file) <= before));
  };
  const skips = createSkipCounter();
  const counts = new Map<string, { removedLines: number; keptLines: number }>(
    files.map((file) => [file, { removedLines: 0, keptLines: 0 }]),
  );
  const count = (file: string, goes: boolean): void => {
    const counted = counts.get(file);
    if (counted !== undefined) counted[goes ? 'removedLines' : 'keptLines']++;
  };
  await visitFiles(directory, files, (line) => count(line.file, removes(line.file, line.text(), false)), skips);
  for (const { file, why, lines } of skips.all()) {
    // Nobody has looked into them; whoever names a path wants no line that may hold it.
    for (let line = 0; why === 'too long' && line < lines; line++) count(file, removesUnseen(order, file));
  }
  return {
    directory,
    files: [...counts].flatMap(([file, counted]) => (counted.removedLines === 0 ? [] : [{ file, ...counted }])),
    receipts: began.length,
    from: began[0],
    to: began.at(-1),
    sums: order.all === true ? await sumFiles(directory) : [],
    unreadable: skips.all().filter(({ why }) => why === 'file'),
    removes,
  };
}

export interface Forgotten {
  readonly file: string;
  /** What hindered it, as a sentence; the file is as it was then. */
  readonly problem?: string;
}

async function sumFiles(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => /^not-asked-\d{4}-\d{2}\.jsonl$/.test(name)).sort();
}

/** Carries the plan out, file by file. Never rejects. */
export async function carryOut(plan: ForgetPlan, order: ForgetOrder): Promise<readonly Forgotten[]> {
  const done: Forgotten[] = [];
  for (const { file } of plan.files) {
    const problem = await replaceFile({
      directory: plan.directory,
      file,
      removes: (text, late) => (text === undefined ? removesUnseen(order, file) : plan.removes(file, text, late)),
    });
    done.push(problem === undefined ? { file } : { file, problem });
  }
  for (const file of plan.sums) {
    const error = await rm(join(plan.directory, file)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    done.push(error === undefined ? { file } : { file, problem: String(error) });
  }
  return done;
}

function removesUnseen({ all, path, beforeWallMilliseconds: before }: ForgetOrder, file: string): boolean {
  return all === true || path !== undefined || (before !== undefined && monthEnd(file) <= before);
}

/** What is looked at of a line, of whichever version. */
function headOf(text: string): { readonly receiptId?: string; readonly at?: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null || !('receiptId' in value) || !('at' in value)) return {};
  const { receiptId, at } = value;
  return typeof receiptId === 'string' && typeof at === 'string' ? { receiptId, at } : {};
}

/** The path as it stands in a line, where no longer name goes on. */
function namePattern(path: string): RegExp {
  const written = JSON.stringify(path).slice(1, -1);
  return new RegExp(`(?<![\\w.-])${written.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w.-])`);
}

/** Wall milliseconds at which the month of this file is over. */
function monthEnd(file: string): number {
  const [year = 0, month = 0] = (/(\d{4})-(\d{2})/.exec(file) ?? []).slice(1).map(Number);
  return Date.UTC(year, month, 1);
}
