// What completions add to a bare engine, how fast a generation is stopped, what moving the cursor costs, and what 100 000 key strokes leave
// in memory. The built server over stdio; the engine is the fake one, in its own process where its time would count.
//
//   npx tsx test/bench/completion.ts [--json FILE] [--runs N] [--keys N] [--only added|stop|moves|memory]…

import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CancellationTokenSource, type InlineCompletionList, type Position } from 'vscode-languageserver/node';
import { createFakeOllama, type RecordedRequest } from '../support/fake-ollama.ts';
import { bigPython } from './big-files.ts';
import { startEngineProcess } from './engine-process.ts';
import { pause, residentMebibytes, summariseTimed, type Timed, timed } from './proc.ts';
import { figure, inMilliseconds, type Row } from './row.ts';
import { seeded, summarise } from './statistics.ts';
import { type BenchSession, createBenchWorld } from './world.ts';

const parts = { added, stop, moves, memory } as const;
type PartName = keyof typeof parts;

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    runs: { type: 'string', default: '300' },
    keys: { type: 'string', default: '100000' },
    only: { type: 'string', multiple: true },
  },
});
const builtServer = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const server = [process.execPath, builtServer, '--stdio'];
const infills = ['completion', 'insert'];
const invoked = { triggerKind: 1 };
const automatic = { triggerKind: 2 };
process.exitCode = await main();

async function main(): Promise<number> {
  if (!existsSync(builtServer)) {
    process.stderr.write(`${builtServer} is not built: npm run build\n`);
    return 2;
  }
  const rows: Row[] = [];
  const began = { at: new Date().toISOString(), load: loadavg()[0] };
  for (const name of Object.keys(parts) as PartName[])
    if (values.only?.includes(name) ?? true) rows.push(...(await parts[name]()));
  for (const { name, aim, got, met } of [{ name: 'what', aim: 'aim', got: 'got', met: 'met' }, ...rows]) {
    const word = typeof met === 'string' ? met : met === undefined ? '–' : met ? 'yes' : 'no';
    process.stdout.write(`| ${[name, aim, got, word].join(' | ')} |\n`);
  }
  if (values.json !== undefined) {
    const machine = { node: process.version, cores: availableParallelism(), processor: cpus()[0]?.model };
    const command = `npx tsx test/bench/completion.ts ${process.argv.slice(2).join(' ')}`.trim();
    const record = { ...began, command, ...machine, loadAverageAtTheEnd: loadavg(), rows };
    writeFileSync(values.json, `${JSON.stringify(record, null, 2)}\n`);
  }
  return 0;
}

function say(progress: string): void {
  process.stderr.write(`${progress}\n`);
}

function ghostText(
  { client }: BenchSession,
  uri: string,
  position: Position,
  context: object,
): Promise<InlineCompletionList> {
  const params = { textDocument: { uri }, position, context };
  return client.connection.sendRequest('textDocument/inlineCompletion', params);
}

/** From the request to ghost text, less a bare fetch of the very request that the server made. */
async function added(): Promise<Row[]> {
  const lines = 10_000;
  const engine = await startEngineProcess({ text: 'values[0] * 2', capabilities: infills });
  const world = createBenchWorld({ ollamaUrl: engine.url });
  try {
    const session = await world.open(server, {
      configuration: { completion: { automatic: 'on', pauseMilliseconds: 0 } },
    });
    const { client, pid } = session;
    for (let index = 0; index < 5; index++)
      client.openDocument(world.uri(`near${index}.py`), 'python', bigPython(1_000).text);
    const file = bigPython(lines);
    const uri = world.uri(file.name);
    const line = file.stubLine + 2;
    client.openDocument(uri, 'python', file.text);
    await client.ready(uri);
    const [ours, bare]: [Timed[], Timed[]] = [[], []];
    const runs = Number(values.runs);
    let heard = (await engine.heard()).length;
    let width = '    pass'.length;
    for (let run = -20; run < runs; run++) {
      const newText = `    total_${run + 20} = `;
      client.changeDocument(uri, [
        { range: { start: { line, character: 0 }, end: { line, character: width } }, newText },
      ]);
      width = newText.length;
      // The change is in before the time begins: a pause in typing lies between the two.
      await client.hover(uri, { line: 0, character: 0 });
      let shown = 0;
      const own = await timed(pid, async () => {
        shown = (await ghostText(session, uri, { line, character: width }, invoked)).items.length;
      });
      const requests = await engine.heard();
      const asked = requests.slice(heard);
      const [first] = asked;
      if (asked.length !== 1 || shown !== 1 || first === undefined) {
        throw new Error(`${asked.length} requests and ${shown} offers in run ${run}`);
      }
      const direct = await timed(pid, () => fetchAll(`${engine.url}${first.path}`, first.body));
      heard = requests.length + 1;
      if (run < 0) continue;
      ours.push(own);
      bare.push(direct);
      if (run % 100 === 0) say(`added: ${run} of ${runs}`);
    }
    await session.close();
    const difference = (key: 'milliseconds' | 'unexcusedMilliseconds') =>
      summarise(ours.map((one, index) => one[key] - (bare[index]?.[key] ?? Number.NaN)));
    const [wall, busy] = [difference('milliseconds'), difference('unexcusedMilliseconds')];
    const [own, floor] = [summariseTimed(ours), summariseTimed(bare)];
    const apart = own.milliseconds.p99 - floor.milliseconds.p99;
    return [
      {
        name: `added to the engine’s own time, ${lines} lines, five neighbours open`,
        aim: 'p99 ≤ 3 ms',
        got: `${inMilliseconds(wall)}, p99 ${figure(wall.p99)} ms, ${figure(busy.p99)} but for waits for a core; p99 with ${figure(own.milliseconds.p99)}, bare ${figure(floor.milliseconds.p99)}; the server’s thread ran ${figure(own.ranMilliseconds.median)} ms`,
        met: wall.p99 <= 3,
        figures: {
          addedMilliseconds: wall,
          addedUnexcusedMilliseconds: busy,
          differenceOfP99Milliseconds: apart,
          ours: own.milliseconds,
          oursRan: own.ranMilliseconds,
          bareFetch: floor.milliseconds,
        },
      },
    ];
  } finally {
    engine.stop();
    world.remove();
  }
}

async function fetchAll(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  for await (const _chunk of response.body ?? []) {
    // Only the arrival counts.
  }
}

/** From the key stroke or the cancel to the closed socket, as the engine sees it. */
async function stop(): Promise<Row[]> {
  const fake = await createFakeOllama({
    models: [{ name: 'qwen2.5-coder:3b', capabilities: infills }],
    reply: () => ({ text: 'alpha + beta * gamma - delta / epsilon + zeta * eta - theta', millisecondsPerPiece: 25 }),
  });
  const world = createBenchWorld({ ollamaUrl: fake.url });
  try {
    const session = await world.open(server);
    const uri = world.uri('a.py');
    session.client.openDocument(uri, 'python', 'x = \n');
    await session.client.ready(uri);
    const runs = Math.min(100, Number(values.runs));
    const rows: Row[] = [];
    let width = 4;
    for (const way of ['typing something else', '$/cancelRequest'] as const) {
      say(`stop: ${way}, ${runs} runs`);
      const times: number[] = [];
      for (let run = 0; run < runs; run++) {
        const text = `value_${way.length}_${run} = `;
        const all = { start: { line: 0, character: 0 }, end: { line: 0, character: width } };
        session.client.changeDocument(uri, [{ range: all, newText: text }]);
        width = text.length;
        const request = fake.request(fake.requests.length);
        const token = new CancellationTokenSource();
        const position = { line: 0, character: width };
        const answer = session.client.connection
          .sendRequest(
            'textDocument/inlineCompletion',
            { textDocument: { uri }, position, context: invoked },
            token.token,
          )
          .catch(() => undefined);
        const running = await request;
        await running.sent(3);
        const start = performance.now();
        if (way === '$/cancelRequest') token.cancel();
        else session.client.changeDocument(uri, [{ range: { start: position, end: position }, newText: '#' }]);
        times.push((await closedAt(running)) - start);
        if (way !== '$/cancelRequest') width++;
        await answer;
      }
      const summary = summarise(times);
      rows.push({
        name: `a generation stopped by ${way}`,
        aim: '≤ 50 ms',
        got: `${inMilliseconds(summary)}, p99 ${figure(summary.p99)}, worst ${figure(summary.maximum)} ms`,
        met: summary.p99 <= 50,
        figures: { milliseconds: summary },
      });
    }
    await session.close();
    return rows;
  } finally {
    await fake.close();
    world.remove();
  }
}

async function closedAt(request: RecordedRequest): Promise<number> {
  const how = await request.ended;
  if (how !== 'closed-by-client' || request.closedByClientMilliseconds === undefined)
    throw new Error(`the request ended as ${how}`);
  return request.closedByClientMilliseconds;
}

/** Automatic questions at a thousand places, as editors send them when the cursor moves. */
async function moves(): Promise<Row[]> {
  const fake = await createFakeOllama({
    models: [{ name: 'qwen2.5-coder:3b', capabilities: infills }],
    reply: () => '1',
  });
  const world = createBenchWorld({ ollamaUrl: fake.url });
  try {
    const session = await world.open(server, {
      configuration: { completion: { automatic: 'on', pauseMilliseconds: 0 } },
    });
    const uri = world.uri('a.py');
    const { text } = bigPython(1_000);
    session.client.openDocument(uri, 'python', text);
    await session.client.ready(uri);
    const random = seeded(7);
    const lines = text.split('\n');
    for (let run = 0; run < 1_000; run++) {
      const line = Math.floor(random() * lines.length);
      const position = { line, character: Math.floor(random() * ((lines[line]?.length ?? 0) + 1)) };
      await ghostText(session, uri, position, automatic);
    }
    const asked = fake.requests.length;
    await session.close();
    return [
      {
        name: 'engine requests while the cursor moves to 1000 places, automatic on',
        aim: '0',
        got: String(asked),
        met: asked === 0,
        figures: { requests: asked },
      },
    ];
  } finally {
    await fake.close();
    world.remove();
  }
}

/** Types lines of code, asks at each key without waiting for more than a few, erases them again. The gate is open: the worst case. */
async function memory(): Promise<Row[]> {
  const keys = Number(values.keys);
  const engine = await startEngineProcess({ text: 'alpha + beta', capabilities: infills });
  const world = createBenchWorld({ ollamaUrl: engine.url });
  try {
    const session = await world.open(server, {
      configuration: { frugality: 0, completion: { automatic: 'on', pauseMilliseconds: 0 } },
    });
    const uri = world.uri('a.py');
    session.client.openDocument(uri, 'python', `${bigPython(1_000).text}\n`);
    await session.client.ready(uri);
    const line = (session.client.document(uri)?.text.split('\n').length ?? 1) - 1;
    const samples: number[] = [];
    const sentence = 'result = compute_something(alpha, beta) + other_value ';
    let unanswered = 0;
    let column = 0;
    for (let key = 0; key < keys; key++) {
      const erase = column > 200;
      const range = { start: { line, character: erase ? 0 : column }, end: { line, character: column } };
      const newText = erase ? '' : (sentence[key % sentence.length] ?? ' ');
      session.client.changeDocument(uri, [{ range, newText: newText }]);
      column = erase ? 0 : column + 1;
      unanswered++;
      const answer = ghostText(session, uri, { line, character: column }, automatic).then(() => unanswered--);
      if (key % 20 === 19) await answer;
      if ((key + 1) % (keys / 10) === 0) {
        await pause(0.2);
        samples.push(residentMebibytes(session.pid));
        say(`memory: ${key + 1} keys, ${figure(samples.at(-1) ?? 0)} MiB, ${(await engine.heard()).length} requests`);
      }
    }
    const asked = (await engine.heard()).length;
    await session.close();
    const [first = 0, second = 0] = [Math.max(...samples.slice(1, 4)), Math.max(...samples.slice(-3))];
    return [
      {
        name: `resident memory over ${keys} key strokes`,
        aim: 'flat: last third ≤ 1.1 × the second to fourth tenth',
        got: `${samples.map((one) => one.toFixed(0)).join(', ')} MiB; ${asked} requests; ${unanswered} unanswered`,
        met: second <= first * 1.1 && unanswered === 0,
        figures: { afterEachTenth: samples.map((one) => one.toFixed(1)), requests: asked, unanswered },
      },
    ];
  } finally {
    engine.stop();
    world.remove();
  }
}
