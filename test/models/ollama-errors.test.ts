// Every way in which Ollama can fail, over real sockets: the kind, a sentence with a way out, and not a byte on stdout.

import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { Clock } from '../../server/base/clock.ts';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import type { EngineFailure, EngineFailureKind } from '../../server/models/engine.ts';
import { errorText } from '../../server/models/error-bodies.ts';
import { createOllamaEngine } from '../../server/models/ollama.ts';
import { failureOfThrown } from '../../server/models/ollama-errors.ts';
import type { Death, ErrorReply, FakeOllama, Reply } from '../support/fake-ollama.ts';
import { createFakeOllama, errorReplies } from '../support/fake-ollama.ts';
import { collect, failureOf, generateRequest, never, ollamaAt, textOf } from '../support/ollama-engine.ts';

describe('Ollama errors', () => {
  const written: string[] = [];
  const realWrite = process.stdout.write;
  const open: (() => Promise<void>)[] = [];

  beforeEach(() => {
    written.length = 0;
    process.stdout.write = ((text: string | Uint8Array): boolean => {
      written.push(String(text));
      return true;
    }) as typeof process.stdout.write;
  });
  afterEach(async () => {
    process.stdout.write = realWrite;
    for (const close of open.splice(0)) await close();
  });

  /** Runs something that must fail and must not print. */
  async function quietly(work: () => Promise<EngineFailure>): Promise<EngineFailure> {
    const failure = await work();
    assert.deepEqual(written, [], 'stdout belongs to the protocol');
    assert.ok(failure.message.length > 10 && !/[\n<>]/.test(failure.message), failure.message);
    return failure;
  }

  async function fake(reply: () => Reply, overrides: Record<string, ErrorReply> = {}): Promise<FakeOllama> {
    const server = await createFakeOllama({ reply, overrides });
    open.push(() => server.close());
    return server;
  }

  async function serve(server: Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    open.push(() => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const shapes: Record<string, { error: ErrorReply; kind: EngineFailureKind; says: RegExp; mend?: RegExp }> = {
    'a missing model': {
      error: errorReplies.missingModel('gemma3:4b'),
      kind: 'missing-model',
      says: /does not have gemma3:4b/,
      mend: /^ollama pull gemma3:4b$/,
    },
    'a missing model in the words of old versions': {
      error: { status: 404, body: { error: 'model "gemma3:4b" not found, try pulling it first' } },
      kind: 'missing-model',
      says: /gemma3:4b/,
      mend: /^ollama pull gemma3:4b$/,
    },
    'GPU memory': {
      error: errorReplies.outOfMemory(),
      kind: 'out-of-memory',
      says: /not enough memory/,
      mend: /ollama ps/,
    },
    'system memory': {
      error: errorReplies.needsMoreMemory(),
      kind: 'out-of-memory',
      says: /20\.5 GiB needed, 7\.9 GiB free/,
    },
    'a dead runner': { error: errorReplies.runnerDied(), kind: 'crashed', says: /died/, mend: /journalctl/ },
    'a runner that is gone': {
      error: {
        status: 500,
        body: { error: 'llama-server completion error: Post "http://127.0.0.1:1/completion": EOF' },
      },
      kind: 'crashed',
      says: /died/,
    },
    'a full queue': { error: errorReplies.busy(), kind: 'busy', says: /waiting/, mend: /OLLAMA_MAX_QUEUE/ },
    'a long prompt, as JSON inside JSON': {
      error: errorReplies.contextExceeded(9000, 4096),
      kind: 'prompt-too-long',
      says: /9000 tokens, 4096 fit/,
      mend: /contextTokens/,
    },
    'a long prompt, in words': { error: errorReplies.promptTooLong(), kind: 'prompt-too-long', says: /too long/ },
    'no thinking': {
      error: errorReplies.noThinking('gemma3:4b'),
      kind: 'unsupported',
      says: /does not support thinking/,
    },
    'no infill': { error: errorReplies.noInsert('gemma3:4b'), kind: 'unsupported', says: /does not support insert/ },
    'no generation': {
      error: errorReplies.noGenerate('gemma3:4b'),
      kind: 'unsupported',
      says: /does not support generate/,
    },
    'a cloud that is off': { error: errorReplies.cloudOff(), kind: 'refused', says: /cloud/, mend: /local model/ },
    'a proxy that wants a token': {
      error: errorReplies.unauthorized(),
      kind: 'refused',
      says: /who asks/,
      mend: /OLLAMA_API_KEY/,
    },
    'a cancel from elsewhere': { error: errorReplies.canceled(), kind: 'failed', says: /stopped the answer/ },
    "a proxy's page": { error: errorReplies.proxyPage(), kind: 'unreachable', says: /502/, mend: /ollama serve/ },
    'a page with 200 expected': {
      error: { status: 404, body: '404 page not found', contentType: 'text/plain' },
      kind: 'malformed',
      says: /not Ollama/,
      mend: /port/,
    },
    'broken JSON': { error: errorReplies.brokenJson(), kind: 'failed', says: /500/ },
    'an empty error': { error: errorReplies.empty(), kind: 'failed', says: /500/ },
    'an error that is an object': {
      error: { status: 500, body: { error: { message: 'odd', type: 'server_error' } } },
      kind: 'failed',
      says: /server_error: odd/,
    },
    'a wrong option': {
      error: { status: 500, body: { error: 'option "num_ctx" must be of type integer' } },
      kind: 'failed',
      says: /num_ctx/,
    },
    'an old version': {
      error: { status: 500, body: { error: "unable to load model: unknown model architecture: 'qwen9'" } },
      kind: 'unsupported',
      says: /too old/,
      mend: /update/,
    },
    'a rate limit': {
      error: { status: 429, body: { error: 'you have reached your hourly usage limit' } },
      kind: 'busy',
      says: /busy.*usage limit/,
    },
  };
  for (const [name, { error, kind, says, mend }] of Object.entries(shapes)) {
    it(`understands ${name}`, async () => {
      const { url } = await fake(() => ({ error }));
      const failure = await quietly(() => failureOf(collect(ollamaAt(url).generate(generateRequest(), never))));
      assert.equal(failure.kind, kind);
      assert.match(failure.message, says);
      if (mend !== undefined) assert.match(failure.mend ?? '', mend);
    });
  }

  const deaths: Record<string, { dies: Partial<Death>; kind: EngineFailureKind; says: RegExp }> = {
    'ends without saying so': { dies: { how: 'torn' }, kind: 'torn', says: /in the middle/ },
    'is cut': { dies: { how: 'reset' }, kind: 'torn', says: /broke in the middle/ },
    'is cut inside a line': { dies: { how: 'half-line' }, kind: 'torn', says: /broke in the middle/ },
    'turns into something else': { dies: { how: 'garbage' }, kind: 'malformed', says: /not Ollama/ },
    'ends in an error line': { dies: { how: 'error-line' }, kind: 'crashed', says: /died/ },
    'runs out of memory': {
      dies: { how: 'error-line', message: 'cudaMalloc failed: out of memory' },
      kind: 'out-of-memory',
      says: /not enough memory/,
    },
    'repeats itself': {
      dies: { how: 'error-line', message: 'prediction aborted, token repeat limit reached' },
      kind: 'failed',
      says: /repeated itself/,
    },
  };
  for (const [name, { dies, kind, says }] of Object.entries(deaths)) {
    it(`keeps what came when a stream ${name}`, async () => {
      const { url } = await fake(() => ({ text: 'abcdefghijkl', dies: { afterPieces: 2, how: 'torn', ...dies } }));
      let text = '';
      const failure = await quietly(() =>
        failureOf(
          (async () => {
            for await (const chunk of ollamaAt(url).generate(generateRequest(), never)) text += textOf([chunk]);
          })(),
        ),
      );
      assert.equal(failure.kind, kind);
      assert.match(failure.message, says);
      assert.equal(text, 'abcdefgh');
    });
  }

  it('understands a server that is not there, or hangs up at once', async () => {
    const gone = await createFakeOllama();
    await gone.close();
    const absent = await quietly(() => failureOf(ollamaAt(gone.url).state(never)));
    assert.equal(absent.kind, 'unreachable');
    assert.equal(absent.mend, 'ollama serve');
    assert.match(absent.message, new RegExp(`127.0.0.1:${gone.port}`));
    const rude = await serve(createServer((socket) => socket.destroy()));
    assert.equal((await quietly(() => failureOf(ollamaAt(rude).state(never)))).kind, 'crashed');
  });

  it('understands what is no Ollama: no HTTP, no TLS, a page, another document', async () => {
    const ssh = await serve(createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')));
    assert.equal((await quietly(() => failureOf(ollamaAt(ssh).state(never)))).kind, 'malformed');
    const plain = (await fake(() => ({}))).url;
    const tls = await quietly(() => failureOf(ollamaAt(plain.replace('http:', 'https:')).state(never)));
    assert.equal(tls.kind, 'unreachable');
    assert.match(tls.mend ?? '', /http:\/\//);
    const page = await serve(createHttpServer((_request, response) => void response.end('<html>hello</html>')));
    assert.equal((await quietly(() => failureOf(ollamaAt(page).state(never)))).kind, 'malformed');
    assert.equal(
      (await quietly(() => failureOf(collect(ollamaAt(page).generate(generateRequest(), never))))).kind,
      'malformed',
    );
    const other = await serve(createHttpServer((_request, response) => void response.end('{"hello": 1}')));
    assert.equal((await quietly(() => failureOf(ollamaAt(other).state(never)))).kind, 'malformed');
  });

  it('gives up on a line without end', async () => {
    const endless = await serve(
      createHttpServer((request, response) => {
        if (request.url === '/api/show') return void response.end('{}');
        response.on('error', () => undefined);
        const more = (): void => {
          while (response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      }),
    );
    const failure = await quietly(() => failureOf(collect(ollamaAt(endless).generate(generateRequest(), never))));
    assert.equal(failure.kind, 'malformed');
  });

  it('does not wait for a server that says it is done and keeps the line, and hangs up in the end', async () => {
    const closed: Promise<unknown>[] = [];
    const talkative = await serve(
      createHttpServer((request, response) => {
        if (request.url === '/api/show') return void response.end('{}');
        closed.push(new Promise((resolve) => response.on('close', resolve)));
        response.write(
          '{"response":"x","done":false}\n{"done":true,"done_reason":"stop"}\n{"response":"and another thing"}\n',
        );
      }),
    );
    let hangUp = (): void => {};
    const clock: Clock = {
      ...systemClock,
      sleep: () =>
        new Promise((resolve) => {
          hangUp = resolve;
        }),
    };
    const env = { OLLAMA_HOST: talkative };
    const engine = createOllamaEngine({ env, owner: { allowRemote: false }, log: silentLog, clock });
    assert.equal(textOf(await collect(engine.generate(generateRequest(), never))), 'x');
    hangUp();
    await closed[0];
  });

  it('follows no redirect: code goes only to the host that was named', async () => {
    const elsewhere = await fake(() => ({}));
    const redirecting = await serve(
      createHttpServer(
        (_request, response) => void response.writeHead(307, { location: `${elsewhere.url}/api/version` }).end(),
      ),
    );
    const failure = await quietly(() => failureOf(ollamaAt(redirecting).state(never)));
    assert.equal(failure.kind, 'refused');
    assert.deepEqual(elsewhere.log, []);
  });

  it('gives up on a server that takes connections and says nothing', async () => {
    const silent = await serve(createServer(() => undefined));
    const sleeps: number[] = [];
    const clock: Clock = {
      ...systemClock,
      sleep: async (milliseconds) => {
        sleeps.push(milliseconds);
      },
    };
    const engine = createOllamaEngine({
      env: { OLLAMA_HOST: silent },
      owner: { allowRemote: false },
      log: silentLog,
      clock,
    });
    const failure = await quietly(() => failureOf(engine.state(never)));
    assert.equal(failure.kind, 'unreachable');
    assert.deepEqual(sleeps, [10_000]);
    open.unshift(() => engine.close());
  });

  it('leaves out a model that is listed but can not be shown', async () => {
    const server = await createFakeOllama({
      models: [{ name: 'a:1b' }],
      overrides: { 'POST /api/show': errorReplies.runnerDied() },
    });
    open.push(() => server.close());
    assert.deepEqual((await ollamaAt(server.url).state(never)).models, []);
    assert.deepEqual(written, []);
  });

  it("sends no code to Ollama's cloud without the owner's word", async () => {
    const server = await createFakeOllama({
      models: [{ name: 'a:1b' }, { name: 'big:cloud', remoteHost: 'https://ollama.com:443' }],
    });
    open.push(() => server.close());
    const engine = ollamaAt(server.url);
    assert.deepEqual(
      (await engine.state(never)).models.map((model) => model.name),
      ['a:1b'],
    );
    const failure = await quietly(() =>
      failureOf(collect(engine.generate(generateRequest({ model: 'big:cloud' }), never))),
    );
    assert.equal(failure.kind, 'refused');
    assert.equal(server.requests.length, 0);
    const allowed = ollamaAt(server.url, { owner: { allowRemote: true } });
    assert.equal((await allowed.state(never)).models[1]?.remoteHost, 'https://ollama.com:443');
  });

  it('names the host that can not be found or reached', () => {
    const context = { baseUrl: 'http://gpu:11434', isLoopback: false };
    const thrown = (code: string): EngineFailure =>
      failureOfThrown(
        new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }),
        context,
        false,
      );
    for (const code of ['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED']) {
      assert.equal(thrown(code).kind, 'unreachable', code);
      assert.match(thrown(code).message, /gpu:11434/);
      assert.ok(thrown(code).mend);
    }
    assert.equal(thrown('ESOMETHING').kind, 'failed');
  });

  it('reads errors inside errors, on one short line', () => {
    assert.equal(errorText('{"error":"{\\"error\\":{\\"message\\":\\"deep\\",\\"type\\":\\"t\\"}}"}'), 't: deep');
    assert.equal(errorText('plain\u0007 \n text'), 'plain text');
    assert.equal(errorText('{"error": 5}'), '{"error": 5}');
    assert.equal(errorText('x'.repeat(1000)).length, 300);
  });
});
