// What Linux says of a running process: memory, CPU time, and time it was ready to run but got no core.

import { readdirSync, readFileSync } from 'node:fs';
import { type Summary, summarise } from './statistics.ts';

/** Resident memory in MiB: VmRSS of /proc/<pid>/status (proc_pid_status(5)). */
export function residentMebibytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kibibytes === undefined) throw new Error(`/proc/${pid}/status has no VmRSS`);
  return Number(kibibytes) / 1024;
}

export interface CpuTimes {
  readonly ranSeconds: number;
  /** Ready, but another process had the core. */
  readonly waitedSeconds: number;
}

/** Of all threads, in nanosecond steps: schedstat (Documentation/scheduler/sched-stats.rst). The stat file counts 10 ms ticks. */
export function cpuTimes(pid: number): CpuTimes {
  let ran = 0;
  let waited = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [running, waiting] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number);
      ran += running ?? 0;
      waited += waiting ?? 0;
    } catch {
      // The thread ended between the two reads: its time is lost to this sum, as it is to ps.
    }
  }
  return { ranSeconds: ran / 1e9, waitedSeconds: waited / 1e9 };
}

/** The main thread alone: the one that answers. */
export function mainThreadTimes(pid: number): CpuTimes {
  const [ran = 0, waited = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number);
  return { ranSeconds: ran / 1e9, waitedSeconds: waited / 1e9 };
}

export interface Timed {
  readonly milliseconds: number;
  /** CPU time of the server's main thread meanwhile: at least this is the server's own doing. */
  readonly ranMilliseconds: number;
  /**
   * The whole without the time for which either side was ready to run and had no core: at most this is the server's own doing. The
   * longer of the two waits is taken off, because they may have been at once. What a hypervisor takes away is still in it.
   */
  readonly unexcusedMilliseconds: number;
}

/** Times one exchange with the server whose process is `pid`. */
export async function timed(pid: number, exchange: () => Promise<unknown>): Promise<Timed> {
  const [server, client] = [mainThreadTimes(pid), mainThreadTimes(process.pid)];
  const start = performance.now();
  await exchange();
  const milliseconds = performance.now() - start;
  const [serverAfter, clientAfter] = [mainThreadTimes(pid), mainThreadTimes(process.pid)];
  const waitedSeconds = Math.max(
    serverAfter.waitedSeconds - server.waitedSeconds,
    clientAfter.waitedSeconds - client.waitedSeconds,
  );
  return {
    milliseconds,
    ranMilliseconds: (serverAfter.ranSeconds - server.ranSeconds) * 1000,
    unexcusedMilliseconds: Math.max(0, milliseconds - waitedSeconds * 1000),
  };
}

/** The three sides of many exchanges, for the record. */
export function summariseTimed(exchanges: readonly Timed[]): {
  readonly milliseconds: Summary;
  readonly unexcusedMilliseconds: Summary;
  readonly ranMilliseconds: Summary;
} {
  return {
    milliseconds: summarise(exchanges.map(({ milliseconds }) => milliseconds)),
    unexcusedMilliseconds: summarise(exchanges.map(({ unexcusedMilliseconds }) => unexcusedMilliseconds)),
    ranMilliseconds: summarise(exchanges.map(({ ranMilliseconds }) => ranMilliseconds)),
  };
}

/** Real pauses: a benchmark measures time, so it waits for time. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
