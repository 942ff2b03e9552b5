// CPU time of a process with everything it started, and of the whole machine, from /proc. Counts seconds, not joules.

import { listNames, readText } from './small-files.ts';

/** USER_HZ: what /proc counts in, 100 on every Linux that Node runs on (proc(5), sysconf(_SC_CLK_TCK)). */
export const cpuTickSeconds = 0.01;

export interface ProcessTree {
  /** The root and all its living descendants. */
  readonly pids: readonly number[];
  /** User and system time of these, and of their ended children that were waited for. */
  readonly cpuSeconds: number;
}

/** @returns undefined when there is no such process or no /proc. */
export function readProcessTree(procRoot: string, rootPid: number): ProcessTree | undefined {
  const pids: number[] = [];
  let cpuSeconds = 0;
  const waiting = [rootPid];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (pids.includes(pid)) continue;
    const seconds = cpuSecondsOf(readText(`${procRoot}/${pid}/stat`));
    if (seconds === undefined) continue;
    pids.push(pid);
    cpuSeconds += seconds;
    for (const thread of listNames(`${procRoot}/${pid}/task`)) {
      const children = readText(`${procRoot}/${pid}/task/${thread}/children`);
      if (children) waiting.push(...children.split(' ').map(Number));
    }
  }
  return pids.length === 0 ? undefined : { pids, cpuSeconds };
}

/** Busy seconds of all CPUs since boot: all of /proc/stat's first line except idle and iowait (guest time is inside user). */
export function readBusyCpuSeconds(procRoot: string): number | undefined {
  const fields = /^cpu +([\d ]+)/
    .exec(readText(`${procRoot}/stat`) ?? '')?.[1]
    ?.split(' ')
    .map(Number);
  if (fields === undefined || fields.length < 4) return undefined;
  return (
    fields.reduce((sum, ticks, index) => (index === 3 || index === 4 || index > 7 ? sum : sum + ticks), 0) *
    cpuTickSeconds
  );
}

/** utime, stime, cutime, cstime are fields 14 to 17 of proc(5); the name in field 2 may hold spaces and brackets. */
function cpuSecondsOf(stat: string | undefined): number | undefined {
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).map(Number);
  const sum = ticks.reduce((total, one) => total + one, 0);
  return ticks.length === 4 && Number.isFinite(sum) ? sum * cpuTickSeconds : undefined;
}
