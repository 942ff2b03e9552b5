// All counters of this machine as one thing: opened on first need, read together, never waited for longer than a moment.
// Knows counters and time; not what the readings are for.

import type {
  CounterRoots,
  EnergyReading,
  EnergySource,
  OpenedSources,
  Unreadable,
} from '../../native-bindings/energy-source.ts';
import { openKind, openSources } from '../../native-bindings/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

export interface SourceSet {
  readonly sources: readonly EnergySource[];
  readonly missing: readonly Unreadable[];
  /** Resolves when the counters are open, or after some seconds without those that hang. Opens on the first call. */
  ready(): Promise<void>;
  /** For counters that are made, not found: the CPU time of an engine's process. */
  add(source: EnergySource): void;
  remove(source: EnergySource): void;
  /** Reads every source once, side by side. A source that hangs is given up for this time. */
  readAll(): Promise<ReadonlyMap<EnergySource, EnergyReading | Unreadable>>;
  /** The processes that compute on a source's device; undefined when that can't be known. */
  processesOf(source: EnergySource): Promise<readonly number[] | undefined>;
  /** No call runs: lets hardware sleep. */
  rest(): void;
  close(): Promise<void>;
}

const openMilliseconds = 5000;
const readMilliseconds = 2000;
const reopenNanoseconds = 10_000_000_000n;

export function createSourceSet(options: {
  readonly roots: CounterRoots;
  readonly clock: Clock;
  readonly log: Log;
  /** Replaces the real list of openers in tests. */
  readonly open?: typeof openSources;
  /** While there is no counter at all, they are looked for again now and then: an exporter may start later than we. */
  readonly reopens?: boolean;
}): SourceSet {
  const { roots, clock, log } = options;
  const open = options.open ?? openSources;
  const now = (): bigint => clock.nowNanoseconds();
  const sources: EnergySource[] = [];
  const missing: Unreadable[] = [];
  const stuck = new Set<EnergySource>();
  let opening: Promise<void> | undefined;
  let isOpen = false;
  let openedNanoseconds = 0n;
  let closed = false;

  const take = (found: OpenedSources): void => {
    if (closed) for (const source of found.sources) source.close();
    else {
      sources.push(...found.sources);
      missing.push(...found.missing);
    }
  };

  /** A card that slept when we looked may be awake now: the engine woke it, not we. */
  const openWoken = async (): Promise<void> => {
    const asleep = missing.filter((one) => one.reason === 'asleep');
    for (const kind of new Set(asleep.map(({ sourceId }) => kindOf(sourceId)))) {
      const found = await withTimeout(openKind(kind, roots, now), readMilliseconds, clock);
      if (found === undefined) continue;
      const isOld = (one: { readonly id: string }): boolean => sources.some(({ id }) => id === one.id);
      for (const source of found.sources.filter(isOld)) source.close();
      missing.splice(0, missing.length, ...missing.filter((one) => kindOf(one.sourceId) !== kind));
      take({ sources: found.sources.filter((one) => !isOld(one)), missing: found.missing });
    }
  };

  const readOne = async (source: EnergySource): Promise<EnergyReading | Unreadable> => {
    const sourceId = source.id;
    const hangs = {
      sourceId,
      reason: 'failed',
      why: `${source.label} did not answer within ${readMilliseconds / 1000} s`,
    } as const;
    if (stuck.has(source)) return hangs;
    stuck.add(source);
    const reading = source
      .read()
      .catch((error: unknown): Unreadable => ({ sourceId, reason: 'failed', why: `${source.label}: ${String(error)}` }))
      .finally(() => stuck.delete(source));
    return (await withTimeout(reading, readMilliseconds, clock)) ?? hangs;
  };

  return {
    sources,
    missing,
    async ready() {
      if (options.reopens && isOpen && sources.length === 0 && now() - openedNanoseconds > reopenNanoseconds) {
        isOpen = false;
        opening = undefined;
        missing.splice(0);
      }
      if (isOpen) return;
      if (opening === undefined) openedNanoseconds = now();
      opening ??= open(roots, now, log).then(take, (error: unknown) => {
        log.error({ error }, 'opening the energy counters failed');
      });
      await withTimeout(opening, openMilliseconds, clock);
      // What hangs longer comes in when it answers; nobody waits for it a second time.
      isOpen = true;
    },
    add(source) {
      sources.push(source);
    },
    remove(source) {
      const index = sources.indexOf(source);
      if (index !== -1) sources.splice(index, 1);
      source.close();
    },
    async readAll() {
      await openWoken();
      const list = [...sources];
      const readings = await Promise.all(list.map(readOne));
      return new Map(list.map((source, index) => [source, readings[index] ?? gone(source)]));
    },
    async processesOf(source) {
      const asked = source.processes?.().catch(() => undefined);
      const answer = asked === undefined ? undefined : await withTimeout(asked, readMilliseconds, clock);
      return answer === undefined || 'reason' in answer ? undefined : answer;
    },
    rest() {
      for (const source of sources) source.rest?.();
    },
    async close() {
      closed = true;
      for (const source of sources.splice(0)) source.close();
    },
  };
}

/** `amdgpu` of `amdgpu:0000:03:00.0`. */
function kindOf(sourceId: string): string {
  return sourceId.split(':')[0] ?? sourceId;
}

function gone(source: EnergySource): Unreadable {
  return { sourceId: source.id, reason: 'gone', why: `${source.label} was closed` };
}

/** Undefined when the time is up first. The timer ends with the promise, and never keeps the process alive. */
async function withTimeout<T>(promise: Promise<T>, milliseconds: number, clock: Clock): Promise<T | undefined> {
  const stop = new AbortController();
  const timeout = clock.sleep(milliseconds, stop.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    stop.abort();
  }
}
