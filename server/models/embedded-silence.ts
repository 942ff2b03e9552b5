// Notices a process that says nothing any more: it tells once a second that it lives, also while llama.cpp computes.
// Counts looks, not time: a server that was itself held up has looked once.

import type { Clock } from '../base/clock.ts';

const betweenLooksMilliseconds = 5_000;
const silentLooks = 4;

/** Longest silence before a process counts as hung, in seconds. */
export const longestSilenceSeconds = (betweenLooksMilliseconds * silentLooks) / 1000;

export interface Silence {
  heard(): void;
  end(): void;
}

/** @param onHung called once, after so many looks in a row at which nothing had been heard since the one before. */
export function watchSilence(clock: Clock, onHung: () => void): Silence {
  const over = new AbortController();
  let silent = 0;
  const look = async (): Promise<void> => {
    while (silent < silentLooks) {
      await clock.sleep(betweenLooksMilliseconds, over.signal);
      silent++;
    }
    onHung();
  };
  look().catch(() => {}); // ended
  return {
    heard: () => {
      silent = 0;
    },
    end: () => over.abort(),
  };
}
