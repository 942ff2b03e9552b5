// Counters of another machine through zeusd, which reads them at the moment it is asked: the best that is to be had remotely.
// Knows its two answers; sockets are http-get.ts.

import type {
  Domain,
  EnergyReading,
  EnergySource,
  OpenedSources,
  Unreadable,
} from '../../../native-bindings/energy-source.ts';
import { createGrowingCounter } from '../../../native-bindings/growing-counter.ts';
import type { Clock } from '../../base/clock.ts';
import { type Endpoint, httpGet } from './http-get.ts';
import { capWatts } from './prometheus.ts';
import { createShared } from './shared.ts';

/** One of its two lists of counters. */
interface Group {
  readonly path: string;
  /** Fields of one entry: what they count, in how many microjoules. */
  readonly fields: readonly { readonly field: string; readonly domain: Domain; readonly microjoules: bigint }[];
  readonly what: string;
  /** NVML's counter moves about ten times a second, RAPL's a thousand times. */
  readonly updateSeconds: number;
}

const groups: readonly Group[] = [
  {
    path: '/gpu/get_cumulative_energy',
    fields: [{ field: 'energy_mj', domain: 'gpu', microjoules: 1000n }],
    what: 'GPU',
    updateSeconds: 0.1,
  },
  {
    path: '/cpu/get_cumulative_energy?cpu=true&dram=true',
    fields: [
      { field: 'cpu_energy_uj', domain: 'package', microjoules: 1n },
      { field: 'dram_energy_uj', domain: 'dram', microjoules: 1n },
    ],
    what: 'CPU',
    updateSeconds: 0.001,
  },
];

interface Answer {
  /** By index and field. */
  readonly values: ReadonlyMap<string, bigint>;
  readonly atNanoseconds: bigint;
  readonly spreadNanoseconds: bigint;
}

/** zeusd guards its counters with scopes of the token and may run without GPUs: what it does not give is missing, with its reason. */
export async function openZeusd(endpoint: Endpoint, clock: Clock, now: () => bigint): Promise<OpenedSources> {
  const opened = await Promise.all(groups.map((group) => openGroup(group, { endpoint, clock, now })));
  return { sources: opened.flatMap((one) => one.sources), missing: opened.flatMap((one) => one.missing) };
}

interface Context {
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly now: () => bigint;
}

async function openGroup(group: Group, context: Context): Promise<OpenedSources> {
  const ask = createShared(() => askGroup(group, context));
  const first = await ask();
  if ('reason' in first) return { sources: [], missing: [first] };
  const sources = [...first.values.keys()].map((key) => sourceOf(key, group, { name: context.endpoint.name, ask }));
  return { sources, missing: [] };
}

async function askGroup(group: Group, { endpoint, clock, now }: Context): Promise<Answer | Unreadable> {
  const { name } = endpoint;
  const before = now();
  const got = await httpGet(endpoint, group.path, clock);
  const after = now();
  if (!got.ok) {
    const { ok: _, ...why } = got;
    return { sourceId: `${name}: ${group.what}`, ...why };
  }
  const values = readAnswer(got.text, group);
  if (values === undefined || values.size === 0) {
    const why = `${name} says nothing of ${group.what} energy that can be read`;
    return { sourceId: `${name}: ${group.what}`, reason: values === undefined ? 'garbage' : 'absent', why };
  }
  return { values, atNanoseconds: (before + after) / 2n, spreadNanoseconds: (after - before + 1n) / 2n };
}

/** Undefined when the text is not its answer. A counter that a device lacks is `null` there and left out here. */
function readAnswer(text: string, { fields }: Group): ReadonlyMap<string, bigint> | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return undefined;
  const values = new Map<string, bigint>();
  for (const [index, entry] of Object.entries(answer)) {
    if (!/^\d{1,4}$/.test(index) || typeof entry !== 'object' || entry === null) return undefined;
    for (const { field } of fields) {
      const value: unknown = (entry as Record<string, unknown>)[field];
      if (value === undefined || value === null) continue;
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) return undefined;
      values.set(`${index} ${field}`, BigInt(value));
    }
  }
  return values;
}

function sourceOf(
  key: string,
  group: Group,
  { name, ask }: { readonly name: string; readonly ask: () => Promise<Answer | Unreadable> },
): EnergySource {
  const [index = '', fieldName = ''] = key.split(' ');
  const { domain, microjoules } = group.fields.find((one) => one.field === fieldName) ?? unit;
  const id = `${name}: ${group.what} ${index} ${fieldName}`;
  // zeusd does not tell where its CPU counters wrap, so that going down is a reset.
  const grow = createGrowingCounter({
    numerator: microjoules,
    denominator: 1n,
    capWatts,
    updateSeconds: group.updateSeconds,
  });
  return {
    id,
    domain,
    method: 'counter',
    label: `${domain === 'dram' ? 'memory of CPU' : group.what} ${index} (${name})`,
    via: name,
    resolution: { microjoules: Number(microjoules), updateSeconds: group.updateSeconds },
    details: { exporter: 'zeusd' },
    async read(): Promise<EnergyReading | Unreadable> {
      const answer = await ask();
      if ('reason' in answer) return { ...answer, sourceId: id };
      const value = answer.values.get(key);
      if (value === undefined)
        return { sourceId: id, reason: 'gone', why: `${name} no longer shows ${group.what} ${index}` };
      const { atNanoseconds, spreadNanoseconds } = answer;
      return { sourceId: id, ...grow(value, atNanoseconds), atNanoseconds, spreadNanoseconds };
    },
    close() {},
  };
}

const unit = { domain: 'gpu', microjoules: 1n } as const;
