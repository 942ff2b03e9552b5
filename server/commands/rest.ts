// Letting the machine come to rest before something is measured: waits until the counters show idle power again, for so long at most.

import { type EnergyReading, type EnergySource, totalDomains } from '../../native-bindings/energy-source.ts';
import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Rest } from '../report/experiments/experiment.ts';

export interface RestOptions {
  readonly sources: readonly Pick<EnergySource, 'domain' | 'read'>[];
  readonly clock: Clock;
  /** Give up after so many seconds; 0: don't wait at all. */
  readonly mostSeconds: number;
}

export interface Resting {
  /** Idle power before anything ran, in watts; undefined where nothing can be read. */
  readonly idleWatts: number | undefined;
  /** Rejects only with the signal's reason. */
  rest(signal: AbortSignal): Promise<Rest>;
}

/** One look takes so long: ten refreshes of the slowest common counter (0.1 s of NVML), a little over. */
const lookSeconds = 1.5;
/** Idle power is the least of so many looks before anything ran. */
const firstLooks = 4;
/** Within a tenth of idle power, or two watts, is idle. */
const tolerance = { share: 0.1, watts: 2 } as const;

/** Looks at idle power, which takes six seconds where there are counters. */
export async function learnIdle({ sources, clock, mostSeconds }: RestOptions, signal: AbortSignal): Promise<Resting> {
  const counted = sources.filter(({ domain }) => totalDomains.includes(domain));
  let idleWatts: number | undefined;
  for (let look = 0; look < firstLooks && mostSeconds > 0 && counted.length > 0; look++) {
    const watts = await power(counted, clock, signal);
    if (watts === undefined) break;
    idleWatts = Math.min(idleWatts ?? Number.POSITIVE_INFINITY, watts);
  }
  return {
    idleWatts,
    async rest(stop) {
      if (mostSeconds === 0) return { seconds: 0, state: 'not-wanted' };
      if (idleWatts === undefined) return { seconds: 0, state: 'unknown' };
      const begin = clock.nowNanoseconds();
      for (;;) {
        const watts = await power(counted, clock, stop);
        const seconds = secondsBetween(begin, clock.nowNanoseconds());
        if (watts === undefined) return { seconds, idleWatts, state: 'unknown' };
        const bound = idleWatts + Math.max(tolerance.watts, tolerance.share * idleWatts);
        if (watts <= bound) return { seconds, watts, idleWatts, state: 'reached' };
        if (seconds >= mostSeconds) return { seconds, watts, idleWatts, state: 'given-up' };
      }
    },
  };
}

/** Of all counters together, over one look; undefined when one of them could not be read or began anew. */
async function power(sources: RestOptions['sources'], clock: Clock, signal: AbortSignal): Promise<number | undefined> {
  const before = await Promise.all(sources.map((source) => source.read()));
  await clock.sleep(lookSeconds * 1000, signal);
  const after = await Promise.all(sources.map((source) => source.read()));
  let watts = 0;
  for (const [index, last] of after.entries()) {
    const first = before[index];
    if (first === undefined || !isReading(first) || !isReading(last) || (first.epoch ?? 0) !== (last.epoch ?? 0))
      return undefined;
    const seconds = secondsBetween(first.atNanoseconds, last.atNanoseconds);
    if (seconds <= 0) return undefined;
    watts += Number(last.microjoules - first.microjoules) / 1e6 / seconds;
  }
  return watts;
}

function isReading(value: object): value is EnergyReading {
  return 'microjoules' in value;
}
