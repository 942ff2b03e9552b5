// The only timers of the meter: a reading now and then while calls run; after the last, one word to the hardware that it may
// rest, and one reading when the engine unloads its model. Nothing ticks while nothing runs.

import type { Clock } from '../base/clock.ts';

/** A counter must be read before it can wrap twice; a power that we integrate ourselves, much more often. */
const readMilliseconds = { counter: 30_000, integratedPower: 500 } as const;
/** Back-to-back calls must not shut the GPU library down and up again. */
const restMilliseconds = 10_000;

export interface Watch {
  /** Tells whether calls run now. */
  set(busy: boolean): void;
  stop(): void;
}

export function createWatch(options: {
  readonly clock: Clock;
  /** Whether some source integrates power itself. */
  readonly integrates: () => boolean;
  readonly read: () => Promise<void>;
  readonly rest: () => void;
  /** Until the engine should have unloaded the last model; undefined when there is none to unload. */
  readonly secondsToUnload: () => number | undefined;
}): Watch {
  const { clock } = options;
  let timer: { readonly kind: 'watch' | 'rest'; readonly stop: AbortController } | undefined;

  const start = (kind: 'watch' | 'rest', run: (signal: AbortSignal) => Promise<void>): void => {
    // The rest counts from the last edge; the watch goes on as it is.
    if (kind === 'watch' && timer?.kind === kind) return;
    timer?.stop.abort();
    const stop = new AbortController();
    timer = { kind, stop };
    // Rejects with the abort, which is how it ends.
    run(stop.signal).catch(() => undefined);
  };

  const watch = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(options.integrates() ? readMilliseconds.integratedPower : readMilliseconds.counter, signal);
      await options.read();
    }
  };

  /** One reading where the quiet time with a model in memory ends, so that both sides of it are known. Then nothing more. */
  const readAtUnload = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    await clock.sleep(milliseconds, signal);
    if (!signal.aborted) await options.read();
  };

  const rest = async (signal: AbortSignal): Promise<void> => {
    const unload = options.secondsToUnload();
    const unloadMilliseconds = unload === undefined ? undefined : unload * 1000;
    const isSoon = unloadMilliseconds !== undefined && unloadMilliseconds <= restMilliseconds;
    if (isSoon) await readAtUnload(unloadMilliseconds, signal);
    await clock.sleep(restMilliseconds - (isSoon ? unloadMilliseconds : 0), signal);
    if (signal.aborted) return;
    options.rest();
    if (isSoon || unloadMilliseconds === undefined) return;
    await readAtUnload(unloadMilliseconds - restMilliseconds, signal);
    if (!signal.aborted) options.rest();
  };

  return {
    set: (busy) => (busy ? start('watch', watch) : start('rest', rest)),
    stop() {
      timer?.stop.abort();
      timer = undefined;
    },
  };
}
