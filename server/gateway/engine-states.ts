// What the engines said of themselves, kept for a moment: a call should not wait for three questions before its own. An answer that
// is a little old serves while a new one is fetched.

import type { Clock } from '../base/clock.ts';
import { secondsBetween } from '../base/clock.ts';
import type { Engine, EngineState } from '../models/engine.ts';

interface Entry {
  state: EngineState | undefined;
  atNanoseconds: bigint;
  asking: Promise<EngineState> | undefined;
}

/** Younger than this, the answer is simply used. */
const freshSeconds = 10;
/** Older than this, nothing of it is believed. */
const staleSeconds = 120;

export class EngineStates {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws what the engine throws, or the signal's reason. */
  async get(engine: Engine, signal: AbortSignal): Promise<EngineState> {
    const entry = this.#entryOf(engine.id);
    const age = secondsBetween(entry.atNanoseconds, this.#clock.nowNanoseconds());
    if (entry.state !== undefined && age < staleSeconds) {
      if (age >= freshSeconds) this.#ask(engine, entry).catch(() => undefined);
      return entry.state;
    }
    return this.ask(engine, signal);
  }

  /** Asks even when something is known. */
  async ask(engine: Engine, signal: AbortSignal): Promise<EngineState> {
    return orAborted(this.#ask(engine, this.#entryOf(engine.id)), signal);
  }

  /** After a failure nothing that was known need be true any more. */
  forget(engineId: string): void {
    this.#entries.delete(engineId);
  }

  #entryOf(engineId: string): Entry {
    const known = this.#entries.get(engineId);
    if (known !== undefined) return known;
    const entry: Entry = { state: undefined, atNanoseconds: 0n, asking: undefined };
    this.#entries.set(engineId, entry);
    return entry;
  }

  /** One question at a time, shared by all who wait, so no single one of them may cancel it. */
  #ask(engine: Engine, entry: Entry): Promise<EngineState> {
    entry.asking ??= engine
      .state(new AbortController().signal)
      .then((state) => {
        entry.state = state;
        entry.atNanoseconds = this.#clock.nowNanoseconds();
        return state;
      })
      .catch((error: unknown) => {
        entry.state = undefined;
        throw error;
      })
      .finally(() => {
        entry.asking = undefined;
      });
    return entry.asking;
  }
}

/** The result of `work`, unless the signal is aborted first; then its reason. `work` goes on unobserved. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
