// Keeps count of the completions that the gate did not ask for: written every ten minutes of typing at the most, and at the end. Knows no
// gate; what it saved comes as a sum since the session began.

import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { appendLines } from '../ledger/files.ts';
import {
  type NotAsked,
  type NotAskedEntry,
  noneNotAsked,
  notAskedFile,
  notAskedLine,
  sumNotAsked,
} from '../ledger/not-asked.ts';
import { readNotAsked } from '../ledger/read-not-asked.ts';

export interface NotAskedKeeper {
  /** After each question; cheap, and waits for nothing. */
  note(): void;
  /** Of today (local date of the server), all servers that share the directory as they were last read. */
  today(): NotAsked;
  close(): Promise<void>;
}

export interface NotAskedOptions {
  readonly saved: () => NotAsked;
  readonly directory: string;
  readonly enabled: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

const betweenWritesSeconds = 600;

export function createNotAskedKeeper({ saved, directory, enabled, clock, log }: NotAskedOptions): NotAskedKeeper {
  let written = noneNotAsked;
  let writtenNanoseconds: bigint | undefined;
  let known: readonly NotAskedEntry[] = [];
  let working: Promise<void> = Promise.resolve();

  const pending = (): NotAsked => {
    const { callsNotMade, predictedJoules, withoutPrediction } = saved();
    return {
      callsNotMade: callsNotMade - written.callsNotMade,
      predictedJoules: predictedJoules - written.predictedJoules,
      withoutPrediction: withoutPrediction - written.withoutPrediction,
    };
  };

  /** Never rejects. What could not be written is tried again with the next. */
  async function exchange(): Promise<void> {
    if (!enabled()) return;
    const news = pending();
    const nowWallMilliseconds = clock.wallMilliseconds();
    const at = new Date(nowWallMilliseconds).toISOString();
    const isNew = news.callsNotMade > 0;
    const { error } = isNew
      ? await appendLines(directory, notAskedFile(at), [notAskedLine({ at, ...news })])
      : { error: undefined };
    if (error !== undefined) log.debug({ error: String(error) }, 'what was not asked could not be written');
    const sinceWallMilliseconds = startOfDay(nowWallMilliseconds);
    known = await readNotAsked(directory, { sinceWallMilliseconds, nowWallMilliseconds });
    // Together with what was read, so that nothing is missing or twice in between.
    if (isNew && error === undefined) written = sumNotAsked([written, news]);
  }

  return {
    note() {
      const now = clock.nowNanoseconds();
      if (writtenNanoseconds !== undefined && secondsBetween(writtenNanoseconds, now) < betweenWritesSeconds) return;
      writtenNanoseconds = now;
      working = working.then(exchange);
    },
    today() {
      const since = new Date(startOfDay(clock.wallMilliseconds())).toISOString();
      return sumNotAsked([...known.filter(({ at }) => at >= since), pending()]);
    },
    async close() {
      await working;
      await exchange();
    },
  };
}

function startOfDay(wallMilliseconds: number): number {
  const day = new Date(wallMilliseconds);
  day.setHours(0, 0, 0, 0);
  return day.getTime();
}
