// What it costs to start a command in the sandbox: `true` inside it and without it, in turns in the same minute, and the ratio.
//
//   npx tsx test/bench/sandbox.ts [rounds]

import { spawn } from 'node:child_process';
import { secondsBetween, systemClock } from '../../server/base/clock.ts';
import { createSandbox } from '../../server/sandbox/sandbox.ts';
import { summarise } from './statistics.ts';

const rounds = Number(process.argv[2] ?? 50);
const sandbox = createSandbox({ clock: systemClock, hidden: [], readable: [] });
const never = new AbortController().signal;

const inside = async (): Promise<void> => {
  const result = await sandbox.execute({ command: ['true'], files: [] }, never);
  if (result.kind !== 'ran' || result.exitCode !== 0) throw new Error(JSON.stringify(result));
};

const outside = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn('true', [], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.once('error', reject);
    child.once('close', () => resolve());
  });

async function millisecondsOf(work: () => Promise<void>): Promise<number> {
  const start = systemClock.nowNanoseconds();
  await work();
  return secondsBetween(start, systemClock.nowNanoseconds()) * 1000;
}

await inside(); // tries once whether there is a sandbox at all
const samples: { inside: number; outside: number }[] = [];
for (let round = 0; round < rounds; round++)
  samples.push({ outside: await millisecondsOf(outside), inside: await millisecondsOf(inside) });
const walled = summarise(samples.map((sample) => sample.inside));
const plain = summarise(samples.map((sample) => sample.outside));
console.log(`${rounds} rounds of "true", in turns`);
for (const [name, row] of [
  ['in the sandbox', walled],
  ['without it', plain],
] as const)
  console.log(`${name}: p50 ${row.median.toFixed(1)} ms, p99 ${row.p99.toFixed(1)} ms, ± ${row.spread.toFixed(1)} ms`);
console.log(`ratio of the medians: ${(walled.median / plain.median).toFixed(1)}`);
