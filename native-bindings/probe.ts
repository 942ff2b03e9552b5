// Reads every counter of this machine some times in a row and tells what came: for records on real hardware and for doctor.
// Raw readings only; judges nothing.

import type { CounterRoots, EnergyReading, Unreadable } from './energy-source.ts';
import { openSources } from './index.ts';

export interface ProbeReport {
  readonly openSeconds: number;
  readonly missing: readonly Unreadable[];
  readonly sources: readonly ProbedSource[];
}

export interface ProbedSource {
  readonly id: string;
  readonly domain: string;
  readonly label: string;
  readonly method: string;
  readonly details: Readonly<Record<string, string>>;
  readonly processes: readonly number[] | Unreadable | undefined;
  readonly readings: readonly (EnergyReading | Unreadable)[];
  /** Wall time of one read as its caller sees it, nanoseconds, in order. */
  readonly readNanoseconds: readonly bigint[];
}

/**
 * Opens, reads `count` times with a pause between, closes. Never rejects for what hardware does.
 * @param clock its sleep must keep the process alive (`systemClock` does not, on purpose).
 */
export async function probeSources(
  roots: CounterRoots,
  clock: { nowNanoseconds(): bigint; sleep(milliseconds: number): Promise<void> },
  { count, pauseMilliseconds }: { count: number; pauseMilliseconds: number },
): Promise<ProbeReport> {
  const started = clock.nowNanoseconds();
  const { sources, missing } = await openSources(roots, () => clock.nowNanoseconds());
  const openSeconds = Number(clock.nowNanoseconds() - started) / 1e9;
  const readings = sources.map((): (EnergyReading | Unreadable)[] => []);
  const durations = sources.map((): bigint[] => []);
  for (let round = 0; round < count; round++) {
    await Promise.all(
      sources.map(async (source, index) => {
        const before = clock.nowNanoseconds();
        readings[index]?.push(await source.read());
        durations[index]?.push(clock.nowNanoseconds() - before);
      }),
    );
    if (round + 1 < count) await clock.sleep(pauseMilliseconds);
  }
  const processes = await Promise.all(sources.map((source) => source.processes?.()));
  for (const source of sources) source.close();
  return {
    openSeconds,
    missing,
    sources: sources.map((source, index) => ({
      id: source.id,
      domain: source.domain,
      label: source.label,
      method: source.method,
      details: source.details ?? {},
      processes: processes[index],
      readings: readings[index] ?? [],
      readNanoseconds: durations[index] ?? [],
    })),
  };
}
