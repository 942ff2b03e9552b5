// What metering costs in CPU time: a call with counters to read beside the same call with none, and an idle server with a
// document open. The card is the stub NVML and the package is a tree of files, so this is the cost of our side alone.

import { makeStubNvml } from '../support/stub-nvml.ts';
import { bigPython } from './big-files.ts';
import { type EngineProcess, startEngineProcess } from './engine-process.ts';
import { cpuTimes, mainThreadTimes, pause } from './proc.ts';
import { type BenchContext, type Benchmark, figure, type Row } from './row.ts';
import { type Summary, summarise } from './statistics.ts';
import { type BenchSession, type BenchWorld, createBenchWorld } from './world.ts';

const seconds = 10;
const callAimPercent = 0.3;
/** "0 when idle": less than this is the clock's and the garbage collector's. */
const idleAimPercent = 0.1;
const file = bigPython(200);

export const meteringCost: Benchmark = {
  name: 'metering',
  what: 'share of a core that metering takes while a call runs, and the server when idle',
  async run(context) {
    const engine = await startEngineProcess({ text: file.answer, millisecondsPerPiece: 10 });
    const nvml = makeStubNvml();
    nvml?.script({
      devices: 1,
      driver: '580.00',
      'name.0': 'Stub',
      'uuid.0': 'GPU-00000000-0000-0000-0000-000000000000',
      'architecture.0': 9,
      'energy.0': 5000,
      'power.0': 250_000,
    });
    const card =
      nvml === undefined ? {} : { JOULE_LS_NVML: nvml.library, JOULE_STUB_NVML: process.env.JOULE_STUB_NVML };
    const worlds = {
      metered: createBenchWorld({ ollamaUrl: engine.url, zones: ['package-0', 'dram'], env: card }),
      blind: createBenchWorld({ ollamaUrl: engine.url, zones: [] }),
    };
    try {
      return [await whileIdle(context, worlds.metered), await duringCalls(context, worlds, engine)];
    } finally {
      engine.stop();
      for (const world of Object.values(worlds)) world.remove();
    }
  },
};

async function whileIdle({ server, floor, runs = 3, say }: BenchContext, world: BenchWorld): Promise<Row> {
  const [ours, bare] = [await world.open(server), await world.open(floor)];
  const uri = world.uri(file.name);
  for (const { client } of [ours, bare]) client.openDocument(uri, file.languageId, file.text);
  await ours.client.ready(uri);
  await pause(3);
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
    figures: { percentOfACore: own, floorPercentOfACore: idleFloor },
  };
}

interface Worlds {
  readonly metered: BenchWorld;
  readonly blind: BenchWorld;
}

async function duringCalls(context: BenchContext, worlds: Worlds, engine: EngineProcess): Promise<Row> {
  const { server, runs = 3, say } = context;
  const [metered, blind] = [await worlds.metered.open(server), await worlds.blind.open(server)];
  const percent = { metered: [] as number[], blind: [] as number[] };
  const main = { metered: [] as number[], blind: [] as number[] };
  let sources = '';
  for (let run = -1; run < runs; run++) {
    for (const [name, session] of [
      ['metered', metered],
      ['blind', blind],
    ] as const) {
      say(
        `a call ${name === 'metered' ? 'with' : 'without'} counters, ${run < 0 ? 'warm-up' : `${run + 1} of ${runs}`}`,
      );
      const measured = await duringOneCall(session, worlds[name].uri(file.name), engine);
      if (name === 'metered') sources = measured.lastReport;
      if (run < 0) continue;
      percent[name].push(measured.all);
      main[name].push(measured.main);
    }
  }
  await Promise.all([metered.close(), blind.close()]);
  const difference = summarise(percent.metered.map((one, index) => one - (percent.blind[index] ?? Number.NaN)));
  const [withCounters, without]: [Summary, Summary] = [summarise(percent.metered), summarise(percent.blind)];
  return {
    name: 'metering while a call runs (stub card, package and DRAM files)',
    aim: `≤ ${callAimPercent} % of a core`,
    got: `${figure(difference.median)} ± ${figure(difference.spread)} % (${figure(withCounters.median)} with, ${figure(without.median)} without counters)`,
    met: difference.median <= callAimPercent,
    figures: {
      differencePercentOfACore: difference,
      meteredPercentOfACore: withCounters,
      blindPercentOfACore: without,
      meteredMainThreadPercent: summarise(main.metered),
      blindMainThreadPercent: summarise(main.blind),
      lastReport: sources,
    },
  };
}

async function duringOneCall(
  { client, pid }: BenchSession,
  uri: string,
  engine: EngineProcess,
): Promise<{ all: number; main: number; lastReport: string }> {
  client.openDocument(uri, file.languageId, file.text);
  await client.ready(uri);
  const index = (await engine.heard()).length;
  const place = { line: file.stubLine, character: 6 };
  const actions = await client.codeActions(uri, { start: place, end: place });
  const { jobId } = await client.runAction(actions.find(({ title }) => title.startsWith('joule: Implement')));
  if (jobId === undefined) throw new Error(`no job was started: ${client.messages.at(-1)?.message}`);
  await engine.sent(index, 50);
  const before = mainThreadTimes(pid).ranSeconds;
  const all = await percentOfACore(pid);
  const main = ((mainThreadTimes(pid).ranSeconds - before) / seconds) * 100;
  const record = client.progress.at(-1);
  if (record === undefined || record.end !== undefined)
    throw new Error(`the call ended before the measurement: ${record?.end?.message}`);
  client.cancelProgress(record.token);
  await client.waitForJobEnd(jobId);
  client.closeDocument(uri);
  return { all, main, lastReport: record.reports.at(-1)?.message ?? '' };
}

async function percentOfACore(pid: number): Promise<number> {
  const [start, ran] = [performance.now(), cpuTimes(pid).ranSeconds];
  await pause(seconds);
  return ((cpuTimes(pid).ranSeconds - ran) / ((performance.now() - start) / 1000)) * 100;
}
