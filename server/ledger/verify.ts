// Looks through a ledger's files line by line: what is there, what can't be read and where, what is there twice, which times can't be right,
// and which machines it came from. Counts only; what that means for a person is for others to say.

import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerEvent } from './events.ts';
import { monthFile } from './files.ts';
import { type HistoryRange, ledgerFiles, type RawLine, readLine, type SkippedWhy, visitFiles } from './history.ts';
import { createIdTable, hashBytes, hashText, type IdTable } from './id-table.ts';

/** Lines with one thing in common. */
export interface Found {
  readonly count: number;
  /** Their numbers from 1, the first twenty of them. */
  readonly lines: readonly number[];
}

export interface FileFindings {
  readonly file: string;
  readonly bytes: number;
  /** Lines with something in them. */
  readonly lines: number;
  readonly events: number;
  readonly receipts: number;
  readonly skipped: readonly (Found & { readonly why: SkippedWhy; readonly what: string })[];
  /** The same line again: counted once by every reader. */
  readonly duplicates: Found;
  /** Their time lies more than an hour before that of the line above. */
  readonly backwards: Found;
  /** Their time lies more than a day ahead of now. */
  readonly future: Found;
  /** Their time is of another month than the file. */
  readonly misfiled: Found;
  /** Set when the name is a link: what it leads to. */
  readonly linkTo?: string;
  /** Set when the file belongs to another user. */
  readonly ownedBy?: number;
}

/** Where receipts say that they were made. */
export interface MachineFindings {
  readonly machine: string | undefined;
  readonly platform: string;
  readonly devices: readonly string[];
  readonly receipts: number;
}

export interface LedgerFindings {
  readonly directory: string;
  /** Set when the directory is a link: what it leads to. */
  readonly linkTo?: string;
  readonly files: readonly FileFindings[];
  readonly machines: readonly MachineFindings[];
  /** What a `forget` that was killed left behind. */
  readonly leftBehind: readonly string[];
}

const mostLines = 20;
const backwardsMilliseconds = 3_600_000;
const futureMilliseconds = 86_400_000;

/** Rejects with the system's error when the directory is there and can't be listed, and when the signal aborts. */
export async function verifyLedger(
  range: Pick<HistoryRange, 'directory' | 'signal' | 'onProgress'>,
  nowWallMilliseconds: number,
): Promise<LedgerFindings> {
  const { directory, signal, onProgress } = range;
  const names = await ledgerFiles(directory);
  const sizes = await Promise.all(names.map((name) => sizeOf(join(directory, name))));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let read = 0;
  const onBytes = (count: number): void => {
    read += count;
    onProgress?.(Math.min(read, total), total);
  };
  const machines = createMachines();
  const files: FileFindings[] = [];
  for (const [index, file] of names.entries()) {
    const found = await verifyFile(
      { directory, file, bytes: sizes[index] ?? 0, signal, onBytes },
      machines,
      nowWallMilliseconds,
    );
    files.push(found);
  }
  const others = await readdir(directory).catch(() => []);
  return {
    directory,
    ...(await linkOf(directory)),
    files,
    machines: machines.all(),
    leftBehind: others.filter((name) => /\.jsonl\.(?:forgetting|before-forget-\d+)$/.test(name)),
  };
}

interface FileToVerify {
  readonly directory: string;
  readonly file: string;
  readonly bytes: number;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (count: number) => void;
}

async function verifyFile(of: FileToVerify, machines: Machines, now: number): Promise<FileFindings> {
  const { directory, file, bytes, signal, onBytes } = of;
  const skipped = new Map<string, { why: SkippedWhy; what: string; count: number; lines: number[] }>();
  const skip = (why: SkippedWhy, what: string, line: number): void => {
    const key = `${why} ${what}`;
    const found = skipped.get(key) ?? { why, what, count: 0, lines: [] };
    skipped.set(key, found);
    count(found, line);
  };
  const [duplicates, backwards, future, misfiled] = [nothing(), nothing(), nothing(), nothing()];
  const [ids, texts]: [IdTable, IdTable] = [createIdTable(), createIdTable()];
  let [lines, events, before] = [0, 0, Number.NEGATIVE_INFINITY];

  const visit = (line: RawLine): void => {
    lines++;
    const found = readLine(line.text());
    if (!('event' in found)) {
      skip(found.why, found.what, line.number);
      return;
    }
    events++;
    const { event } = found;
    ids.numberOf(hashText(event.receiptId));
    const known = texts.size();
    if (texts.numberOf(hashBytes(line.bytes, line.start, line.end)) < known) count(duplicates, line.number);
    const at = Date.parse(event.at);
    if (before - at > backwardsMilliseconds) count(backwards, line.number);
    if (at - now > futureMilliseconds) count(future, line.number);
    if (monthFile(event.at) !== file) count(misfiled, line.number);
    if (!Number.isNaN(at)) before = at;
    machines.note(event);
  };
  const counter = {
    note(): void {},
    noteTooLong(_file: string, line: number, length: number): void {
      lines++;
      skip('too long', `has ${length} bytes, more than any receipt`, line);
    },
    noteFile(_file: string, error: unknown): void {
      skipped.set('file', {
        why: 'file',
        what: error instanceof Error ? error.message : String(error),
        count: 0,
        lines: [],
      });
    },
    all: () => [],
  };
  await visitFiles(directory, [file], visit, counter, { signal, onBytes });
  return {
    file,
    bytes,
    lines,
    events,
    receipts: ids.size(),
    skipped: [...skipped.values()],
    duplicates,
    backwards,
    future,
    misfiled,
    ...(await linkOf(join(directory, file))),
    ...(await ownerOf(join(directory, file))),
  };
}

interface Machines {
  note(event: LedgerEvent): void;
  readonly all: () => readonly MachineFindings[];
}

function createMachines(): Machines {
  const found = new Map<string, { readonly said: Omit<MachineFindings, 'receipts'>; readonly ids: IdTable }>();
  return {
    note(event) {
      if (event.kind !== 'outcome' || event.environment === undefined) return;
      const { machine, platform, devices } = event.environment;
      const key = JSON.stringify([machine, platform, devices]);
      const entry = found.get(key) ?? { said: { machine, platform, devices }, ids: createIdTable() };
      found.set(key, entry);
      entry.ids.numberOf(hashText(event.receiptId));
    },
    all: () => [...found.values()].map(({ said, ids }) => ({ ...said, receipts: ids.size() })),
  };
}

function nothing(): { count: number; lines: number[] } {
  return { count: 0, lines: [] };
}

function count(found: { count: number; lines: number[] }, line: number): void {
  found.count++;
  if (found.lines.length < mostLines) found.lines.push(line);
}

async function linkOf(path: string): Promise<{ readonly linkTo?: string }> {
  try {
    return (await lstat(path)).isSymbolicLink() ? { linkTo: await realpath(path) } : {};
  } catch {
    return {};
  }
}

async function ownerOf(path: string): Promise<{ readonly ownedBy?: number }> {
  const self = process.getuid?.();
  const owner = await stat(path).catch(() => undefined);
  return self === undefined || owner === undefined || owner.uid === self ? {} : { ownedBy: owner.uid };
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
