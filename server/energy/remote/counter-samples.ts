// From an exposition to the counters in it: units, domains, duplicates, what can't be used and why. Pure; knows no HTTP.

import type { Domain } from '../../../native-bindings/energy-source.ts';
import { oneLine } from '../../base/escape.ts';
import { readExposition, type Sample } from './exposition.ts';
import { type MetricRow, machineLabels, metricRows, mirroredPath, unusableMetrics } from './metric-rows.ts';

/** One counter as the exporter shows it now. */
export interface CounterSample {
  /** Unique on the page and the same from one reading to the next. */
  readonly key: string;
  readonly row: MetricRow;
  readonly domain: Domain;
  readonly label: string;
  /** Undefined when the value is no amount of energy. */
  readonly microjoules: bigint | undefined;
  /** When the exporter says that counting began; another value means that it began anew. */
  readonly created: number | undefined;
}

export type CounterPage =
  | { readonly usable: true; readonly counters: readonly CounterSample[] }
  /** `isExposition`: it is a page of metrics, only not of these. */
  | { readonly usable: false; readonly isExposition: boolean; readonly why: string };

/** Sixteen sockets with all their zones, and sixteen cards, are a hundred. Each is a source that is read at every edge. */
const mostCounters = 256;

/** 2^53 microjoules are 9 GJ: a kilowatt for a hundred days. Above, a float's steps are still far below a joule. */
const mostMicrojoules = 1e20;

/** @param text of a page of metrics, or of anything else. */
export function readCounterPage(text: string): CounterPage {
  const rows = new Map(metricRows.map((row) => [row.metric, row]));
  const created = new Map(metricRows.map((row) => [row.metric.replace(/_total$/, '_created'), row]));
  const unusable = (metric: string): string | undefined => unusableMetrics.find((one) => one.metric.test(metric))?.why;
  const page = readExposition(
    text,
    (metric) => rows.has(metric) || created.has(metric) || unusable(metric) !== undefined,
  );
  if (!page.isExposition)
    return { usable: false, isExposition: false, why: 'what answers there is no exporter of metrics' };
  const machine = severalMachines(page.samples);
  if (machine !== undefined) {
    const why = `the page shows several machines (${machine} differs), and nothing says which of them the engine's is`;
    return { usable: false, isExposition: true, why };
  }
  const beginnings = new Map<string, number>();
  for (const sample of page.samples) {
    const row = created.get(sample.metric);
    if (row !== undefined && !rows.has(sample.metric)) beginnings.set(keyOf(row, sample), sample.value);
  }
  const counters = new Map<string, CounterSample>();
  for (const sample of page.samples) {
    const row = rows.get(sample.metric);
    const domain = row && domainOf(row, sample);
    if (row === undefined || domain === undefined) continue;
    const key = keyOf(row, sample);
    const counter = {
      key,
      row,
      domain,
      label: labelOf(row, sample),
      microjoules: toMicrojoules(row, sample.value),
      created: beginnings.get(key),
    };
    const before = counters.get(key);
    // Repeats of one counter are one reading or two: the larger is the later.
    if (before === undefined || (counter.microjoules ?? 0n) > (before.microjoules ?? 0n)) counters.set(key, counter);
  }
  if (counters.size > mostCounters)
    return {
      usable: false,
      isExposition: true,
      why: `it shows ${counters.size} energy counters, more than a machine has`,
    };
  const kept = withoutDuplicates([...counters.values()]);
  if (kept.length > 0) return { usable: true, counters: kept };
  const known = [...new Set(metricRows.map((row) => row.exporter))].join(', ');
  const why =
    page.samples.map((sample) => unusable(sample.metric)).find((one) => one !== undefined) ??
    (page.badLines > 0
      ? 'its energy counters can not be read'
      : `it has none of the energy counters that are known here (${known})`);
  return { usable: false, isExposition: true, why };
}

function severalMachines(samples: readonly Sample[]): string | undefined {
  return machineLabels.find((label) => {
    const values = new Set(samples.map((sample) => sample.labels[label]).filter((value) => value !== undefined));
    return values.size > 1;
  });
}

/** One exporter for each domain, the first of the table; and no zone twice, through another interface to the same registers. */
function withoutDuplicates(counters: readonly CounterSample[]): readonly CounterSample[] {
  const order = [...new Set(metricRows.map((row) => row.exporter))];
  const rank = (counter: CounterSample): number => order.indexOf(counter.row.exporter);
  const isMirror = ({ key }: CounterSample): boolean => mirroredPath.test(key);
  return counters.filter((counter) => {
    const others = counters.filter((other) => other.domain === counter.domain);
    if (others.some((other) => rank(other) < rank(counter))) return false;
    return !isMirror(counter) || !others.some((other) => !isMirror(other) && rank(other) === rank(counter));
  });
}

function domainOf(row: MetricRow, { labels }: Sample): Domain | undefined {
  if (typeof row.domain === 'string') return row.domain;
  const value = labels[row.domain.label]?.toLowerCase().replace(/-\d+$/, '');
  return value !== undefined && Object.hasOwn(row.domain.values, value) ? row.domain.values[value] : undefined;
}

function keyOf(row: MetricRow, { labels }: Sample): string {
  const parts = row.key.map((name) => labels[name] ?? '').filter((value) => value !== '');
  return oneLine([row.metric, ...parts].join(' '), 200);
}

function labelOf(row: MetricRow, { labels }: Sample): string {
  const named = labels[row.label ?? row.key.at(-1) ?? ''];
  return named === undefined || named === '' ? row.metric : oneLine(named, 60);
}

function toMicrojoules(row: MetricRow, value: number): bigint | undefined {
  const microjoules = value * row.microjoulesPerUnit;
  return microjoules >= 0 && microjoules < mostMicrojoules ? BigInt(Math.round(microjoules)) : undefined;
}
