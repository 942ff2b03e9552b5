// What metering costs in CPU time: a call with counters to read beside the same call with none, and an idle server with a
// document open. The card is the stub NVML and the package is a tree of files, so this is the cost of our side alone.

import { renameSync, writeFileSync } from 'node:fs';
import { makeStubNvml } from '../support/stub-nvml.ts';
import { bigPython } from './big-files.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { cpuTimes, pause } from './proc.ts';
import { type BenchContext, type Benchmark, figure, type Row } from './row.ts';
import { summarise } from './statistics.ts';
import { type BenchSession, type BenchWorld, createBenchWorld } from './world.ts';

const seconds = 10;
/** V8 collects what the opening left behind up to half a minute later, once per isolate; on the floor too. */
const settlingSeconds = 45;
const callAimPercent = 0.3;
/** "0 when idle": less than this is the clock's and the garbage collector's. */
const idleAimPercent = 0.1;
const file = bigPython(200);

export const meteringCost: Benchmark = {
  name: 'metering',
  what: 'share of a core that metering takes while a call runs, and the server when idle',
  async run(context) {
    const engine = await startEngineProcess({ text: file.answer, millisecondsPerPiece: 10, slots: 2 });
    const nvml = makeStubNvml();
    const script = process.env.JOULE_STUB_NVML ?? '';
    const card = nvml === undefined ? {} : { JOULE_LS_NVML: nvml.library, JOULE_STUB_NVML: script };
    const worlds = {
      metered: createBenchWorld({ ollamaUrl: engine.url, zones: ['package-0', 'dram'], env: card }),
      blind: createBenchWorld({ ollamaUrl: engine.url, zones: [] }),
    };
    let millijoules = 1000;
    const spend = (): void => {
      millijoules += 2000;
      for (const zone of ['intel-rapl:0', 'intel-rapl:1'])
        worlds.metered.machine.set(zone, BigInt(millijoules) * 1000n);
      if (nvml !== undefined) replaceFile(script, cardAt(millijoules));
    };
    spend();
    const spending = setInterval(spend, 100);
    try {
      return [await whileIdle(context, worlds.metered), await duringCalls(context, worlds, engine)];
    } finally {
      clearInterval(spending);
      engine.stop();
      for (const world of Object.values(worlds)) world.remove();
    }
  },
};

/** The stub reads its script at every call: a half-written one would be a driver without a card. */
function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

function cardAt(millijoules: number): string {
  const entries = {
    devices: 1,
    driver: '580.00',
    'name.0': 'Stub',
    'uuid.0': 'GPU-00000000-0000-0000-0000-000000000000',
    'architecture.0': 9,
    'energy.0': millijoules,
    'power.0': 20_000,
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key} ${value}\n`)
    .join('');
}

async function whileIdle({ server, floor, runs = 3, say }: BenchContext, world: BenchWorld): Promise<Row> {
  const [ours, bare] = [await world.open(server), await world.open(floor)];
  const uri = world.uri(file.name);
  for (const { client } of [ours, bare]) client.openDocument(uri, file.languageId, file.text);
  await ours.client.ready(uri);
  say(`idle, settling for ${settlingSeconds} s`);
  const settling = await percentOfACore(ours.pid, settlingSeconds);
  const samples = { ours: [] as number[], bare: [] as number[] };
  for (let run = 0; run < runs; run++) {
    say(`idle, ${seconds} s, ${run + 1} of ${runs}`);
    const [own, floorShare] = await Promise.all([percentOfACore(ours.pid), percentOfACore(bare.pid)]);
    samples.ours.push(own);
    samples.bare.push(floorShare);
  }
  await Promise.all([ours.close(), bare.close()]);
  const [own, idleFloor] = [summarise(samples.ours), summarise(samples.bare)];
  return {
    name: 'CPU when idle, a document open',
    aim: `0 (< ${idleAimPercent} % of a core)`,
    got: `${figure(own.median)} % (floor ${figure(idleFloor.median)})`,
    met: own.median < idleAimPercent,
    figures: { percentOfACore: own, floorPercentOfACore: idleFloor, whileSettlingPercentOfACore: settling },
  };
}

interface Worlds {
  readonly metered: BenchWorld;
  readonly blind: BenchWorld;
}

/** Both servers stream the same answer in the same seconds, so that what else the machine does weighs on both. */
async function duringCalls(context: BenchContext, worlds: Worlds, engine: EngineProcess): Promise<Row> {
  const { server, runs = 8, say } = context;
  const sessions = [await worlds.metered.open(server), await worlds.blind.open(server)] as const;
  const [metered, blind]: [number[], number[]] = [[], []];
  let lastReport = '';
  for (let run = -1; run < runs; run++) {
    say(`a call with and without counters, ${seconds} s, ${run < 0 ? 'warm-up' : `${run + 1} of ${runs}`}`);
    const heard = (await engine.heard()).length;
    const calls = [
      await startCall(sessions[0], worlds.metered.uri(file.name)),
      await startCall(sessions[1], worlds.blind.uri(file.name)),
    ] as const;
    await Promise.all([engine.sent(heard, 50), engine.sent(heard + 1, 50)]);
    const [own, without] = await Promise.all([percentOfACore(sessions[0].pid), percentOfACore(sessions[1].pid)]);
    lastReport = await calls[0].stop();
    await calls[1].stop();
    if (run < 0) continue;
    metered.push(own);
    blind.push(without);
  }
  await Promise.all(sessions.map((session) => session.close()));
  const difference = summarise(metered.map((one, index) => one - (blind[index] ?? Number.NaN)));
  const [withCounters, without] = [summarise(metered), summarise(blind)];
  return {
    name: 'metering while a call runs (stub card, package and DRAM files)',
    aim: `≤ ${callAimPercent} % of a core`,
    got: `${figure(difference.median)} ± ${figure(difference.spread)} % (${figure(withCounters.median)} with, ${figure(without.median)} without counters)`,
    met: difference.median <= callAimPercent,
    figures: {
      differencePercentOfACore: difference,
      meteredPercentOfACore: withCounters,
      blindPercentOfACore: without,
      lastReport,
    },
  };
}

/** Starts a job; `stop` cancels it and returns the last thing it reported. */
async function startCall({ client }: BenchSession, uri: string): Promise<{ stop(): Promise<string> }> {
  client.openDocument(uri, file.languageId, file.text);
  await client.ready(uri);
  const place = { line: file.stubLine, character: 6 };
  const actions = await client.codeActions(uri, { start: place, end: place });
  const { jobId } = await client.runAction(actions.find(({ title }) => title.startsWith('joule: Implement')));
  if (jobId === undefined) throw new Error(`no job was started: ${client.messages.at(-1)?.message}`);
  return {
    async stop() {
      const record = client.progress.at(-1);
      if (record === undefined || record.end !== undefined)
        throw new Error(`the call ended before the measurement: ${record?.end?.message}`);
      client.cancelProgress(record.token);
      await client.waitForJobEnd(jobId);
      client.closeDocument(uri);
      return record.reports.at(-1)?.message ?? '';
    },
  };
}

async function percentOfACore(pid: number, duration = seconds): Promise<number> {
  const [start, ran] = [performance.now(), cpuTimes(pid).ranSeconds];
  await pause(duration);
  return ((cpuTimes(pid).ranSeconds - ran) / ((performance.now() - start) / 1000)) * 100;
}
