// One small file whose driver may take its time (a GPU's firmware, a battery's controller), read off the main thread.
// Knows no format beyond "the bytes at the front".

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Opens, reads once from the front and closes, so that a device that went away and came back is found again.
 * @returns what fits into 4 KiB, which is all that one attribute of sysfs can hold.
 * @throws the file system's error, or one with code `EINVAL` where no regular file is: a pipe is neither waited for nor read.
 */
export async function readSlowFile(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) throw Object.assign(new Error(`${path} is not a file`), { code: 'EINVAL' });
    const buffer = Buffer.alloc(4096);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** When something asynchronous happened: the midpoint, and half of how long it took. */
export interface Moment {
  readonly atNanoseconds: bigint;
  readonly spreadNanoseconds: bigint;
}

export async function timedAsync<T>(
  nowNanoseconds: () => bigint,
  read: () => Promise<T>,
): Promise<{ readonly value: T; readonly when: Moment }> {
  const before = nowNanoseconds();
  const value = await read();
  const after = nowNanoseconds();
  return { value, when: { atNanoseconds: (before + after) / 2n, spreadNanoseconds: (after - before + 1n) / 2n } };
}
