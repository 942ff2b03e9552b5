// A ledger file's lines, one after the other, in bounded memory, as bytes where they lie. Knows line breaks; not what a line says.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Bytes of the longest line that is read. The longest that a receipt of ours takes is some tens of kB; a writer shortens what would pass this. */
export const longestLine = 1 << 20;

/** What one reading takes, beside a line that began before. */
const chunkLength = 1 << 20;

/** A line where it lies: `bytes.subarray(start, end)`, without its line break. Valid until the visitor returns. */
export interface LineBytes {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where it begins in the file, in bytes. */
  readonly offset: number;
  /** From 1, counted from where the reading began. */
  readonly number: number;
}

export interface LineVisitor {
  line(line: LineBytes): void;
  /** A line of more than `longestLine` bytes: nobody has seen it. */
  tooLong?(line: { readonly offset: number; readonly number: number; readonly length: number }): void;
}

export interface ReadLines {
  /** Behind the last line break: where the next reading begins. */
  readonly offset: number;
  /** Bytes behind the last line break: a line that is being written, or was torn. At most `longestLine` of them are in `tail`. */
  readonly tail: Buffer;
  readonly tailLength: number;
  /** Device and inode: whether the next reading is of the same file. */
  readonly identity: string;
}

export interface ReadOptions {
  /** Where the reading begins, in bytes; the begin of a line. */
  readonly offset?: number;
  /** Where it ends; the end of the file by default. */
  readonly until?: number;
  readonly signal?: AbortSignal;
  /** After each chunk: bytes that were read since the last time. */
  readonly onBytes?: (count: number) => void;
}

/**
 * Visits every complete line. Blank ones are visited too.
 * @returns undefined where there is no such file. Rejects with the system's error, or with a sentence when the name is no regular file.
 */
export async function visitLines(
  path: string,
  visitor: LineVisitor,
  options: ReadOptions = {},
): Promise<ReadLines | undefined> {
  const handle = await openRegular(path);
  if (handle === undefined) return undefined;
  try {
    const { dev, ino } = await handle.stat({ bigint: true });
    const buffer = Buffer.allocUnsafe(chunkLength + longestLine);
    let { offset = 0 } = options;
    let filled = 0;
    let number = 0;
    /** Bytes of a too long line that are gone from the buffer already. */
    let dropped = 0;
    for (;;) {
      options.signal?.throwIfAborted();
      const position = offset + dropped + filled;
      const wanted = Math.min(chunkLength, (options.until ?? Number.MAX_SAFE_INTEGER) - position);
      const { bytesRead } =
        wanted <= 0 ? { bytesRead: 0 } : await handle.read(buffer, filled, Math.min(wanted, chunkLength), position);
      if (bytesRead === 0) break;
      options.onBytes?.(bytesRead);
      const end = filled + bytesRead;
      let start = 0;
      for (let at = buffer.indexOf(10, filled); at !== -1 && at < end; at = buffer.indexOf(10, start)) {
        number++;
        if (dropped + at - start > longestLine) visitor.tooLong?.({ offset, number, length: dropped + at - start });
        else visitor.line({ bytes: buffer, start, end: at, offset, number });
        offset += dropped + at - start + 1;
        dropped = 0;
        start = at + 1;
      }
      buffer.copyWithin(0, start, end);
      filled = end - start;
      if (dropped + filled > longestLine) {
        dropped += filled;
        filled = 0;
      }
    }
    return {
      offset,
      tail: Buffer.from(buffer.subarray(0, filled)),
      tailLength: dropped + filled,
      identity: `${dev}:${ino}`,
    };
  } finally {
    await handle.close();
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

/** A pipe would be waited for, a device read for ever: neither is opened for reading. */
async function openRegular(path: string): Promise<Handle | undefined> {
  let handle: Handle;
  try {
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const stats = await handle.stat().catch(() => undefined);
  if (stats?.isFile() === true) return handle;
  await handle.close();
  throw new Error(stats?.isDirectory() === true ? 'it is a folder, not a file' : 'it is not a regular file');
}
