// From `workDoneProgress/cancel` to the closing of the engine's socket, as the engine sees it: in the middle of an answer, and
// before its headers. Beside it a bare fetch that is aborted.

import { progressTokenOf } from '../../server/lsp/headless-client.ts';
import { createFakeOllama, type RecordedRequest } from '../support/fake-ollama.ts';
import { type Benchmark, figure, inMilliseconds, type Row } from './row.ts';
import { type Summary, summarise } from './statistics.ts';
import { type BenchSession, createBenchWorld } from './world.ts';

const millisecondsAim = 100;
const piecesBeforeCancel = 8;
const stub = 'def add_all(values):\n    """Sum of all values."""\n    pass\n';
const phases = ['mid-stream', 'before headers'] as const;
type Phase = (typeof phases)[number];

export const cancel: Benchmark = {
  name: 'cancel',
  what: 'workDoneProgress/cancel to the closed socket of the engine',
  async run({ server, runs = 30, say }) {
    let phase: Phase = 'mid-stream';
    const never = new Promise<never>(() => {});
    const fake = await createFakeOllama({
      models: [{ name: 'qwen2.5-coder:3b' }],
      reply: () =>
        phase === 'mid-stream' ? { text: longAnswer(), millisecondsPerPiece: 10 } : { beforeHeaders: never },
    });
    const world = createBenchWorld({ ollamaUrl: fake.url });
    try {
      const session = await world.open(server);
      const uri = world.uri('a.py');
      session.client.openDocument(uri, 'python', stub);
      await session.client.ready(uri);
      const rows: Row[] = [];
      for (phase of phases) {
        say(`${phase}, ${runs} runs`);
        const [ours, bare]: [number[], number[]] = [[], []];
        for (let run = 0; run < runs; run++) {
          ours.push(await cancelOurs(session, uri, await started(phase)));
          bare.push(await cancelBare(await started(phase)));
        }
        rows.push(rowOf(phase, summarise(ours), summarise(bare)));
      }
      await session.close();
      return rows;
    } finally {
      await fake.close();
      world.remove();
    }

    /** The next request, once it is where this phase cancels. Called before the request is made. */
    async function started(at: Phase): Promise<Next> {
      const index = fake.requests.length;
      return {
        url: fake.url,
        async arrived() {
          const request = await fake.request(index);
          await (at === 'mid-stream' ? request.sent(piecesBeforeCancel) : request.served);
          return request;
        },
      };
    }
  },
};

interface Next {
  readonly url: string;
  arrived(): Promise<RecordedRequest>;
}

async function cancelOurs({ client }: BenchSession, uri: string, next: Next): Promise<number> {
  const place = { line: 0, character: 6 };
  const actions = await client.codeActions(uri, { start: place, end: place });
  const { jobId } = await client.runAction(actions.find(({ title }) => title.startsWith('joule: Implement')));
  if (jobId === undefined) throw new Error(`no job was started: ${client.messages.at(-1)?.message}`);
  const request = await next.arrived();
  await client.until(() => client.progress.some(({ token, begin }) => token === progressTokenOf(jobId) && begin));
  const start = performance.now();
  client.cancelProgress(progressTokenOf(jobId));
  const end = await closedAt(request);
  await client.waitForJobEnd(jobId);
  return end - start;
}

async function cancelBare(next: Next): Promise<number> {
  const abort = new AbortController();
  const body = { model: 'qwen2.5-coder:3b', messages: [{ role: 'user', content: 'add' }] };
  const answer = fetch(`${next.url}/api/chat`, { method: 'POST', body: JSON.stringify(body), signal: abort.signal });
  const read = answer.then((response) => response.text()).catch(() => {});
  const request = await next.arrived();
  const start = performance.now();
  abort.abort();
  const end = await closedAt(request);
  await read;
  return end - start;
}

async function closedAt(request: RecordedRequest): Promise<number> {
  const how = await request.ended;
  if (how !== 'closed-by-client' || request.closedByClientMilliseconds === undefined)
    throw new Error(`the request ended as ${how}`);
  return request.closedByClientMilliseconds;
}

function rowOf(phase: Phase, ours: Summary, bare: Summary): Row {
  return {
    name: `cancel to the engine’s closed socket, ${phase}`,
    aim: `≤ ${millisecondsAim} ms`,
    got: `${inMilliseconds(ours)}, worst ${figure(ours.maximum)} (aborted fetch ${figure(bare.median)})`,
    met: ours.maximum <= millisecondsAim,
    figures: { milliseconds: ours, bareFetchMilliseconds: bare, ratio: ours.median / bare.median },
  };
}

function longAnswer(): string {
  const lines = Array.from({ length: 400 }, (_, index) => `    part_${index} = values[${index}] * ${index + 2}\n`);
  return `def add_all(values):\n${lines.join('')}    return part_0\n`;
}
