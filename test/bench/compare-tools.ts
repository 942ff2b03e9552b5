// Other tools on the same counters in the same run: who says how many joules, and where they part.
//
//   npx tsx test/bench/compare-tools.ts [--python PATH] [--json FILE]
//
// Needs Debian's prometheus-node-exporter, Python, and for pyJoules a user who may make mount namespaces. Without --python a virtual
// environment is made in a temporary folder and filled from PyPI.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isUnreadable, totalDomains } from '../../native-bindings/energy-source.ts';
import { openSources } from '../../native-bindings/index.ts';
import { canMount, makeDeviceTree } from '../support/device-tree.ts';
import { ManualClock } from '../support/manual-clock.ts';
import {
  type OtherTool,
  openNodeExporter,
  startPyJoules,
  startPynvml,
  type ToolReading,
} from '../support/other-tools.ts';
import { makeStubNvml } from '../support/stub-nvml.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';
import { type PowercapCase, powercapCases } from './compare-cases.ts';

const versions = { 'nvidia-ml-py': '13.615.71', pyJoules: '0.5.1' } as const;
const { values } = parseArgs({ options: { python: { type: 'string' }, json: { type: 'string' } } });
const python = values.python ?? makePython();
const rows = [...(await comparePowercap()), ...(await compareNvml())];
print(rows);
if (values.json !== undefined)
  writeFileSync(
    values.json,
    `${JSON.stringify(
      {
        at: new Date().toISOString(),
        command: 'npx tsx test/bench/compare-tools.ts --json FILE',
        versions: { ...versions, node_exporter: nodeExporterVersion() },
        rows,
      },
      undefined,
      2,
    )}\n`,
  );
process.exitCode = rows.every((row) => row.ours === row.truth) ? 0 : 1;

interface Row {
  readonly name: string;
  /** Joules, or why there is no figure. */
  readonly truth: string;
  readonly ours: string;
  readonly others: Readonly<Record<string, string>>;
  readonly remark?: string;
}

async function comparePowercap(): Promise<readonly Row[]> {
  const tools: Record<string, (sys: string) => Promise<OtherTool | undefined>> = { node_exporter: openNodeExporter };
  if (canMount()) tools.pyJoules = (sys) => startPyJoules(python, sys);
  const found: Row[] = [];
  for (const one of powercapCases) found.push(await runPowercapCase(one, tools));
  return found;
}

async function runPowercapCase(
  one: PowercapCase,
  tools: Readonly<Record<string, (sys: string) => Promise<OtherTool | undefined>>>,
): Promise<Row> {
  const tree = makeDeviceTree(one.zones, one.cpu);
  const clock = new ManualClock();
  const roots = {
    powercap: join(tree.sys, 'class/powercap'),
    msr: '/none',
    proc: tree.proc,
    sys: tree.sys,
    nvmlLibraries: [],
  };
  const { sources } = await openSources(roots, () => clock.nowNanoseconds());
  const counted = sources.filter(({ domain }) => totalDomains.includes(domain));
  const begun: [string, OtherTool | Error, ToolReading][] = [];
  for (const [name, start] of Object.entries(tools)) {
    const tool = await start(tree.sys).catch((error: unknown) => new Error(String(error)));
    if (tool === undefined) continue;
    begun.push([name, tool, tool instanceof Error ? { error: tool.message } : await tool.read()]);
  }
  const before = await Promise.all(counted.map((source) => source.read()));
  clock.advance(10_000);
  for (const [folder, microjoules] of Object.entries(one.after)) tree.set(folder, microjoules);
  const after = await Promise.all(counted.map((source) => source.read()));
  const others: Record<string, string> = {};
  for (const [name, tool, first] of begun) {
    const last = tool instanceof Error ? first : await tool.read();
    if (!(tool instanceof Error)) tool.stop();
    others[name] = name === 'pyJoules' ? plainDifference(first, last) : increase(first, last);
  }
  const remark = one.remark === undefined ? {} : { remark: one.remark };
  return {
    name: one.name,
    truth: one.truth === undefined ? 'unknown' : joules(one.truth),
    ours: ourJoules(before, after),
    others,
    ...remark,
  };
}

type OurReadings = readonly Awaited<ReturnType<Awaited<ReturnType<typeof openSources>>['sources'][number]['read']>>[];

/** The sum over all counters of the total; unknown when one of them does not know. */
function ourJoules(before: OurReadings, after: OurReadings): string {
  let microjoules = 0n;
  for (const [index, first] of before.entries()) {
    const last = after[index];
    if (last === undefined || isUnreadable(first) || isUnreadable(last) || first.epoch !== last.epoch) return 'unknown';
    microjoules += last.microjoules - first.microjoules;
  }
  return joules(Number(microjoules) / 1e6);
}

/** As a dashboard sums it: `sum(increase(…))` over packages and memory, where a decrease counts on from 0. */
function increase(before: ToolReading, after: ToolReading): string {
  if ('error' in before) return String(before.error);
  if ('error' in after) return String(after.error);
  const used = Object.entries(after).filter(([name]) => /^(package|dram)/.test(name));
  return joules(
    used.reduce((sum, [name, value]) => sum + (value < (before[name] ?? 0) ? value : value - (before[name] ?? 0)), 0),
  );
}

/** As pyJoules subtracts: whatever comes out. */
function plainDifference(before: ToolReading, after: ToolReading): string {
  if ('error' in before) return String(before.error);
  if ('error' in after) return String(after.error);
  const used = Object.entries(after).filter(([name]) => /^(package|dram|GPU)/i.test(name));
  if (used.length === 0) return 'no package';
  return joules(used.reduce((sum, [name, value]) => sum + value - (before[name] ?? 0), 0));
}

async function compareNvml(): Promise<readonly Row[]> {
  const stub = makeStubNvml();
  if (stub === undefined) return [];
  const card = { 'uuid.0': 'GPU-a', 'energy.0': 1_000_000 };
  const two = { ...card, devices: 2, 'uuid.1': 'GPU-b', 'energy.1': 500 };
  const cases: readonly [string, object, object, number | undefined, string?][] = [
    ['one card', card, { ...card, 'energy.0': 2_500_250 }, 1500.25],
    ['two cards', two, { ...two, 'energy.0': 1_060_000, 'energy.1': 40_500 }, 100],
    [
      'the driver was reloaded',
      card,
      { ...card, 'energy.0': 5000 },
      undefined,
      'a difference of raw values is negative',
    ],
    ['the card fell off the bus', card, { ...card, 'energy_error.0': 15 }, undefined, 'both say so'],
    [
      'more than hardware can draw',
      card,
      { ...card, 'energy.0': 9_000_000_000 },
      undefined,
      'the raw value is passed on',
    ],
  ];
  const found: Row[] = [];
  for (const [name, first, then, truth, remark] of cases) {
    const script = (entries: object): void => stub.script(entries as Record<string, string | number>);
    script(first);
    const clock = new ManualClock();
    const roots = { powercap: '/none', msr: '/none', proc: '/none', sys: '/none', nvmlLibraries: [stub.library] };
    const { sources } = await openSources(roots, () => clock.nowNanoseconds());
    const other = await startPynvml(python, stub);
    const begun = await other.read();
    const before = await Promise.all(sources.map((source) => source.read()));
    clock.advance(10_000);
    script(then);
    const after = await Promise.all(sources.map((source) => source.read()));
    const ended = await other.read();
    other.stop();
    for (const source of sources) source.close();
    found.push({
      name: `NVML: ${name}`,
      truth: truth === undefined ? 'unknown' : joules(truth),
      ours: ourJoules(before, after),
      others: { 'nvidia-ml-py': plainDifference(begun, ended) },
      ...(remark === undefined ? {} : { remark }),
    });
  }
  return found;
}

function joules(amount: number): string {
  return `${Number(amount.toFixed(4))} J`;
}

function print(table: readonly Row[]): void {
  for (const { name, truth, ours, others, remark } of table) {
    const said = Object.entries(others).map(([tool, value]) => `${tool} ${value}`);
    console.log(`${ours === truth ? 'ok  ' : 'BAD '} ${name}: flowed ${truth}, ours ${ours}, ${said.join(', ')}`);
    if (remark !== undefined) console.log(`       ${remark}`);
  }
}

function makePython(): string {
  const folder = join(makeTemporaryFolder('joule-python-'), 'venv');
  execFileSync('python3', ['-m', 'venv', folder]);
  const packages = Object.entries(versions).map(([name, version]) => `${name}==${version}`);
  execFileSync(join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]);
  return join(folder, 'bin/python');
}

function nodeExporterVersion(): string {
  return (
    /version (\S+)/.exec(execFileSync('prometheus-node-exporter', ['--version'], { encoding: 'utf8' }))?.[1] ??
    'unknown'
  );
}
