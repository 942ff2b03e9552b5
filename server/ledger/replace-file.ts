// Puts a file without some of its lines in the place of a ledger file that other processes append to. Knows lines; not which ones go.
//
// 1. What is to stay, up to the last line break at byte N, is copied to FILE.forgetting and forced onto the disk.
// 2. The old file gets a second name, FILE.before-forget-N; then the copy takes the first name over, in one step.
// 3. What was appended to the old file behind N is appended to the new one; then the second name goes.
//
// A writer that had the old file open sees behind its write that the name leads elsewhere, and writes again (`appendLines`). So nothing
// has to be locked against writers. When this process dies between 2 and 3, the second name tells where to go on (`finishReplacing`).

import { constants } from 'node:fs';
import { link, lstat, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAlive } from '../base/process-alive.ts';
import { type FileHandle, openRegular, visitLinesOf } from './file-lines.ts';
import { appendLines } from './files.ts';

export interface Replacement {
  readonly directory: string;
  readonly file: string;
  /** @param text undefined: the line is too long to be read. `late`: it came while the others were copied. */
  readonly removes: (text: string | undefined, late: boolean) => boolean;
}

/** @returns why it was not done, as a sentence; the file is as it was then. */
export async function replaceFile({ directory, file, removes }: Replacement): Promise<string | undefined> {
  try {
    const path = join(directory, file);
    if ((await lstat(path)).isSymbolicLink()) {
      return `${path} is a link to ${await realpath(path)}: the lines there can't be taken out from here`;
    }
    const handle = await openRegular(path);
    if (handle === undefined) return undefined;
    try {
      const { uid } = await handle.stat();
      const self = process.getuid?.() ?? uid;
      if (uid !== self) {
        return `${path} belongs to user ${uid} and you are ${self}: its owner could not append to a file of yours, so say this as that user`;
      }
      await replace(path, handle, removes);
      return undefined;
    } finally {
      await handle.close();
    }
  } catch (error) {
    return `${join(directory, file)}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function replace(path: string, handle: FileHandle, removes: Replacement['removes']): Promise<void> {
  const kept: { start: number; end: number }[] = [];
  const keep = (start: number, end: number): void => {
    const last = kept.at(-1);
    if (last?.end === start) last.end = end;
    else kept.push({ start, end });
  };
  const { offset } = await visitLinesOf(handle, {
    line({ bytes, start, end, offset: at }) {
      if (!removes(bytes.toString('utf8', start, end), false)) keep(at, at + end - start + 1);
    },
    tooLong({ offset: at, length }) {
      if (!removes(undefined, false)) keep(at, at + length + 1);
    },
  });
  const copy = `${path}.forgetting`;
  const second = `${path}.before-forget-${offset}`;
  await copyRanges(handle, kept, copy);
  await link(path, second);
  const [linked, opened] = await Promise.all([stat(second, { bigint: true }), handle.stat({ bigint: true })]);
  if (linked.ino !== opened.ino) {
    await rm(second);
    throw new Error('another process put another file in its place: try again');
  }
  // Nothing in it: no file is what says so best.
  if (kept.length === 0) await rm(path);
  else await rename(copy, path);
  await rm(copy, { force: true });
  await forceNames(dirname(path));
  await carryOver(path, second, offset, handle, removes);
}

async function copyRanges(
  from: FileHandle,
  ranges: readonly { start: number; end: number }[],
  to: string,
): Promise<void> {
  const copy = await open(to, 'w', 0o600);
  try {
    const buffer = Buffer.allocUnsafe(1 << 20);
    for (const { start, end } of ranges) {
      for (let at = start; at < end; ) {
        const { bytesRead } = await from.read(buffer, 0, Math.min(buffer.length, end - at), at);
        if (bytesRead === 0) throw new Error('the file became shorter while it was read');
        await copy.writeFile(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
    }
    await copy.sync();
  } finally {
    await copy.close();
  }
}

/** Step 3. A last line without a break that is no JSON was being written: its writer writes it again, or is dead. */
async function carryOver(
  path: string,
  second: string,
  offset: number,
  handle: FileHandle,
  removes: Replacement['removes'],
): Promise<void> {
  const late: string[] = [];
  const take = (text: string): void => {
    if (text.trim() !== '' && !removes(text, true)) late.push(text);
  };
  const { tail } = await visitLinesOf(
    handle,
    { line: ({ bytes, start, end }) => take(bytes.toString('utf8', start, end)) },
    { offset },
  );
  const last = tail.toString('utf8');
  if (isJson(last)) take(last);
  if (late.length > 0) {
    const { error } = await appendLines(dirname(path), basename(path), late);
    if (error !== undefined) throw error;
  }
  await rm(second, { force: true });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A rename is on the disk when its folder is; not every system can force one. */
async function forceNames(directory: string): Promise<void> {
  try {
    const handle = await open(directory, constants.O_RDONLY);
    await handle.sync().finally(() => handle.close());
  } catch {
    // The rename is then on the disk when the system has written it.
  }
}

const lockName = 'forget.lock';

/**
 * One `forget` at a time.
 * @returns what gives the lock back; or, as a sentence, who has it.
 */
export async function lockForget(directory: string, pid: number): Promise<(() => Promise<void>) | string> {
  const path = join(directory, lockName);
  const beside = `${path}.${pid}`;
  await writeFile(beside, String(pid), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      try {
        // A link comes with its content: nobody reads a lock that is still empty.
        await link(beside, path);
        return () => rm(path, { force: true });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
        const holder = await liveHolder(path);
        if (holder !== undefined) return heldBy(path, holder);
        await rm(path, { force: true });
      }
    }
  } finally {
    await rm(beside, { force: true });
  }
  return heldBy(path, undefined);
}

function heldBy(path: string, pid: number | undefined): string {
  const who = pid === undefined ? '' : ` (process ${pid})`;
  return `another "joule-ls ledger forget" is at work${who}: wait until it is done, or remove ${path} if it is not`;
}

async function liveHolder(path: string): Promise<number | undefined> {
  const pid = Number(await readFile(path, 'utf8').catch(() => ''));
  return Number.isInteger(pid) && pid > 0 && isAlive(pid) ? pid : undefined;
}

/**
 * Goes on where a `forget` died: what was appended to a replaced file meanwhile is on the ledger again. Nothing while one is at work,
 * but for `self`, which is who has the lock.
 * @returns the files that were mended. Rejects with the system's error.
 */
export async function finishReplacing(directory: string, self?: number): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  const left = names.flatMap((name) => {
    const match = /^(receipts-\d{4}-\d{2}\.jsonl)\.before-forget-(\d+)$/.exec(name);
    return match === null ? [] : [{ name, file: match[1] ?? '', offset: Number(match[2]) }];
  });
  const copies = names.filter((name) => /^receipts-.*\.jsonl\.forgetting$/.test(name));
  if (left.length + copies.length === 0) return [];
  const holder = await liveHolder(join(directory, lockName));
  if (holder !== undefined && holder !== self) return [];
  for (const copy of copies) await rm(join(directory, copy), { force: true });
  for (const { name, file, offset } of left) {
    const [path, second] = [join(directory, file), join(directory, name)];
    const [now, before] = await Promise.all([stat(path).catch(() => undefined), stat(second)]);
    if (now?.ino === before.ino) {
      await rm(second, { force: true });
      continue;
    }
    const handle = await openRegular(second);
    if (handle === undefined) continue;
    try {
      await carryOver(path, second, offset, handle, () => false);
    } finally {
      await handle.close();
    }
  }
  if (holder === undefined) await rm(join(directory, lockName), { force: true });
  return left.map(({ file }) => file);
}
