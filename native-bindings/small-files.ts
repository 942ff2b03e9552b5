// Small text files of /proc and /sys, read whole, with "not there" as a value. Knows no counter.

import { readdirSync, readFileSync } from 'node:fs';

/** The trimmed text of a file, or undefined when it can't be read for whatever reason. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** A file that holds one non-negative decimal integer; undefined for anything else. */
export function readInteger(path: string): bigint | undefined {
  return parseInteger(readText(path));
}

export function parseInteger(text: string | undefined): bigint | undefined {
  return text !== undefined && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
}

/** Sorted names in a folder; empty when it can't be listed. */
export function listNames(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}

/** `EACCES`, `ENOENT` … of something thrown by node:fs, else an empty string. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
