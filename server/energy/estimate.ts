// An estimate where no counter can be read: the CPU time of the engine's processes times what a busy core draws.
// Always labelled; knows a process number and nothing else of the engine.

import type { CounterRoots, EnergySource } from '../../native-bindings/energy-source.ts';
import { cpuTickSeconds, readProcessTree } from '../../native-bindings/process-time.ts';

/**
 * 8 W per busy core: CodeCarbon's fallback for processors it does not know, 4 W per hardware thread at two threads a core
 * (external/hardware.py). Sold chips at full load divide out to 3 W (large servers) up to 14 W (desktops) a core.
 */
export const wattsPerBusyCore = 8;

/** ±75 %: from 2 to 14 W a core. */
export const estimateRelativeError = 0.75;

/** What is said beside such a figure. @param whose `the engine`, `the command`. */
export function estimateFlagOf(whose: string): string {
  return `estimated: CPU time of ${whose} at ${wattsPerBusyCore} W per busy core, ±${estimateRelativeError * 100} %, GPU, memory and idle power not in it`;
}

/**
 * CPU time as if it were an energy counter, so that it goes through the same edges, splits and books as the real ones.
 * @returns undefined when /proc does not know the process.
 */
export function openProcessEstimate(
  roots: CounterRoots,
  pid: number,
  nowNanoseconds: () => bigint,
): EnergySource | undefined {
  if (readProcessTree(roots.proc, pid) === undefined) return undefined;
  const sourceId = `cpu-time:${pid}`;
  let last = 0;
  let worked = 0;
  return {
    id: sourceId,
    domain: 'package',
    method: 'counter',
    label: `CPU time of process ${pid}`,
    resolution: { microjoules: cpuTickSeconds * wattsPerBusyCore * 1e6, updateSeconds: cpuTickSeconds },
    async read() {
      const before = nowNanoseconds();
      const tree = readProcessTree(roots.proc, pid);
      const after = nowNanoseconds();
      if (tree === undefined) return { sourceId, reason: 'gone', why: `the engine's process ${pid} has ended` };
      // A child that ends unwaited takes its time out of the tree's sum; what was counted once stays counted.
      worked += Math.max(0, tree.cpuSeconds - last);
      last = tree.cpuSeconds;
      return {
        sourceId,
        microjoules: BigInt(Math.round(worked * wattsPerBusyCore * 1e6)),
        atNanoseconds: (before + after) / 2n,
        spreadNanoseconds: (after - before + 1n) / 2n,
      };
    },
    close() {},
  };
}
