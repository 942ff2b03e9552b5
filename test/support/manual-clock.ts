// A clock that tests turn by hand: time stands still until `advance` is called, sleepers wake in order of their due time.

import type { Clock } from '../../server/base/clock.ts';

interface Sleeper {
  readonly dueNanoseconds: bigint;
  readonly wake: () => void;
}

export class ManualClock implements Clock {
  #nanoseconds: bigint;
  #wallNanoseconds: bigint;
  #sleepers: Sleeper[] = [];

  /**
   * @param startNanoseconds what the monotonic side shows first.
   * @param startWallMilliseconds what the wall side shows first (default 2026-01-01T00:00:00Z).
   */
  constructor(startNanoseconds = 1_000_000_000n, startWallMilliseconds = 1_767_225_600_000) {
    this.#nanoseconds = startNanoseconds;
    this.#wallNanoseconds = BigInt(startWallMilliseconds) * 1_000_000n;
  }

  nowNanoseconds(): bigint {
    return this.#nanoseconds;
  }

  wallMilliseconds(): number {
    return Number(this.#wallNanoseconds / 1_000_000n);
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((one) => one !== sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        dueNanoseconds: this.#nanoseconds + nanosecondsOf(milliseconds),
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Turns both sides of the clock and wakes whoever is due, in order. Their continuations run on the next microtask. */
  advance(milliseconds: number): void {
    const until = this.#nanoseconds + nanosecondsOf(milliseconds);
    for (;;) {
      const next = this.#earliestUntil(until);
      if (next === undefined) break;
      this.#moveTo(next.dueNanoseconds);
      this.#sleepers = this.#sleepers.filter((one) => one !== next);
      next.wake();
    }
    this.#moveTo(until);
  }

  /**
   * Like `advance`, but lets woken code run (and sleep again) between one due time and the next.
   * Resolves when the time has been reached and every continuation had its turn.
   */
  async advanceAndSettle(milliseconds: number): Promise<void> {
    const until = this.#nanoseconds + nanosecondsOf(milliseconds);
    for (;;) {
      await settle();
      const next = this.#earliestUntil(until);
      if (next === undefined) break;
      this.#moveTo(next.dueNanoseconds);
      this.#sleepers = this.#sleepers.filter((one) => one !== next);
      next.wake();
    }
    this.#moveTo(until);
    await settle();
  }

  /** The machine slept: wall time went on, the monotonic side stood still (as CLOCK_MONOTONIC does on Linux). */
  suspend(milliseconds: number): void {
    this.#wallNanoseconds += nanosecondsOf(milliseconds);
  }

  /** How many sleeps are pending, to wait for code that is about to sleep. */
  get sleeping(): number {
    return this.#sleepers.length;
  }

  #earliestUntil(untilNanoseconds: bigint): Sleeper | undefined {
    let earliest: Sleeper | undefined;
    for (const one of this.#sleepers) {
      if (one.dueNanoseconds > untilNanoseconds) continue;
      if (earliest === undefined || one.dueNanoseconds < earliest.dueNanoseconds) earliest = one;
    }
    return earliest;
  }

  #moveTo(nanoseconds: bigint): void {
    if (nanoseconds <= this.#nanoseconds) return;
    this.#wallNanoseconds += nanoseconds - this.#nanoseconds;
    this.#nanoseconds = nanoseconds;
  }
}

function nanosecondsOf(milliseconds: number): bigint {
  return BigInt(Math.round(milliseconds * 1e6));
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
