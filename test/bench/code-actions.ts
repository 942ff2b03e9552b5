// How fast the list of code actions comes on 10 000 lines while a job streams, and how long the server ever stops answering,
// also while the file is edited and parsed. The floor answers an empty list from the same open document.

import type { Diagnostic, Range } from 'vscode-languageserver/node';
import { type BigFile, bigPython, bigTypeScript } from './big-files.ts';
import { startEngineProcess } from './engine-process.ts';
import { mainThreadTimes, pause } from './proc.ts';
import { type Benchmark, figure, inMilliseconds, type Row } from './row.ts';
import { seeded, summarise } from './statistics.ts';
import { type BenchSession, createBenchWorld } from './world.ts';

const lines = 10_000;
const listAimMilliseconds = 5;
const gapAimMilliseconds = 50;
const requestsPerBlock = 50;
const pingEveryMilliseconds = 4;
const editsPerEpisode = 12;
/** A fast typist: twelve keys a second. */
const millisecondsBetweenEdits = 80;
/** Long enough for the parse of the last edit to arrive. */
const restSeconds = 1.5;

export const codeActions: Benchmark = {
  name: 'code-actions',
  what: 'the list on 10 000 lines while a job runs; the longest silence while the file is edited',
  async run({ server, floor, runs = 1000, say }) {
    const rows: Row[] = [];
    for (const file of [bigPython(lines), bigTypeScript(lines)]) {
      const engine = await startEngineProcess({ text: file.answer, millisecondsPerPiece: 20 });
      const world = createBenchWorld({ ollamaUrl: engine.url });
      try {
        const uri = world.uri(file.name);
        const configuration = { outputTokens: 65_536, contextTokens: 131_072 };
        const ours = await world.open(server, { configuration });
        const bare = await world.open(floor);
        for (const { client } of [ours, bare]) client.openDocument(uri, file.languageId, file.text);
        await ours.client.ready(uri);
        await startJob(ours, uri, file);
        await engine.sent(0, 20);
        say(`${file.languageId}: ${runs} lists while a job streams`);
        rows.push(await lists({ ours, bare, uri, file, runs }));
        say(`${file.languageId}: edits`);
        rows.push(await silences({ ours, bare, uri, file, runs }));
        await Promise.all([ours.close(), bare.close()]);
      } finally {
        engine.stop();
        world.remove();
      }
    }
    return rows;
  },
};

interface Bench {
  readonly ours: BenchSession;
  readonly bare: BenchSession;
  readonly uri: string;
  readonly file: BigFile;
  readonly runs: number;
}

async function startJob({ client }: BenchSession, uri: string, { stubLine }: BigFile): Promise<void> {
  const place = { line: stubLine, character: 6 };
  const actions = await client.codeActions(uri, { start: place, end: place });
  const action = actions.find(({ title }) => title.startsWith('joule: Implement'));
  const { jobId } = await client.runAction(action);
  if (jobId === undefined) throw new Error(`no job was started: ${client.messages.at(-1)?.message}`);
}

function assertJobRuns({ client }: BenchSession): void {
  const ended = client.progress.find(({ end }) => end !== undefined)?.end;
  if (ended !== undefined || client.progress.length === 0)
    throw new Error(`the job ended before the measurement: ${ended?.message ?? 'it never began'}`);
}

async function lists({ ours, bare, uri, file, runs }: Bench): Promise<Row> {
  const samples = { ours: [] as number[], bare: [] as number[] };
  let offered = 0;
  const random = seeded(1);
  for (let done = 0; done < runs; done += requestsPerBlock) {
    const places = Array.from({ length: requestsPerBlock }, () => placeIn(random));
    for (const [session, into] of [
      [ours, samples.ours],
      [bare, samples.bare],
    ] as const) {
      for (const { range, diagnostics } of places) {
        const start = performance.now();
        const actions = await session.client.codeActions(uri, range, { diagnostics });
        into.push(performance.now() - start);
        if (session === ours) offered += actions.length;
      }
    }
  }
  assertJobRuns(ours);
  const [own, floor] = [summarise(samples.ours), summarise(samples.bare)];
  return {
    name: `code action list, ${file.languageId}, ${lines} lines, a job running`,
    aim: `p99 ≤ ${listAimMilliseconds} ms`,
    got: `p50 ${figure(own.median)}, p99 ${figure(own.p99)} ms (floor ${figure(floor.median)}, ${figure(floor.p99)})`,
    met: own.p99 <= listAimMilliseconds,
    figures: {
      milliseconds: own,
      floorMilliseconds: floor,
      ratioOfMedians: own.median / floor.median,
      actionsPerList: offered / own.count,
    },
  };
}

/** A cursor mostly, sometimes a selection, sometimes on a diagnostic of another server. */
function placeIn(random: () => number): { range: Range; diagnostics: Diagnostic[] } {
  const line = Math.floor(random() * lines);
  const character = Math.floor(random() * 30);
  const kind = random();
  const length = kind < 0.2 ? Math.floor(random() * 20) : 0;
  const range = { start: { line, character }, end: { line: line + length, character } };
  const diagnostic: Diagnostic = { range, severity: 1, source: 'linter', message: 'something is wrong here' };
  return { range, diagnostics: kind > 0.8 ? [diagnostic] : [] };
}

async function silences({ ours, bare, uri, file, runs }: Bench): Promise<Row> {
  const episodes = Math.max(2, Math.round(runs / 250));
  const found = { ours: [] as Ping[], bare: [] as Ping[] };
  const random = seeded(2);
  for (let episode = 0; episode < episodes; episode++) {
    const columns = Array.from({ length: editsPerEpisode }, () => Math.floor(random() * lines));
    found.ours.push(...(await typeAndPing(ours, uri, columns)));
    found.bare.push(...(await typeAndPing(bare, uri, columns)));
  }
  assertJobRuns(ours);
  const worst = found.ours.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a));
  const worstBare = found.bare.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a));
  const [own, floor] = [summarise(found.ours.map(took)), summarise(found.bare.map(took))];
  const overAim = (pings: readonly Ping[]): number => pings.filter((ping) => took(ping) > gapAimMilliseconds).length;
  return {
    name: `longest silence, ${file.languageId}, ${lines} lines, typing while a job runs`,
    aim: `≤ ${gapAimMilliseconds} ms`,
    got: `${figure(worst.milliseconds)} ms, ${figure(worst.ranMilliseconds)} of it on a core (floor ${figure(worstBare.milliseconds)}, ${figure(worstBare.ranMilliseconds)})`,
    met: worst.milliseconds <= gapAimMilliseconds,
    figures: {
      milliseconds: own,
      floorMilliseconds: floor,
      median: inMilliseconds(own),
      longestRunOnACoreMilliseconds: Math.max(...found.ours.map(({ ranMilliseconds }) => ranMilliseconds)),
      silencesOverAim: overAim(found.ours),
      floorSilencesOverAim: overAim(found.bare),
    },
  };
}

interface Ping {
  readonly milliseconds: number;
  /** CPU time of the server's main thread meanwhile: the rest of a silence is other processes' or the machine's. */
  readonly ranMilliseconds: number;
}

/** One key per line named in `rows`, and a ping every few milliseconds until the parse has settled. */
async function typeAndPing({ client, pid }: BenchSession, uri: string, rows: readonly number[]): Promise<Ping[]> {
  const pings: Promise<Ping>[] = [];
  const ping = async (): Promise<Ping> => {
    const [start, ran] = [performance.now(), mainThreadTimes(pid).ranSeconds];
    await client.connection.sendRequest('bench/ping', {}).catch(() => {});
    return {
      milliseconds: performance.now() - start,
      ranMilliseconds: (mainThreadTimes(pid).ranSeconds - ran) * 1000,
    };
  };
  const timer = setInterval(() => pings.push(ping()), pingEveryMilliseconds);
  for (const line of rows) {
    const place = { line, character: 0 };
    client.changeDocument(uri, [{ range: { start: place, end: place }, newText: ' ' }]);
    const list = client.codeActions(uri, { start: place, end: place });
    await pause(millisecondsBetweenEdits / 1000);
    await list;
  }
  await pause(restSeconds);
  clearInterval(timer);
  return Promise.all(pings);
}

function took({ milliseconds }: Ping): number {
  return milliseconds;
}
