// Counters of another machine, read from its exporter's page. One request serves all counters that are read together.
// Knows pages and counters; what the counters are called stands in metric-rows.ts.

import type { EnergyReading, EnergySource, OpenedSources, Unreadable } from '../../../native-bindings/energy-source.ts';
import { createGrowingCounter, type Growth } from '../../../native-bindings/growing-counter.ts';
import type { Clock } from '../../base/clock.ts';
import { type CounterSample, readCounterPage } from './counter-samples.ts';
import { type Endpoint, httpGet } from './http-get.ts';
import { createShared } from './shared.ts';

export interface PrometheusOptions {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  /** Where the exporter was started with another interval than its default. */
  readonly refreshSeconds?: number | undefined;
}

/** No card or socket draws more. A faster counter is not believed. */
export const capWatts = 10_000;

interface Page {
  readonly counters: ReadonlyMap<string, CounterSample>;
  readonly atNanoseconds: bigint;
  readonly spreadNanoseconds: bigint;
}

/** Asks once to learn which counters there are. Never rejects. */
export async function openPrometheus(options: PrometheusOptions, now: () => bigint): Promise<OpenedSources> {
  const { name } = options.endpoint;
  const load = createShared(() => loadPage(options, now));
  const page = await load();
  if ('reason' in page) return { sources: [], missing: [page] };
  return {
    sources: [...page.counters.values()].map((counter) => sourceOf(counter, { ...options, load, name })),
    missing: [],
  };
}

async function loadPage({ endpoint, clock }: PrometheusOptions, now: () => bigint): Promise<Page | Unreadable> {
  const { name, url } = endpoint;
  const before = now();
  const got = await httpGet(endpoint, `${url.pathname}${url.search}`, clock);
  const after = now();
  if (!got.ok) {
    const { ok: _, ...why } = got;
    return { sourceId: name, ...why };
  }
  const page = readCounterPage(got.text);
  if (!page.usable) {
    return { sourceId: name, reason: page.isExposition ? 'absent' : 'garbage', why: `${name}: ${page.why}` };
  }
  return {
    counters: new Map(page.counters.map((counter) => [counter.key, counter])),
    atNanoseconds: (before + after) / 2n,
    spreadNanoseconds: (after - before + 1n) / 2n,
  };
}

interface SourceOptions extends PrometheusOptions {
  readonly load: () => Promise<Page | Unreadable>;
  readonly name: string;
}

function sourceOf(
  { key, row, domain, label }: CounterSample,
  { load, name, refreshSeconds }: SourceOptions,
): EnergySource {
  const id = `${name}: ${key}`;
  const updateSeconds = refreshSeconds ?? row.refreshSeconds;
  const grow = createGrowingCounter({ numerator: 1n, denominator: 1n, capWatts, updateSeconds });
  const restarts = createRestarts();
  return {
    id,
    domain,
    method: 'counter',
    label: `${label} (${name})`,
    via: name,
    resolution: { microjoules: row.stepMicrojoules, updateSeconds },
    details: { exporter: row.exporter, metric: row.metric },
    async read(): Promise<EnergyReading | Unreadable> {
      const page = await load();
      if ('reason' in page) return { ...page, sourceId: id };
      const counter = page.counters.get(key);
      if (counter === undefined) return { sourceId: id, reason: 'gone', why: `${name} no longer shows ${key}` };
      if (counter.microjoules === undefined)
        return { sourceId: id, reason: 'garbage', why: `${name} shows no amount of energy for ${key}` };
      const { atNanoseconds, spreadNanoseconds } = page;
      const growth = grow(counter.microjoules, atNanoseconds);
      return { sourceId: id, ...restarts(growth, counter.created), atNanoseconds, spreadNanoseconds };
    },
    close() {},
  };
}

/** A counter that says when it began has begun anew when it says something else, even if it shows more than before. */
function createRestarts(): (growth: Growth, created: number | undefined) => Growth {
  let last: number | undefined;
  let restarts = 0;
  let because: Growth['epochBegan'];
  let lastEpoch = 0;
  return (growth, created) => {
    if (growth.epoch !== lastEpoch) because = growth.epochBegan;
    if (last !== undefined && created !== undefined && created !== last) {
      restarts += 1;
      because = { reason: 'reset', why: 'its exporter began to count anew' };
    }
    last = created ?? last;
    lastEpoch = growth.epoch;
    return {
      microjoules: growth.microjoules,
      epoch: growth.epoch + restarts,
      ...(because === undefined ? {} : { epochBegan: because }),
    };
  };
}
