// Takes snapshots: one reading of all counters for everybody who asked before it began. Knows time, not what is read.

import type { Clock } from '../base/clock.ts';
import type { Snapshot } from './source-account.ts';

export interface Snapshots {
  /** Resolves once a snapshot that began after this request has been recorded and `apply` has run on it. */
  take(apply?: (snapshot: Snapshot) => void): Promise<void>;
  readonly lastIndex: number;
}

/** Clock steering moves wall time by at most 500 ppm; a second between two snapshots is a suspend or a set clock. */
const interruptionMilliseconds = 1000;

/**
 * Single flight: requests that wait when a reading begins share it, later ones wait for the next.
 * @param read reads all counters and returns what must happen with the snapshot before anyone's `apply`.
 * @param onError is told when that fails; the snapshot then counts as taken, so that nobody waits for ever.
 */
export function createSnapshots(
  clock: Clock,
  read: () => Promise<(snapshot: Snapshot) => void>,
  onError: (error: unknown) => void,
): Snapshots {
  const waiting: ((snapshot: Snapshot) => void)[] = [];
  let reading = false;
  let last: { index: number; atNanoseconds: bigint; wallMilliseconds: number } | undefined;

  const next = (): Snapshot => {
    const wallMilliseconds = clock.wallMilliseconds();
    const atNanoseconds = clock.nowNanoseconds();
    const drift =
      last === undefined
        ? 0
        : wallMilliseconds - last.wallMilliseconds - Number(atNanoseconds - last.atNanoseconds) / 1e6;
    last = { index: (last?.index ?? 0) + 1, atNanoseconds, wallMilliseconds };
    return { index: last.index, atNanoseconds, interrupted: Math.abs(drift) > interruptionMilliseconds };
  };

  const drain = async (): Promise<void> => {
    if (reading) return;
    reading = true;
    // Lets marks of the same turn join the first reading.
    await Promise.resolve();
    while (waiting.length > 0) {
      const served = waiting.splice(0);
      let snapshot: Snapshot | undefined;
      try {
        const record = await read();
        snapshot = next();
        record(snapshot);
      } catch (error) {
        onError(error);
      }
      for (const apply of served) apply(snapshot ?? next());
    }
    reading = false;
  };

  return {
    take(apply) {
      return new Promise((resolve) => {
        waiting.push((snapshot) => {
          apply?.(snapshot);
          resolve();
        });
        void drain();
      });
    },
    get lastIndex() {
      return last?.index ?? 0;
    },
  };
}
