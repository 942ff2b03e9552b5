// What finished calls show of an engine: whether calls side by side wait for each other, how much of a shared prompt it takes from its
// cache, which models push each other out of memory and what loading one costs. Pure arithmetic over receipts; asks nobody.

import { isKnown } from '../energy/joules.ts';
import type { ModelCall, ModelRef } from '../gateway/model-call.ts';
import type { EngineHabits } from '../pipeline/order.ts';
import type { Receipt } from './events.ts';

export interface Habits {
  /** Takes in the calls of receipts, oldest first; a call counts once. */
  observe(receipts: readonly Receipt[]): void;
  /** Undefined while nothing has been seen of this model. */
  of(model: ModelRef): EngineHabits | undefined;
  /**
   * Joules that a job pays for loading two models in turn that push each other out of memory: both loads. 0 where they were seen to
   * fit together, where nothing was seen, or where nobody knows what loading costs.
   */
  reloadJoules(a: ModelRef, b: ModelRef): number;
}

/** Ollama reports some 0.1 s for a model that is in memory and seconds for one that is not (reference/ollama.md). */
const loadedSeconds = 0.5;
/** Well within the shortest usual keep-alive: who has to load again after this was pushed out. */
const keptSeconds = 60;
/** Waiting for this share of its whole time is waiting for a slot. */
const waitShare = 0.2;
/** A change of the engine's settings shows after some ten calls. */
const memory = 0.9;

interface Seen {
  overlapped: number;
  waited: number;
  followed: number;
  cachedShare: number;
  loads: number;
  loadJoules: number;
  lastEndedSeconds: number;
}

export function createHabits(): Habits {
  const models = new Map<string, Seen>();
  const pairs = new Map<string, { evicted: number; fitted: number }>();
  const counted = new Set<string>();

  const seenOf = (key: string): Seen => {
    const known = models.get(key);
    if (known !== undefined) return known;
    const fresh = {
      overlapped: 0,
      waited: 0,
      followed: 0,
      cachedShare: 0,
      loads: 0,
      loadJoules: 0,
      lastEndedSeconds: Number.NEGATIVE_INFINITY,
    };
    models.set(key, fresh);
    return fresh;
  };

  function noteResidency(call: ModelCall, seen: Seen): void {
    const loaded = call.seconds.load >= loadedSeconds;
    const { load } = call.joules;
    if (loaded && load !== undefined && isKnown(load)) {
      seen.loads = seen.loads * memory + 1;
      seen.loadJoules = seen.loadJoules * memory + load.joules;
    }
    const began = startOf(call);
    if (began - seen.lastEndedSeconds > keptSeconds) return;
    for (const [other, { lastEndedSeconds }] of models) {
      const between = other !== keyOf(call) && lastEndedSeconds > seen.lastEndedSeconds && lastEndedSeconds <= began;
      if (!between) continue;
      const pair = pairs.get(pairKey(keyOf(call), other)) ?? { evicted: 0, fitted: 0 };
      pairs.set(pairKey(keyOf(call), other), pair);
      pair.evicted = pair.evicted * memory + (loaded ? 1 : 0);
      pair.fitted = pair.fitted * memory + (loaded ? 0 : 1);
    }
  }

  function noteCompany(calls: readonly ModelCall[], call: ModelCall, seen: Seen): void {
    const others = calls.filter((other) => other !== call && keyOf(other) === keyOf(call));
    const company = others.some((other) => startOf(other) <= startOf(call) && endOf(other) > startOf(call) + 0.001);
    if (company) {
      const waited = call.seconds.queue >= waitShare * call.seconds.total;
      seen.overlapped = seen.overlapped * memory + 1;
      seen.waited = seen.waited * memory + (waited ? 1 : 0);
      return;
    }
    const before = others.filter((other) => endOf(other) <= startOf(call) + 0.001).at(-1);
    const shared = Math.min(before?.tokens.in ?? 0, call.tokens.in);
    // Before a reload there was a cache; behind it there is none.
    if (before === undefined || shared === 0 || call.seconds.load >= loadedSeconds) return;
    seen.followed = seen.followed * memory + 1;
    seen.cachedShare = seen.cachedShare * memory + Math.min(1, call.tokens.cached / shared);
  }

  return {
    observe(receipts) {
      for (const { calls } of receipts) {
        const finished = calls.filter((call) => call.outcome !== 'failed' && call.outcome !== 'cancelled');
        for (const call of finished) {
          if (counted.has(call.id)) continue;
          counted.add(call.id);
          const seen = seenOf(keyOf(call));
          noteCompany(finished, call, seen);
          noteResidency(call, seen);
          seen.lastEndedSeconds = Math.max(seen.lastEndedSeconds, endOf(call));
        }
      }
    },
    of({ engineId, model }) {
      const seen = models.get(`${engineId} ${model}`);
      if (seen === undefined) return undefined;
      const { overlapped, waited, followed, cachedShare } = seen;
      return {
        waitedShare: overlapped === 0 ? undefined : waited / overlapped,
        cachedShare: followed === 0 ? undefined : cachedShare / followed,
      };
    },
    reloadJoules(a, b) {
      const [first, second] = [a, b].map(({ engineId, model }) => `${engineId} ${model}`);
      if (first === undefined || second === undefined || first === second) return 0;
      const pair = pairs.get(pairKey(first, second));
      if (pair === undefined || pair.evicted <= pair.fitted) return 0;
      return [first, second].reduce((sum, key) => {
        const seen = models.get(key);
        return seen === undefined || seen.loads === 0 ? sum : sum + seen.loadJoules / seen.loads;
      }, 0);
    },
  };
}

function keyOf({ engine, model }: ModelCall): string {
  return `${engine} ${model}`;
}

function pairKey(a: string, b: string): string {
  return [a, b].sort().join('\n');
}

function startOf(call: ModelCall): number {
  return call.atWallMilliseconds / 1000;
}

function endOf(call: ModelCall): number {
  return startOf(call) + call.seconds.total;
}
