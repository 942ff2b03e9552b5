// The Ollama engine over real HTTP: what it asks, what it makes of the answers, and that it can be stopped at any moment.

import assert from 'node:assert/strict';
import type { FakeOllama, FakeOllamaOptions } from '../support/fake-ollama.ts';
import { createFakeOllama, gate } from '../support/fake-ollama.ts';
import { collect, failureOf, generateRequest, never, ollamaAt, textOf } from '../support/ollama-engine.ts';

describe('Ollama engine', () => {
  let fake: FakeOllama;
  const start = async (options: FakeOllamaOptions = {}): Promise<void> => {
    fake = await createFakeOllama(options);
  };
  afterEach(() => fake.close());

  it('says what Ollama is and has', async () => {
    await start({
      models: [
        { name: 'qwen2.5-coder:3b', capabilities: ['completion', 'insert'] },
        { name: 'qwen3:8b', capabilities: ['completion', 'thinking'], parameters: 8.2e9 },
        { name: 'nomic-embed-text', family: 'nomic-bert', capabilities: ['embedding'], parameters: 137e6 },
      ],
    });
    const state = await ollamaAt(fake.url, { env: { OLLAMA_NUM_PARALLEL: '3' } }).state(never);
    assert.equal(state.version, '0.33.4');
    assert.equal(state.slots, 3);
    assert.deepEqual(
      state.models.map(({ name, family, canInfill, canThink, canGenerate }) => [
        name,
        family,
        canInfill,
        canThink,
        canGenerate,
      ]),
      [
        ['qwen2.5-coder:3b', 'qwen2', true, false, true],
        ['qwen3:8b', 'qwen3', false, true, true],
        ['nomic-embed-text:latest', 'nomic-bert', false, false, false],
      ],
    );
  });

  it('asks for a model again only when its digest changed', async () => {
    await start({ models: [{ name: 'a:1b' }, { name: 'b:1b' }] });
    const engine = ollamaAt(fake.url);
    await engine.state(never);
    await engine.state(never);
    assert.equal(fake.log.filter((line) => line === 'POST /api/show').length, 2);
    fake.setModels([{ name: 'a:1b' }, { name: 'c:1b' }]);
    assert.deepEqual(
      (await engine.state(never)).models.map((model) => model.name),
      ['a:1b', 'c:1b'],
    );
    assert.equal(fake.log.filter((line) => line === 'POST /api/show').length, 3);
  });

  it('streams a chat answer with what the engine says of its time', async () => {
    await start({
      reply: () => ({
        text: 'return a + b',
        tokens: { in: 100, cached: 40 },
        seconds: { load: 2, prefill: 0.5, decode: 1.5, queue: 0.25 },
      }),
    });
    const chunks = await collect(ollamaAt(fake.url).generate(generateRequest(), never));
    assert.equal(textOf(chunks), 'return a + b');
    assert.deepEqual(chunks.at(-1), {
      kind: 'done',
      reason: 'stop',
      usage: {
        tokensIn: 100,
        tokensCached: 40,
        tokensOut: 3,
        totalSeconds: 4.25,
        loadSeconds: 2,
        prefillSeconds: 0.5,
        decodeSeconds: 1.5,
      },
    });
    assert.equal(await fake.requests[0]?.ended, 'done');
    assert.equal(fake.requests[0]?.closedByClientMilliseconds, undefined);
  });

  it('asks with everything bounded and nothing left to defaults that bite', async () => {
    await start({ models: [{ name: 'gemma3:4b', capabilities: ['completion', 'insert'] }] });
    const engine = ollamaAt(fake.url);
    const ask = async (more: Parameters<typeof generateRequest>[0]): Promise<Readonly<Record<string, unknown>>> => {
      await collect(engine.generate(generateRequest(more), never));
      return fake.requests.at(-1)?.body ?? {};
    };
    const chat = await ask({ stop: ['\n\n'], keepAliveSeconds: 60, schema: { type: 'object' } });
    assert.deepEqual(chat.options, {
      num_ctx: 4096,
      num_predict: 256,
      temperature: 0.1,
      top_p: 0.95,
      seed: 7,
      stop: ['\n\n', '<|end|>'],
    });
    assert.equal(chat.truncate, false);
    assert.equal(chat.keep_alive, 60);
    assert.deepEqual(chat.format, { type: 'object' });
    assert.equal('think' in chat, false, 'a model that does not think must not be told not to');
    assert.equal('logprobs' in chat, false);
    assert.equal('stop' in ((await ask({})).options as object), false, "the model's own stop strings stay");

    const predict = async (maxTokens: number): Promise<unknown> =>
      ((await ask({ maxTokens })).options as Record<string, unknown>).num_predict;
    assert.equal(await predict(0), 1);
    assert.equal(await predict(-1), 1);
    assert.equal(await predict(1e9), 4096);

    const raw = await ask({ prompt: { kind: 'raw', text: '<|fim|>x' } });
    assert.deepEqual([raw.raw, raw.prompt], [true, '<|fim|>x']);
    assert.equal(fake.requests.at(-1)?.endpoint, 'generate');
    const infill = await ask({ prompt: { kind: 'infill', prefix: 'def f', suffix: 'end' } });
    assert.deepEqual([infill.prompt, infill.suffix, 'raw' in infill], ['def f', 'end', false]);
    assert.equal((await ask({ prompt: { kind: 'infill', prefix: 'p', suffix: '' } })).suffix, '\n');
    assert.equal(fake.loads.length, 1, 'one constant context: one load');
  });

  it('switches thinking off where there is any, and keeps thinking apart from text where it is wanted', async () => {
    await start({
      models: [{ name: 'qwen3:8b', capabilities: ['completion', 'thinking'] }],
      reply: () => ({ text: 'pass', thinking: 'hmm, well' }),
    });
    const engine = ollamaAt(fake.url);
    const silent = await collect(engine.generate(generateRequest({ model: 'qwen3:8b' }), never));
    assert.deepEqual([...new Set(silent.map((chunk) => chunk.kind))], ['text', 'done']);
    assert.equal(fake.requests[0]?.think, false);
    const loud = await collect(engine.generate(generateRequest({ model: 'qwen3:8b', think: true }), never));
    assert.equal(textOf(loud), 'pass');
    assert.equal(loud.map((chunk) => (chunk.kind === 'thinking' ? chunk.text : '')).join(''), 'hmm, well');
  });

  it('hands on the lowest token probability of each chunk when asked', async () => {
    await start({
      reply: () => ({ pieces: ['a', 'b', 'c'], probability: (_piece, index) => [0.9, 0.25, 1][index] ?? 1 }),
    });
    const chunks = await collect(ollamaAt(fake.url).generate(generateRequest({ wantProbabilities: true }), never));
    const lowest = chunks.map((chunk) => (chunk.kind === 'text' ? chunk.lowestProbability?.toFixed(2) : ''));
    assert.deepEqual(lowest, ['0.90', '0.25', '1.00', '']);
  });

  it('reports length, and survives a last chunk without counts', async () => {
    await start({ reply: () => ({ text: 'x'.repeat(400), withoutUsage: true }) });
    const chunks = await collect(ollamaAt(fake.url).generate(generateRequest({ maxTokens: 5 }), never));
    assert.deepEqual(chunks.at(-1), { kind: 'done', reason: 'length', usage: {} });
  });

  it('sends the bearer token of the environment, else of the owner', async () => {
    await start({ bearer: 'secret' });
    await ollamaAt(fake.url, { env: { OLLAMA_API_KEY: 'secret' }, owner: { bearer: 'other' } }).state(never);
    await ollamaAt(fake.url, { owner: { bearer: 'secret' } }).state(never);
    const refused = await failureOf(ollamaAt(fake.url, { owner: { bearer: 'wrong' } }).state(never));
    assert.equal(refused.kind, 'refused');
    assert.match(refused.mend ?? '', /OLLAMA_API_KEY/);
    assert.doesNotMatch(`${refused.message} ${refused.mend}`, /wrong/);
  });

  it('pulls a model with progress, and says so when the registry has none', async () => {
    await start({
      models: [],
      pull: (name) =>
        name === 'nothing:1b'
          ? [{ status: 'pulling manifest' }, { error: 'pull model manifest: file does not exist' }]
          : [
              { status: 'pulling manifest' },
              { status: 'pulling abc', digest: 'abc', total: 3000, completed: 1500 },
              { status: 'success' },
            ],
    });
    const engine = ollamaAt(fake.url);
    const seen: number[] = [];
    await engine.pull?.(
      'gemma3:4b',
      (progress) => seen.push(progress.completedBytes / (progress.totalBytes || 1)),
      never,
    );
    assert.deepEqual(seen, [0, 0.5, 0]);
    assert.equal((await engine.state(never)).models[0]?.name, 'gemma3:4b');
    const failure = await failureOf(engine.pull?.('nothing:1b', () => undefined, never) ?? Promise.resolve());
    assert.equal(failure.kind, 'missing-model');
    assert.match(failure.message, /nothing:1b/);
  });

  describe('stopping', () => {
    const cases: Record<string, { reply: FakeOllamaOptions['reply']; ready: () => Promise<unknown> }> = {
      'before the headers': {
        reply: () => ({ beforeHeaders: gate().opened }),
        ready: async () => (await fake.request(0)).served,
      },
      'in the middle of the stream': {
        reply: () => ({ pieces: [' again'], loop: true }),
        ready: async () => (await fake.request(0)).sent(20),
      },
      'while a stream stalls': {
        reply: () => ({ text: 'abcdefgh', beforePiece: (index) => (index === 1 ? gate().opened : undefined) }),
        ready: async () => (await fake.request(0)).sent(1),
      },
    };
    for (const [when, { reply, ready }] of Object.entries(cases)) {
      it(`reaches the socket ${when}`, async () => {
        await start({ ...(reply === undefined ? {} : { reply }) });
        const control = new AbortController();
        const answer = collect(ollamaAt(fake.url).generate(generateRequest({ maxTokens: 4000 }), control.signal));
        answer.catch(() => undefined);
        await ready();
        const reason = new Error('not wanted');
        control.abort(reason);
        await assert.rejects(answer, reason);
        const request = await fake.request(0);
        assert.equal(await request.ended, 'closed-by-client');
      });
    }

    it('reaches a request that Ollama has queued', async () => {
      const door = gate();
      await start({ reply: () => ({ text: 'ok', beforeHeaders: door.opened }) });
      const engine = ollamaAt(fake.url);
      const first = collect(engine.generate(generateRequest(), never));
      await (await fake.request(0)).served;
      const control = new AbortController();
      const second = collect(engine.generate(generateRequest(), control.signal));
      second.catch(() => undefined);
      const queued = await fake.request(1);
      control.abort(new Error('gone'));
      await assert.rejects(second, /gone/);
      assert.equal(await queued.ended, 'closed-by-client');
      assert.equal(queued.servedMilliseconds, undefined);
      door.open();
      assert.equal(textOf(await first), 'ok');
    });

    it('happens when the reader walks away, and when the engine is closed', async () => {
      await start({ slots: 2, reply: () => ({ pieces: [' again'], loop: true }) });
      const engine = ollamaAt(fake.url);
      for await (const _chunk of engine.generate(generateRequest({ maxTokens: 4000 }), never)) break;
      assert.equal(await (await fake.request(0)).ended, 'closed-by-client');
      const running = collect(engine.generate(generateRequest({ maxTokens: 4000 }), never));
      running.catch(() => undefined);
      await (await fake.request(1)).sent(3);
      await engine.close();
      assert.match((await failureOf(running)).message, /closed/);
      assert.equal(await (await fake.request(1)).ended, 'closed-by-client');
    });

    it('with a signal that is aborted already, sends nothing', async () => {
      await start();
      await assert.rejects(
        collect(ollamaAt(fake.url).generate(generateRequest(), AbortSignal.abort(new Error('early')))),
        /early/,
      );
      assert.deepEqual(fake.log, []);
    });
  });
});
