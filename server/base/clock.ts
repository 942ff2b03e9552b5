// The clock that everything with a sense of time is handed. Monotonic nanoseconds measure; wall milliseconds only label.

/** Time as an argument, so that tests can turn it by hand. */
export interface Clock {
  /** Monotonic nanoseconds since an arbitrary start (CLOCK_MONOTONIC on Linux: stands still in suspend). */
  nowNanoseconds(): bigint;
  /** Milliseconds since 1970, for labels and for noticing a suspend; never for durations. */
  wallMilliseconds(): number;
  /** Resolves after `milliseconds`; rejects with the signal's reason when it aborts first. Never keeps the process alive. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowNanoseconds: () => process.hrtime.bigint(),
  wallMilliseconds: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, milliseconds);
      timer.unref();
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};

/** Nanoseconds between two monotonic readings, as seconds. */
export function secondsBetween(startNanoseconds: bigint, endNanoseconds: bigint): number {
  return Number(endNanoseconds - startNanoseconds) / 1e9;
}
