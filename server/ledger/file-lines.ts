// A ledger file's lines, one after the other, in bounded memory, as bytes where they lie. Knows line breaks; not what a line says.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Bytes of the longest line that is read. The longest that a receipt of ours takes is some tens of kB; a writer shortens what would pass this. */
export const longestLine = 1 << 20;

/** What one reading takes, beside a line that began before. */
const chunkLength = 1 << 20;
/** There is always room for so many more bytes. */
const leastRoom = 1 << 12;

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

/** Several whole lines, each with its line break: `bytes.subarray(start, end)`. Valid until the visitor returns. */
export interface BlockBytes {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** Of the first of them, from 1. */
  readonly number: number;
}

export interface LineVisitor {
  line(line: LineBytes): void;
  /**
   * Takes the place of `line` where it is there: for who is faster with many lines at once. Lines that are too long may be among them.
   * @returns how many lines there were.
   */
  block?(block: BlockBytes): number;
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
  /** What the file was when `offset` was right; another one, or one that is shorter now, is read from its beginning. */
  readonly identity?: string;
  readonly signal?: AbortSignal;
  /** After each megabyte at most, and waited for: bytes that were read since the last time. */
  readonly onBytes?: (count: number) => void | Promise<void>;
}

export type FileHandle = Awaited<ReturnType<typeof open>>;

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
    return await visitLinesOf(handle, visitor, options);
  } finally {
    await handle.close();
  }
}

/** The same of a file that is open for reading, which stays open. */
export async function visitLinesOf(
  handle: FileHandle,
  visitor: LineVisitor,
  options: ReadOptions = {},
): Promise<ReadLines> {
  const { dev, ino, size } = await handle.stat({ bigint: true });
  const identity = `${dev}:${ino}`;
  const isSame = (options.identity ?? identity) === identity && size >= BigInt(options.offset ?? 0);
  let offset = isSame ? (options.offset ?? 0) : 0;
  let buffer = Buffer.allocUnsafe(Math.max(leastRoom, Math.min(2 * chunkLength, Number(size) - offset + 1)));
  let filled = 0;
  let number = 0;
  /** Bytes of a too long line that are gone from the buffer already. */
  let dropped = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    if (buffer.length - filled < leastRoom) buffer = Buffer.concat([buffer.subarray(0, filled)], buffer.length * 2);
    const room = Math.min(chunkLength, buffer.length - filled);
    const { bytesRead } = await handle.read(buffer, filled, room, offset + dropped + filled);
    if (bytesRead === 0) break;
    const end = filled + bytesRead;
    let start = 0;
    const blockEnd = visitor.block === undefined || dropped > 0 ? 0 : lastBreak(buffer, filled, end) + 1;
    if (blockEnd > 0 && visitor.block !== undefined) {
      number += visitor.block({ bytes: buffer, start, end: blockEnd, number: number + 1 });
      offset += blockEnd;
      start = blockEnd;
    }
    for (let at = buffer.indexOf(10, Math.max(filled, start)); at !== -1 && at < end; at = buffer.indexOf(10, start)) {
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
    await options.onBytes?.(bytesRead);
  }
  return {
    offset,
    tail: Buffer.from(buffer.subarray(0, filled)),
    tailLength: dropped + filled,
    identity,
  };
}

/** The place of the last line break in `from … end`, -1 where there is none. */
function lastBreak(bytes: Buffer, from: number, end: number): number {
  const at = bytes.lastIndexOf(10, end - 1);
  return at >= from ? at : -1;
}

/** A pipe would be waited for, a device read for ever: neither is opened for reading. */
export async function openRegular(path: string): Promise<FileHandle | undefined> {
  let handle: FileHandle;
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
