// How much of the machine's work between two moments was the engine's. Package counters see everything that runs, so a
// receipt must say when a good part of it was something else.

import type { CounterRoots } from '../../native-bindings/energy-source.ts';
import { readBusyCpuSeconds, readProcessTree } from '../../native-bindings/process-time.ts';

export interface LoadReading {
  /** The engine's process and its descendants. */
  readonly pids: readonly number[];
  readonly engineSeconds: number;
  readonly busySeconds: number;
}

/** More than this share of the CPU time being somebody else's is worth a flag. */
const noticeableShare = 0.2;

export function readLoad(roots: CounterRoots, pid: number): LoadReading | undefined {
  const tree = readProcessTree(roots.proc, pid);
  const busySeconds = readBusyCpuSeconds(roots.proc);
  if (tree === undefined || busySeconds === undefined) return undefined;
  return { pids: tree.pids, engineSeconds: tree.cpuSeconds, busySeconds };
}

/** A sentence when more than a fifth of the CPU time was not the engine's; /proc's ticks make less than 0.2 s too coarse. */
export function flagOtherLoad(from: LoadReading | undefined, to: LoadReading | undefined): string | undefined {
  if (from === undefined || to === undefined) return undefined;
  const busy = to.busySeconds - from.busySeconds;
  const engine = Math.max(0, to.engineSeconds - from.engineSeconds);
  if (busy < 0.2 || engine >= busy * (1 - noticeableShare)) return undefined;
  return `${Math.round((1 - engine / busy) * 100)} % of the CPU time while it ran was not the engine's`;
}

/** A sentence when processes outside the engine compute on its GPU. Silent where pid namespaces differ, so nothing matches. */
export function flagOtherTenants(
  label: string,
  onDevice: readonly number[],
  engine: readonly number[],
): string | undefined {
  if (!onDevice.some((pid) => engine.includes(pid))) return undefined;
  const others = onDevice.filter((pid) => !engine.includes(pid)).length;
  if (others === 0) return undefined;
  return `${label} was shared with ${others} other ${others === 1 ? 'process' : 'processes'}`;
}
