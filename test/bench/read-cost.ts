// What one read of each kind of counter costs on our side, beside a bare readSync in the same minute. Files are fixtures and NVML is a
// stub, so the hardware's own part is not in it.
//
//   npx tsx test/bench/read-cost.ts [--json FILE]

import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openSources } from '../../native-bindings/index.ts';
import { addCard, gpuMetrics } from '../support/drm-tree.ts';
import { makeMachine } from '../support/powercap-tree.ts';
import { makeStubNvml } from '../support/stub-nvml.ts';
import { pause } from './proc.ts';
import { summarise } from './statistics.ts';

const reads = 3000;
const samplingSeconds = 5;
const { values } = parseArgs({ options: { json: { type: 'string' } } });

const stub = makeStubNvml();
stub?.script({ 'energy.0': 5000 });
const zone = { folder: 'intel-rapl:0', name: 'package-0', microjoules: 5n };
const machine = makeMachine({ zones: [zone], nvmlLibraries: stub === undefined ? [] : [stub.library] });
addCard(machine.roots, { vendor: 'intel', hwmon: 'xe', sensors: { energy1_input: 5n } });
addCard(machine.roots, {
  vendor: 'amd',
  number: 1,
  hwmon: 'amdgpu',
  sensors: { power1_input: 5_000_000n },
  metrics: gpuMetrics({ format: 1, content: 3, size: 120 }, { offset: 24, counts: 5n }),
});
const { sources } = await openSources(machine.roots, process.hrtime.bigint);

const rows: Record<string, object> = {
  'bare readSync': await cost(bareRead(join(machine.path(zone.folder), 'energy_uj'))),
};
for (const source of sources) rows[source.id] = await cost(() => source.read());
rows['nothing, the same watch on the event loop'] = await sampled(undefined);
for (const hertz of [10, 100]) rows[`all, ${hertz} times a second`] = await sampled(hertz);
for (const source of sources) source.close();
console.table(rows);
if (values.json !== undefined) {
  const head = {
    at: new Date().toISOString(),
    command: 'npx tsx test/bench/read-cost.ts --json FILE',
    node: process.version,
  };
  writeFileSync(values.json, `${JSON.stringify({ ...head, rows }, undefined, 2)}\n`);
}

function bareRead(path: string): () => number {
  const [descriptor, buffer] = [openSync(path, 'r'), Buffer.alloc(32)];
  process.once('exit', () => closeSync(descriptor));
  return () => readSync(descriptor, buffer, 0, buffer.length, 0);
}

/** Nanoseconds as the caller waits for them; `blocking` is the part that holds the main thread before it can go on. */
async function cost(read: () => unknown): Promise<object> {
  const [waited, blocked]: [number[], number[]] = [[], []];
  for (let index = -reads / 10; index < reads; index++) {
    const before = process.hrtime.bigint();
    const pending = read();
    const returned = process.hrtime.bigint();
    await pending;
    const after = process.hrtime.bigint();
    if (index < 0) continue;
    waited.push(Number(after - before));
    blocked.push(Number(returned - before));
  }
  const [whole, own] = [summarise(waited), summarise(blocked)];
  return {
    medianNanoseconds: whole.median,
    p99Nanoseconds: whole.p99,
    blockingMedian: own.median,
    blockingP99: own.p99,
  };
}

/** @param hertz undefined: no reads, for what the watch itself costs. */
async function sampled(hertz: number | undefined): Promise<object> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [start, used] = [performance.now(), process.cpuUsage()];
  const readAll = (): void => void Promise.all(sources.map((source) => source.read()));
  const timer = hertz === undefined ? undefined : setInterval(readAll, 1000 / hertz);
  await pause(samplingSeconds);
  clearInterval(timer);
  const spent = process.cpuUsage(used);
  delay.disable();
  return {
    percentOfACore: ((spent.user + spent.system) / 1000 / (performance.now() - start)) * 100,
    eventLoopDelayP99Milliseconds: delay.percentile(99) / 1e6,
  };
}
