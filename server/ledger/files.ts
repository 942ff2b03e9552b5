// The ledger's files: one a month, only ever appended to in whole lines, shared by any number of processes.
// Knows lines and months; not what a line says.

import { constants } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** `receipts-2026-11.jsonl` for an ISO time or a wall time's ISO form; months are UTC. */
export function monthFile(isoTime: string): string {
  return `receipts-${isoTime.slice(0, 7)}.jsonl`;
}

/** The file names of the month of `wallMilliseconds` and the `count - 1` months before, oldest first. */
export function monthFiles(wallMilliseconds: number, count: number): readonly string[] {
  const now = new Date(wallMilliseconds);
  return Array.from({ length: count }, (_, index) => {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - (count - 1 - index), 1));
    return monthFile(month.toISOString());
  });
}

export interface Appended {
  /** So many of the lines, from the first on, are in the file, whole, behind each other and on lines of their own. */
  readonly written: number;
  /** Why not all of them; writing the rest again does no harm, whatever became of it. */
  readonly error?: Error;
}

/**
 * Appends lines in one write at the end of the file (O_APPEND: other processes' writes come before or behind it), and looks afterwards
 * whether they stand there: another process may have died in the middle of a line between our look at the end and our write, or
 * `forget` may have put another file in this one's place. Then they are written again; readers take the same line twice for one.
 *
 * What stands there survives the death of any process. It is not forced onto the disk: a power cut takes what the kernel has not
 * written yet, half a minute or so. A sync for each receipt would wake disks for a figure that is worth a few joules.
 */
export async function appendLines(directory: string, file: string, lines: readonly string[]): Promise<Appended> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const appended = await appendOnce(join(directory, file), lines);
      if (appended !== undefined) return appended;
    }
    return { written: 0, error: new Error('the file keeps changing under the writing') };
  } catch (error) {
    return { written: 0, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Each has to meet the death of another process, or a `forget`, within the same millisecond. */
const mostAttempts = 8;
/** Other processes' lines that may come in between, in bytes: behind more of them ours are written again. */
const mostBetween = 1 << 20;

type Handle = Awaited<ReturnType<typeof open>>;

/** @returns undefined when the lines have to be written again. */
async function appendOnce(path: string, lines: readonly string[]): Promise<Appended | undefined> {
  const flags = constants.O_CREAT | constants.O_APPEND | constants.O_RDWR | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags, 0o600);
  try {
    const before = await handle.stat();
    if (!before.isFile()) throw new Error(`${path} is not a regular file`);
    const lead = (await endsOpen(handle, before.size)) ? '\n' : '';
    const bytes = Buffer.from(`${lead}${lines.join('\n')}\n`, 'utf8');
    const { bytesWritten } = await handle.write(bytes);
    const written = bytes.subarray(0, bytesWritten === 0 ? 0 : bytes.lastIndexOf(10, bytesWritten - 1) + 1);
    if (!(await standsIn(handle, before.size, written)) || !(await isStill(path, handle))) return undefined;
    if (bytesWritten === bytes.length) return { written: lines.length };
    const whole = Math.max(0, countBreaks(written) - lead.length);
    return { written: whole, error: new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`) };
  } finally {
    await handle.close();
  }
}

/** Whether the last byte before `size` is something else than a line break. */
async function endsOpen(handle: Handle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] !== 10;
}

/** Whether these whole lines begin a line somewhere behind `from`. */
async function standsIn(handle: Handle, from: number, lines: Buffer): Promise<boolean> {
  if (lines.length === 0) return true;
  const start = Math.max(0, from - 1);
  const { size } = await handle.stat();
  const found = Buffer.allocUnsafe(Math.max(0, Math.min(size - start, lines.length + 1 + mostBetween)));
  const { bytesRead } = await handle.read(found, 0, found.length, start);
  const seen = found.subarray(0, bytesRead);
  for (let at = seen.indexOf(lines); at !== -1; at = seen.indexOf(lines, at + 1)) {
    if (lines[0] === 10 || start + at === 0 || seen[at - 1] === 10) return true;
  }
  return false;
}

/** Whether the open file is the one that has this name. */
async function isStill(path: string, handle: Handle): Promise<boolean> {
  const ours = await handle.stat({ bigint: true });
  try {
    const named = await stat(path, { bigint: true });
    return named.ino === ours.ino && named.dev === ours.dev;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

function countBreaks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
