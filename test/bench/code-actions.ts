// How fast the list of code actions comes on 10 000 lines while a job streams, and how long the server ever stops answering,
// also while the file is edited and parsed. The floor answers an empty list from the same open document. An aim is met by the
// clock on the wall; the part that is not waiting for a core stands beside it.

import type { Diagnostic, Range } from 'vscode-languageserver/node';
import { type BigFile, bigPython, bigTypeScript } from './big-files.ts';
import { startEngineProcess } from './engine-process.ts';
import { pause, summariseTimed, type Timed, timed } from './proc.ts';
import { type Benchmark, figure, type Row } from './row.ts';
import { seeded } from './statistics.ts';
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
  const samples = { ours: [] as Timed[], bare: [] as Timed[] };
  let offered = 0;
  const random = seeded(1);
  for (let done = 0; done < runs; done += requestsPerBlock) {
    const places = Array.from({ length: requestsPerBlock }, () => placeIn(random));
    for (const [{ client, pid }, into] of [
      [ours, samples.ours],
      [bare, samples.bare],
    ] as const) {
      for (const { range, diagnostics } of places) {
        const ask = async (): Promise<void> => {
          offered += (await client.codeActions(uri, range, { diagnostics })).length;
        };
        into.push(await timed(pid, ask));
      }
    }
  }
  assertJobRuns(ours);
  const [own, floor] = [summariseTimed(samples.ours), summariseTimed(samples.bare)];
  const { median, p99 } = own.milliseconds;
  const without = figure(own.unexcusedMilliseconds.p99);
  return {
    name: `code action list, ${file.languageId}, ${lines} lines, a job running`,
    aim: `p99 ≤ ${listAimMilliseconds} ms`,
    got: `p50 ${figure(median)}, p99 ${figure(p99)} ms, ${without} but for waits for a core (floor ${figure(floor.milliseconds.median)}, ${figure(floor.milliseconds.p99)})`,
    met: p99 <= listAimMilliseconds,
    figures: {
      ...own,
      floorMilliseconds: floor.milliseconds,
      floorUnexcusedMilliseconds: floor.unexcusedMilliseconds,
      ratioOfMedians: median / floor.milliseconds.median,
      actionsPerList: offered / samples.ours.length,
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
  const pings = { ours: [] as Timed[], bare: [] as Timed[] };
  const random = seeded(2);
  for (let episode = 0; episode < episodes; episode++) {
    const rows = Array.from({ length: editsPerEpisode }, () => Math.floor(random() * lines));
    pings.ours.push(...(await typeAndPing(ours, uri, rows)));
    pings.bare.push(...(await typeAndPing(bare, uri, rows)));
  }
  assertJobRuns(ours);
  const [own, floor] = [summariseTimed(pings.ours), summariseTimed(pings.bare)];
  const longest = own.milliseconds.maximum;
  const without = figure(own.unexcusedMilliseconds.maximum);
  const tooLong = ({ milliseconds }: Timed): boolean => milliseconds > gapAimMilliseconds;
  return {
    name: `longest silence, ${file.languageId}, ${lines} lines, typing while a job runs`,
    aim: `≤ ${gapAimMilliseconds} ms`,
    got: `${figure(longest)} ms, ${without} but for waits for a core (floor ${figure(floor.milliseconds.maximum)}, ${figure(floor.unexcusedMilliseconds.maximum)})`,
    met: longest <= gapAimMilliseconds,
    figures: {
      ...own,
      floorMilliseconds: floor.milliseconds,
      floorUnexcusedMilliseconds: floor.unexcusedMilliseconds,
      silencesOverAim: pings.ours.filter(tooLong).length,
      floorSilencesOverAim: pings.bare.filter(tooLong).length,
    },
  };
}

/** One key per line named in `rows`, and a ping every few milliseconds until the parse has settled. */
async function typeAndPing({ client, pid }: BenchSession, uri: string, rows: readonly number[]): Promise<Timed[]> {
  const pings: Promise<Timed>[] = [];
  const ping = (): Promise<unknown> => client.connection.sendRequest('bench/ping', {}).catch(() => {});
  const timer = setInterval(() => pings.push(timed(pid, ping)), pingEveryMilliseconds);
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
