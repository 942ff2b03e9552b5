// The fingerprint of a folder: one hash over all paths and contents, so that a damaged install is noticed.
// Knows nothing of what the folder holds.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

export interface TreeFingerprint {
  /** SHA-256, hex, over sorted lines `path NUL sha256(content)`; paths with `/`. */
  readonly tree: string;
  readonly files: number;
  readonly bytes: number;
}

/** Reads every file once. Links are not followed: an install has none. Rejects when a file can't be read. */
export async function fingerprintOf(folder: string, signal: AbortSignal): Promise<TreeFingerprint> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const total = createHash('sha256');
  let bytes = 0;
  for (const path of paths.sort()) {
    signal.throwIfAborted();
    const content = await readFile(path);
    bytes += content.length;
    const name = relative(folder, path).split(sep).join('/');
    total.update(`${name}\0${createHash('sha256').update(content).digest('hex')}\n`);
  }
  return { tree: total.digest('hex'), files: paths.length, bytes };
}
