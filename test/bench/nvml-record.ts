// A record of our NVIDIA counter on real hardware, beside `nvidia-smi`'s power added up over the same time: idle, under load, and in
// twenty windows from 50 ms to 10 s of that load. Without a card it says so, writes nothing and fails.
//
//   npx tsx test/bench/nvml-record.ts --load COMMAND [--json FILE]
//
// COMMAND keeps the card busy for the whole minute of load, e.g. an engine that writes a long answer.

import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type EnergyReading, type EnergySource, isUnreadable } from '../../native-bindings/energy-source.ts';
import { nvml } from '../../native-bindings/nvml.ts';
import { defaultRoots } from '../../native-bindings/roots.ts';
import { pause } from './proc.ts';

const { values } = parseArgs({
  options: {
    load: { type: 'string' },
    json: { type: 'string' },
    /** Shorter for trying the command itself on a stub; such a record says so by its own numbers. */
    seconds: { type: 'string', default: '60' },
    'nvidia-smi': { type: 'string', default: 'nvidia-smi' },
  },
});
const seconds = Number(values.seconds);
const windowSeconds = Array.from({ length: 20 }, (_, index) => (0.05 * 200 ** (index / 19) * seconds) / 60);
const now = (): bigint => process.hrtime.bigint();

interface Sample {
  readonly atNanoseconds: bigint;
  readonly watts: number;
}

interface Window {
  readonly seconds: number;
  readonly counterJoules: number;
  /** One refresh of the counter at each edge, at the power of the window. */
  readonly plusMinusJoules: number;
  readonly integratedJoules: number | undefined;
  readonly powerSamples: number;
}

const { sources, missing } = await nvml.open(defaultRoots(process.env), now);
const [source] = sources;
if (source === undefined) {
  console.log(`NOT RUN: ${missing.map(({ why }) => why).join('; ')}`);
  process.exitCode = 2;
} else if (values.load === undefined) {
  console.log('NOT RUN: --load COMMAND is needed, which keeps the card busy');
  process.exitCode = 2;
} else await record(source, values.load);
for (const one of sources) one.close();

async function record(card: EnergySource, load: string): Promise<void> {
  const samples: Sample[] = [];
  const smi = watchPower(card.details?.uuid ?? '', samples);
  let busy: ChildProcess | undefined;
  try {
    await pause(Math.min(2, seconds / 10));
    const idle = await measure(card, seconds, samples);
    busy = spawn('sh', ['-c', `exec ${load}`], { stdio: 'ignore', detached: true });
    await pause(seconds / 12);
    const whole = measure(card, seconds, samples);
    const windows: Window[] = [];
    for (const length of windowSeconds) windows.push(await measure(card, length, samples));
    const underLoad = await whole;
    if (busy.exitCode !== null) console.log('WARNING: the load ended before the measurement');
    const findings = {
      at: new Date().toISOString(),
      command: `npx tsx test/bench/nvml-record.ts ${process.argv.slice(2).join(' ')}`,
      card: card.label,
      method: card.method,
      driver: card.details?.driver,
      read: card.details?.read,
      idle,
      underLoad,
      windows,
    };
    console.table([idle, underLoad, ...windows]);
    const file = values.json ?? `test/records/nvml-${findings.at.slice(0, 10)}.json`;
    writeFileSync(file, `${JSON.stringify(findings, undefined, 2)}\n`);
    console.log(`written to ${file}`);
  } finally {
    smi.kill();
    // The load is a group of its own: what it started ends with it.
    if (busy?.pid !== undefined && busy.exitCode === null) process.kill(-busy.pid);
  }
}

async function measure(card: EnergySource, length: number, samples: readonly Sample[]): Promise<Window> {
  const before = await reading(card);
  await pause(length);
  const after = await reading(card);
  // Its last sample before the end is older than the end.
  await pause(0.3);
  if (before.epoch !== after.epoch) throw new Error(`the counter began anew: ${after.epochBegan?.why}`);
  const joules = Number(after.microjoules - before.microjoules) / 1e6;
  const lasted = Number(after.atNanoseconds - before.atNanoseconds) / 1e9;
  return {
    seconds: lasted,
    counterJoules: joules,
    plusMinusJoules: (2 * card.resolution.updateSeconds * joules) / lasted,
    ...integrate(samples, before.atNanoseconds, after.atNanoseconds),
  };
}

async function reading(card: EnergySource): Promise<EnergyReading> {
  const got = await card.read();
  if (isUnreadable(got)) throw new Error(got.why);
  return got;
}

/** Trapezoids between samples, cut at both ends by a straight line between neighbours. */
function integrate(
  samples: readonly Sample[],
  from: bigint,
  until: bigint,
): Pick<Window, 'integratedJoules' | 'powerSamples'> {
  let joules = 0;
  let covered = 0n;
  for (const [index, right] of samples.entries()) {
    const left = samples[index - 1];
    if (left === undefined) continue;
    const start = left.atNanoseconds > from ? left.atNanoseconds : from;
    const end = right.atNanoseconds < until ? right.atNanoseconds : until;
    if (end <= start) continue;
    const span = Number(right.atNanoseconds - left.atNanoseconds);
    const wattsAt = (at: bigint): number =>
      left.watts + ((right.watts - left.watts) * Number(at - left.atNanoseconds)) / span;
    joules += ((wattsAt(start) + wattsAt(end)) / 2) * (Number(end - start) / 1e9);
    covered += end - start;
  }
  const powerSamples = samples.filter(({ atNanoseconds: at }) => at >= from && at <= until).length;
  return { integratedJoules: covered === until - from ? joules : undefined, powerSamples };
}

function watchPower(uuid: string, samples: Sample[]): ChildProcess {
  const query = ['-i', uuid, '--query-gpu=power.draw', '--format=csv,noheader,nounits', '-lms', '50'];
  const child = spawn(values['nvidia-smi'], query, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.once('error', (error) => console.log(`WARNING: no nvidia-smi to compare with: ${error.message}`));
  createInterface(child.stdout).on('line', (line) => {
    const watts = Number(line.trim());
    if (line.trim() !== '' && Number.isFinite(watts)) samples.push({ atNanoseconds: now(), watts });
  });
  return child;
}
