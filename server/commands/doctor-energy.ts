// The doctor's look at energy: every counter with its place, steps and cost of a read, what a total covers and what it leaves out, and
// idle power as the last calls knew it. Text and data only; opens nothing itself.

import { type EnergySource, totalDomains, type Unreadable } from '../../native-bindings/energy-source.ts';
import { oneLine } from '../base/escape.ts';
import { domainLabels, formatWatts } from '../energy/format.ts';
import type { Domain, IdleBaseline } from '../energy/joules.ts';
import type { EnergyMeter } from '../energy/port.ts';
import type { Receipt } from '../ledger/events.ts';

export type Inventory = Awaited<ReturnType<EnergyMeter['inventory']>>;

/** One counter as it answered just now. */
export interface CheckedSource {
  readonly source: EnergySource;
  /** Median of some reads. */
  readonly readMicroseconds: number;
  /** Why it does not answer although it could be opened. */
  readonly problem: Unreadable | undefined;
}

/** What no counter of a computer sees. */
export const neverCovered = ['losses of the power supply', 'fans', 'disks', 'the display'] as const;

const reads = 9;

/** Reads every counter some times, one after the other. */
export async function checkSources(
  sources: readonly EnergySource[],
  nowNanoseconds: () => bigint,
): Promise<readonly CheckedSource[]> {
  const checked: CheckedSource[] = [];
  for (const source of sources) {
    const microseconds: number[] = [];
    let problem: Unreadable | undefined;
    for (let read = 0; read < reads; read++) {
      const before = nowNanoseconds();
      const reading = await source.read();
      microseconds.push(Number(nowNanoseconds() - before) / 1000);
      problem = 'reason' in reading ? reading : undefined;
      // What fails may fail slowly.
      if (problem !== undefined) break;
    }
    microseconds.sort((a, b) => a - b);
    checked.push({ source, problem, readMicroseconds: microseconds[microseconds.length >> 1] ?? 0 });
  }
  return checked;
}

/** What the sum of all counters holds, and which of the usual parts it lacks. */
export function coverageOf(checked: readonly CheckedSource[]): {
  readonly covered: readonly Domain[];
  readonly apart: readonly Domain[];
  readonly notCovered: readonly string[];
} {
  const domains = [
    ...new Set(checked.flatMap(({ source, problem }) => (problem === undefined ? [source.domain] : []))),
  ];
  const counted = domains.filter((domain) => totalDomains.includes(domain));
  const covered = counted.length === 0 ? domains.filter((domain) => domain === 'battery') : counted;
  const lacks = (['package', 'dram', 'gpu'] as const).filter((domain) => !covered.includes(domain));
  const wholeMachine = covered.includes('battery');
  // A system on a chip holds processor and graphics.
  const notCovered = wholeMachine ? [] : lacks.filter((domain) => domain === 'dram' || !covered.includes('soc'));
  return {
    covered,
    apart: domains.filter((domain) => !covered.includes(domain)),
    notCovered: [...notCovered.map((domain) => domainLabels[domain]), ...(wholeMachine ? [] : neverCovered)],
  };
}

export interface KnownIdle extends IdleBaseline {
  /** When the call that knew it ran, ISO 8601. */
  readonly at: string;
}

/** Idle power by kind, each from the youngest receipt that has it. */
export function idleFrom(receipts: readonly Receipt[]): readonly KnownIdle[] {
  const found = new Map<string, KnownIdle>();
  for (const receipt of receipts)
    for (const { joules: energy } of receipt.calls)
      if (energy.idle !== undefined) found.set(energy.idle.kind, { ...energy.idle, at: receipt.at });
  return [...found.values()];
}

export interface EnergyFindings {
  readonly checked: readonly CheckedSource[];
  readonly missing: readonly Unreadable[];
  readonly idle: readonly KnownIdle[];
  /** Paths that were tried. */
  readonly looked: readonly string[];
}

export function energyLines(findings: EnergyFindings): string[] {
  const { checked, missing } = findings;
  const gaps = missing.flatMap((one) => [
    `  - ${one.sourceId}: ${oneLine(one.why, 300)}`,
    ...mendLines(one.mend).map((line) => `      ${line}`),
  ]);
  if (checked.length === 0)
    return [
      '  - nothing here can be measured; receipts will say "unknown" or give an estimate',
      ...gaps,
      `    looked at: ${findings.looked.join(', ')}`,
    ];
  return [...checked.flatMap(counterLines), ...gaps, ...coverageLines(findings), ...idleLines(findings)];
}

/** A mend of several commands, one a line. */
export function mendLines(mend: string | undefined): readonly string[] {
  return mend === undefined ? [] : mend.split(' && ');
}

function counterLines({ source, problem, readMicroseconds }: CheckedSource): string[] {
  const { domain, label, method, resolution, details, caveat } = source;
  const how = method === 'counter' ? 'hardware counter' : 'power added up over time';
  const head = `${domainLabels[domain]}: ${oneLine(label, 80)}, ${how}`;
  if (problem !== undefined) return [`  - ${head}, but ${oneLine(problem.why, 200)}`];
  const steps = `steps of ${formatStep(resolution.microjoules)}, refreshed every ${formatSeconds(resolution.updateSeconds)}`;
  const facts = Object.entries(details ?? {}).map(([name, value]) => `${name} ${oneLine(value, 120)}`);
  return [
    `  + ${head}, ${steps}`,
    `      ${[...facts, `a read takes ${formatSeconds(readMicroseconds / 1e6)}`].join(', ')}`,
    ...(caveat === undefined ? [] : [`      ${oneLine(caveat, 200)}`]),
  ];
}

function coverageLines({ checked }: EnergyFindings): string[] {
  const { covered, apart, notCovered } = coverageOf(checked);
  const names = (domains: readonly Domain[]): string => domains.map((domain) => domainLabels[domain]).join(', ');
  const all = checked.reduce((sum, one) => sum + one.readMicroseconds, 0);
  const added = checked.some(({ source }) => source.method === 'integrated-power');
  return [
    `    a total covers: ${names(covered) || 'nothing'}${apart.length === 0 ? '' : ` (shown apart, never added: ${names(apart)})`}`,
    ...(notCovered.length === 0 ? [] : [`    it leaves out: ${notCovered.join(', ')}`]),
    `    measuring costs ${formatSeconds(all / 1e6)} at each edge of a call and every ${added ? '0.5' : '30'} s while one runs; nothing when idle`,
  ];
}

function idleLines({ idle }: EnergyFindings): string[] {
  if (idle.length === 0)
    return ['    idle power: not known yet; it is learned in quiet gaps of at least 5 s between calls'];
  const words = {
    warm: 'with a model in memory',
    cold: 'without a model in memory',
    mixed: 'partly with a model in memory',
  };
  return idle.map(
    ({ kind, watts, plusMinusWatts, at }) =>
      `    idle power ${words[kind]}: ${formatWatts(watts)} ±${formatWatts(plusMinusWatts)} at ${at}`,
  );
}

function formatStep(microjoules: number): string {
  if (microjoules >= 1000) return `${Number((microjoules / 1000).toFixed(1))} mJ`;
  return `${Number(microjoules.toFixed(1))} µJ`;
}

function formatSeconds(seconds: number): string {
  if (seconds >= 1) return `${Number(seconds.toFixed(1))} s`;
  if (seconds >= 0.001) return `${Number((seconds * 1000).toFixed(1))} ms`;
  return seconds > 0.0005 ? 'less than 1 ms' : `${Math.max(1, Math.round(seconds * 1e6))} µs`;
}
