// How much memory a process and all below it use together, from /proc. Knows nothing of sandboxes.

import { readdirSync, readFileSync } from 'node:fs';

/**
 * @param pid of the topmost process.
 * @returns bytes: proportional set sizes (shared pages count once), or resident sizes where those may not be read. 0 when it is gone.
 */
export function memoryOfTree(pid: number): number {
  return memoryOf(pid) + childrenOf(pid).reduce((sum, child) => sum + memoryOfTree(child), 0);
}

function memoryOf(pid: number): number {
  const exact = read(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB$/m);
  return 1024 * (exact ?? read(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m) ?? 0);
}

function read(file: string, pattern: RegExp): number | undefined {
  try {
    const found = pattern.exec(readFileSync(file, 'utf8'));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined; // ended meanwhile, or not ours to read
  }
}

/** Of all threads: each has the children that it started. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')
        .split(' ')
        .filter((child) => child !== '')
        .map(Number),
    );
  } catch {
    return [];
  }
}
