// The ledger's files: one a month, only ever appended to in whole lines, shared by any number of processes.
// Knows lines and months; not what a line says.

import { constants } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
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

/**
 * Appends lines in one write at the end of the file (O_APPEND: writers in other processes cannot come in between).
 * A line break goes first where the file does not end in one, so that somebody's torn line costs nobody else's.
 * Rejects with the system's error; nothing is known of the lines then, and writing them again does no harm.
 */
export async function appendLines(directory: string, file: string, lines: readonly string[]): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const handle = await open(join(directory, file), constants.O_CREAT | constants.O_APPEND | constants.O_RDWR, 0o600);
  try {
    const text = `${lines.join('\n')}\n`;
    const bytes = Buffer.from((await endsOpen(handle)) ? `\n${text}` : text, 'utf8');
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten < bytes.length) throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
  } finally {
    await handle.close();
  }
}

export interface NewLines {
  readonly lines: readonly string[];
  /** After the last complete line: where the next reading begins. */
  readonly offset: number;
  /** Bytes behind the last line break: a line that is being written, or was torn. */
  readonly tail: string;
}

/** What was appended since `offset`. A missing file has no lines. Rejects with the system's error otherwise. */
export async function readLines(directory: string, file: string, offset: number): Promise<NewLines> {
  const bytes = await readFrom(join(directory, file), offset);
  const end = bytes.lastIndexOf(10) + 1;
  const lines = end === 0 ? [] : bytes.toString('utf8', 0, end - 1).split('\n');
  return { lines, offset: offset + end, tail: bytes.toString('utf8', end) };
}

type Handle = Awaited<ReturnType<typeof open>>;

async function endsOpen(handle: Handle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  await handle.read(last, 0, 1, size - 1);
  return last[0] !== 10;
}

async function readFrom(path: string, offset: number): Promise<Buffer> {
  let handle: Handle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.max(0, size - offset));
    let filled = 0;
    while (filled < bytes.length) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
