// The one generation that may run: whatever begins next ends it, and so does everything that makes it useless. Knows no text.

import type { Log } from '../base/log.ts';
import { type Running, type RunningOptions, type StopReason, startRunning } from './running.ts';

export interface Slot {
  current(): Running | undefined;
  begin(options: RunningOptions): Running;
  stop(reason: StopReason): void;
  /** Resolves when everything that was begun has ended. */
  settled(): Promise<void>;
}

export function createSlot(log: Log): Slot {
  const working = new Set<Promise<unknown>>();
  let running: Running | undefined;

  function stop(reason: StopReason): void {
    running?.stop(reason);
    running = undefined;
  }

  return {
    current: () => running,
    begin(options) {
      stop('superseded');
      const started = startRunning(options);
      running = started;
      working.add(started.finished);
      started.finished
        .catch((error: unknown) => {
          log.error({ error: error instanceof Error ? error.stack : String(error) }, 'a completion broke');
        })
        .finally(() => {
          working.delete(started.finished);
          if (running === started) running = undefined;
        });
      return started;
    },
    stop,
    async settled() {
      await Promise.allSettled(working);
    },
  };
}
