// When and how long to wait before asking an engine again. Pure but for the clock and the randomness it is handed.

import type { Clock } from '../base/clock.ts';
import { EngineFailure } from './engine.ts';

/** Attempts after the first. */
export const mostRetries = 3;
/** First wait in milliseconds; each later one is twice as long, and a random half of each is left out (jitter). */
const firstMilliseconds = 250;
/** A longer wait than this is not ours to sit out: the person is told instead. In seconds. */
const longestSeconds = 10;

/** A failure that an engine may not repeat, with the wait it asked for in `Retry-After`. */
export class Passing extends Error {
  readonly failure: EngineFailure;
  readonly afterSeconds: number | undefined;
  constructor(failure: EngineFailure, afterSeconds?: number) {
    super(failure.message);
    this.failure = failure;
    this.afterSeconds = afterSeconds;
  }
}

export interface RetryMeans {
  readonly clock: Clock;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** Runs `attempt` again while it throws `Passing`, at most three times. Rejects with the failure inside the last one. */
export async function withRetries<T>({ clock, random, signal }: RetryMeans, attempt: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      const { failure, afterSeconds = 0 } = error;
      if (afterSeconds > longestSeconds) {
        throw new EngineFailure(failure.kind, failure.message, `try again in ${Math.ceil(afterSeconds)} s`);
      }
      if (round === mostRetries) throw failure;
      const backOff = firstMilliseconds * 2 ** round * (0.5 + random() / 2);
      await clock.sleep(Math.max(backOff, afterSeconds * 1000), signal);
    }
  }
}

/** Seconds of a `Retry-After` header: a number, or an HTTP date. */
export function retryAfterSeconds(header: unknown, wallMilliseconds: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const seconds = /^\d+$/.test(header.trim()) ? Number(header) : (Date.parse(header) - wallMilliseconds) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
}
