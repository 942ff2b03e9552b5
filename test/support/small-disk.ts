// A file system of a few MB, for what has to be seen when a disk is full: a tmpfs, which only root may mount.

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly path: string;
  close(): Promise<void>;
}

/** @returns why there is none here instead, in words for a skipped test. */
export async function mountSmallDisk(megabytes: number): Promise<SmallDisk | string> {
  const path = await mkdtemp(join(tmpdir(), 'joule-ls-disk-'));
  const remove = (): Promise<void> => rm(path, { recursive: true, force: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    await remove();
    return `a small disk can't be mounted here (${error instanceof Error ? error.message.trim() : String(error)})`;
  }
  return {
    path,
    async close() {
      execFileSync('umount', [path]);
      await remove();
    },
  };
}
