// A circuit breaker: after several failures in a row it refuses for a while, then lets one attempt through to see. Knows no engine.

import { type Clock, secondsBetween } from '../base/clock.ts';

/** Failures in a row that open it. */
export const failuresToOpen = 5;
/** How long it refuses, in seconds. */
export const openSeconds = 10;

export class CircuitBreaker {
  readonly #clock: Clock;
  #failures = 0;
  #openedNanoseconds = 0n;
  #trying = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds until an attempt may be made; 0 when this one may. Half open, exactly one may until its outcome is told. */
  enter(): number {
    if (this.#failures < failuresToOpen) return 0;
    const left = openSeconds - secondsBetween(this.#openedNanoseconds, this.#clock.nowNanoseconds());
    if (left > 0) return left;
    if (this.#trying) return 1;
    this.#trying = true;
    return 0;
  }

  /** The engine answered, were it with a refusal. */
  succeeded(): void {
    this.#failures = 0;
    this.#trying = false;
  }

  failed(): void {
    this.#failures++;
    this.#openedNanoseconds = this.#clock.nowNanoseconds();
    this.#trying = false;
  }

  /** The attempt ended without telling anything of the engine: it was cancelled. */
  leave(): void {
    this.#trying = false;
  }
}
