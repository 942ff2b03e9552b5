// One counter file kept open and read at position 0. Reopens once when the kernel took the file away.
// Knows no format beyond "the bytes at the front".

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

export interface CounterFile {
  /**
   * Fills the buffer from `position`.
   * @returns how many bytes came.
   * @throws the file system's error.
   */
  read(into: Buffer, position: number): number;
  close(): void;
}

/**
 * @param device a character device (MSR) is expected; otherwise a regular file, so that a pipe put in its place can't block.
 * @throws the file system's error, or one with code `EINVAL` for the wrong kind of file.
 */
export function openCounterFile(path: string, device: 'device' | 'file'): CounterFile {
  let descriptor: number | undefined = openChecked(path, device);
  const drop = (): void => {
    if (descriptor === undefined) return;
    const doomed = descriptor;
    descriptor = undefined;
    try {
      closeSync(doomed);
    } catch {
      // A descriptor that the kernel no longer knows needs no closing.
    }
  };
  return {
    read(into, position) {
      if (descriptor !== undefined) {
        try {
          return readSync(descriptor, into, 0, into.length, position);
        } catch {
          drop();
        }
      }
      descriptor = openChecked(path, device);
      return readSync(descriptor, into, 0, into.length, position);
    },
    close: drop,
  };
}

/** Opening never waits, whatever lies there, and the check is on what was opened. */
function openChecked(path: string, device: 'device' | 'file'): number {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const status = fstatSync(descriptor);
  // Tests and containers may put a regular file where a device belongs; a pipe or socket is never right.
  if (status.isFile() || (device === 'device' && status.isCharacterDevice())) return descriptor;
  closeSync(descriptor);
  throw Object.assign(new Error(`${path} is not a ${device}`), { code: 'EINVAL' });
}

/** Times one synchronous read: the midpoint is when it happened, half its length is how far that may be off. */
export function timedRead<T>(
  nowNanoseconds: () => bigint,
  read: () => T,
): { value: T; atNanoseconds: bigint; spreadNanoseconds: bigint } {
  const before = nowNanoseconds();
  const value = read();
  const after = nowNanoseconds();
  return { value, atNanoseconds: (before + after) / 2n, spreadNanoseconds: (after - before + 1n) / 2n };
}
