// The real OpenAI-compatible engine pointed at an address, with waits that are noted and not waited for.

import { type Clock, systemClock } from '../../server/base/clock.ts';
import { type Log, silentLog } from '../../server/base/log.ts';
import type { Engine } from '../../server/models/engine.ts';
import { createOpenaiEngine } from '../../server/models/openai.ts';
import type { NamedEngine } from '../../server/settings.ts';

export interface OpenaiAtOptions {
  readonly engine?: Partial<NamedEngine>;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: Log;
  readonly remoteMeter?: string;
  readonly clock?: Clock;
}

export function openaiAt(url: string, more: OpenaiAtOptions = {}): Engine {
  return createOpenaiEngine({
    engine: { id: 'desk', kind: 'openai', url, allowRemote: false, models: {}, ...more.engine },
    env: more.env ?? {},
    remoteMeter: more.remoteMeter,
    log: more.log ?? silentLog,
    clock: more.clock ?? hastyClock().clock,
    random: () => 0,
  });
}

/** Real time, but waits below ten seconds are over at once; `waits` has them in milliseconds. */
export function hastyClock(): { readonly clock: Clock; readonly waits: number[] } {
  const waits: number[] = [];
  const sleep: Clock['sleep'] = async (milliseconds, signal) => {
    if (milliseconds >= 10_000) return systemClock.sleep(milliseconds, signal);
    waits.push(milliseconds);
  };
  return { waits, clock: { ...systemClock, sleep } };
}
