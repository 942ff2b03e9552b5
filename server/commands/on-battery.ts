// Whether the machine runs on its battery, from memory: looked at behind a question, never before its answer, and not when nobody asks.

import { type Clock, secondsBetween } from '../base/clock.ts';

/** Plugs are pulled rarely. */
const freshSeconds = 30;

/**
 * @param read may be slow and may reject; undefined where nobody knows.
 * @returns what was last read: false until then, and where nobody knows.
 */
export function createOnBattery(clock: Clock, read: () => Promise<boolean | undefined>): () => boolean {
  let known = false;
  let readNanoseconds: bigint | undefined;
  return () => {
    const now = clock.nowNanoseconds();
    if (readNanoseconds === undefined || secondsBetween(readNanoseconds, now) >= freshSeconds) {
      readNanoseconds = now;
      read().then(
        (value) => {
          known = value ?? false;
        },
        () => {
          known = false;
        },
      );
    }
    return known;
  };
}
