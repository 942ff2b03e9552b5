// The OpenAI-compatible engine against fakes that frame as llama-server and vLLM do: what is asked, what comes out, when a socket closes.

import assert from 'node:assert/strict';
import type { EngineFailure, GenerateRequest } from '../../server/models/engine.ts';
import { createFakeOpenai, type FakeOpenai, type FakeOpenaiOptions } from '../support/fake-openai.ts';
import { keptLog } from '../support/kept-log.ts';
import { collect, failureOf, generateRequest, never, textOf } from '../support/ollama-engine.ts';
import { openaiAt } from '../support/openai-engine.ts';

const model = 'qwen2.5-coder-3b';
const asked = (more: Partial<GenerateRequest> = {}): GenerateRequest => generateRequest({ model, ...more });
const schema = { type: 'object', properties: { n: { type: 'integer' } } };

describe('OpenAI-compatible engine', () => {
  const fakes: FakeOpenai[] = [];
  const start = async (options?: FakeOpenaiOptions): Promise<FakeOpenai> => {
    const fake = await createFakeOpenai(options);
    fakes.push(fake);
    return fake;
  };
  afterEach(async () => {
    await Promise.all(fakes.splice(0).map((fake) => fake.close()));
  });

  it("reads llama-server's models, slots and version", async () => {
    const fake = await start();
    const { slots, version, models } = await openaiAt(`${fake.url}/v1/`).state(never);
    assert.deepEqual([slots, version], [2, 'b11669-Debian']);
    const [profile] = models;
    assert.equal(profile?.parameters, 3_085_938_688);
    assert.equal(profile?.contextLength, 4096);
    assert.equal(profile?.family, 'qwen2');
    assert.ok(Math.abs((profile?.bitsPerWeight ?? 0) - 5.003) < 0.001);
    assert.ok(profile?.canInfill);
  });

  it("takes the owner's word over the name, and the name where vLLM says nothing", async () => {
    const fake = await start({ flavour: 'vllm', models: ['Qwen/Qwen3-30B-A3B', 'house'] });
    const house = { parameters: 7e9, bitsPerWeight: 4, family: 'llama', canInfill: true, contextLength: 999 };
    const { slots, models } = await openaiAt(fake.url, { engine: { slots: 8, models: { house } } }).state(never);
    assert.equal(slots, 8);
    assert.deepEqual(
      models.map((one) => [
        one.name,
        one.parameters,
        one.activeParameters,
        one.family,
        one.contextLength,
        one.canInfill,
      ]),
      [
        ['Qwen/Qwen3-30B-A3B', 30e9, 3e9, 'qwen3', 8192, false],
        ['house', 7e9, 7e9, 'llama', 999, true],
      ],
    );
    assert.equal(models[1]?.weightBytes, 3.5e9);
    assert.ok(!fake.paths.includes('/props'), 'only llama-server is asked for props');
  });

  for (const flavour of ['llama-server', 'vllm'] as const) {
    it(`streams a chat from ${flavour} with counts, probabilities and thoughts apart`, async () => {
      const fake = await start({ flavour, reply: () => ({ text: 'return a + b', thinking: 'hm' }) });
      const engine = openaiAt(fake.url);
      await collect(engine.generate(asked(), never));
      const chunks = await collect(engine.generate(asked({ wantProbabilities: true, stop: ['###'] }), never));
      assert.equal(textOf(chunks), 'return a + b');
      assert.deepEqual(chunks[0], { kind: 'thinking', text: 'hm', tokens: 1 });
      const texts = chunks.filter((chunk) => chunk.kind === 'text');
      assert.deepEqual(
        texts.map((chunk) => chunk.lowestProbability?.toFixed(2)),
        ['0.95', '0.95', '0.95', '0.95'],
      );
      const counts = { tokensIn: 24, tokensOut: 4 };
      const more = { tokensCached: 23, prefillSeconds: 0.0037, decodeSeconds: 0.0035 };
      const usage = flavour === 'vllm' ? counts : { ...counts, ...more };
      assert.deepEqual(chunks.at(-1), { kind: 'done', reason: 'stop', usage });
      const sent = fake.requests[1];
      assert.equal(sent?.path, '/v1/chat/completions');
      const { max_tokens, seed, temperature, top_p, stop, stream_options, chat_template_kwargs } = sent.body;
      assert.deepEqual([max_tokens, seed, temperature, top_p, stop], [256, 7, 0.1, 0.95, ['###']]);
      assert.deepEqual([stream_options, chat_template_kwargs], [{ include_usage: true }, { enable_thinking: false }]);
    });

    it(`continues a raw prompt and keeps to a schema at ${flavour}`, async () => {
      const fake = await start({ flavour, reply: () => '{"n": 1}' });
      const request = asked({ prompt: { kind: 'raw', text: 'x =' }, schema, wantProbabilities: true });
      const chunks = await collect(openaiAt(fake.url).generate(request, never));
      assert.equal(textOf(chunks), '{"n": 1}');
      assert.equal(chunks[0]?.kind === 'text' && chunks[0].lowestProbability?.toFixed(2), '0.95');
      const [sent] = fake.requests;
      assert.deepEqual([sent?.path, sent?.body.prompt], ['/v1/completions', 'x =']);
      const format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } };
      if (flavour === 'vllm') assert.deepEqual(sent?.body.response_format, format);
      else assert.deepEqual(sent?.body.json_schema, schema);
    });
  }

  it("fills in by llama-server's own endpoint, elsewhere with the family's tokens", async () => {
    const prompt = { kind: 'infill', prefix: 'a(', suffix: ')' } as const;
    const own = await start({ reply: () => 'b, c' });
    const chunks = await collect(
      openaiAt(own.url).generate(asked({ prompt, wantProbabilities: true, maxTokens: 1 }), never),
    );
    assert.equal(textOf(chunks), 'b,');
    const last = chunks.at(-1);
    assert.equal(last?.kind === 'done' && last.reason, 'length');
    assert.deepEqual([own.requests[0]?.path, own.requests[0]?.body.input_suffix], ['/infill', ')']);
    const other = await start({ flavour: 'vllm' });
    await collect(openaiAt(other.url).generate(asked({ prompt }), never));
    assert.equal(other.requests[0]?.body.prompt, '<|fim_prefix|>a(<|fim_suffix|>)<|fim_middle|>');
    const unknown = await start({ flavour: 'vllm', models: ['house'] });
    const failure = await failureOf(collect(openaiAt(unknown.url).generate(asked({ prompt, model: 'house' }), never)));
    assert.equal(failure.kind, 'unsupported');
  });

  it('says that an answer ended at its bound', async () => {
    const fake = await start({ reply: () => 'one two three' });
    const chunks = await collect(openaiAt(fake.url).generate(asked({ maxTokens: 2 }), never));
    const last = chunks.at(-1);
    assert.equal(last?.kind === 'done' && last.reason, 'length');
  });

  it('closes the connection at an abort, and when the listener walks away', async () => {
    const fake = await start({ reply: () => ({ text: 'one two', hang: true }) });
    const engine = openaiAt(fake.url);
    const abort = new AbortController();
    const reason = new Error('cancelled');
    await assert.rejects(
      async () => {
        for await (const _ of engine.generate(asked(), abort.signal)) abort.abort(reason);
      },
      (error) => error === reason,
    );
    assert.equal(await fake.requests[0]?.ended, 'closed-by-client');
    for await (const _ of engine.generate(asked(), never)) break;
    assert.equal(await fake.requests[1]?.ended, 'closed-by-client');
  });

  it('ends what runs when it is closed', async () => {
    const fake = await start({ reply: () => ({ text: 'one', hang: true }) });
    const engine = openaiAt(fake.url);
    const failure = await failureOf(
      (async () => {
        for await (const _ of engine.generate(asked(), never)) await engine.close();
      })(),
    );
    assert.match(failure.message, /closed/);
    assert.equal(await fake.requests[0]?.ended, 'closed-by-client');
  });

  it('asks nobody on another machine without consent in the entry itself', async () => {
    const failure = await failureOf(openaiAt('http://10.1.2.3:8000').state(never));
    assert.equal(failure.kind, 'refused');
    assert.match(`${failure.message} ${failure.mend}`, /desk.*10\.1\.2\.3.*"allowRemote": true.*desk/);
  });

  it('knows whose counters see it only from a process that is an engine, or from its owner', async () => {
    const fake = await start();
    const { locality } = await openaiAt(fake.url).state(never);
    assert.ok(locality.where === 'unproven' || process.platform !== 'linux');
    assert.match(locality.where === 'unproven' ? locality.mend : '', /"meter": "local" in the entry of desk|^$/);
    const declared = await openaiAt(fake.url, { engine: { meter: 'local' } }).state(never);
    assert.deepEqual(declared.locality, { where: 'this-machine', how: 'declared' });
    const remote = { engine: { meter: 'remote' }, remoteMeter: 'prometheus at gpu:9400' } as const;
    const elsewhere = await openaiAt(fake.url, remote).state(never);
    assert.deepEqual(elsewhere.locality, {
      where: 'elsewhere',
      why: 'desk.meter says that another machine does the work',
      remoteMeter: 'prometheus at gpu:9400',
    });
  });

  describe('keys', () => {
    const key = 'sk-very-secret-0123456789';

    it('go along from the environment or the entry', async () => {
      const fake = await start({ key });
      const fromEnvironment = { engine: { keyFromEnvironment: 'DESK_KEY' }, env: { DESK_KEY: ` ${key}\n` } };
      assert.equal((await openaiAt(fake.url, fromEnvironment).state(never)).models.length, 1);
      assert.equal(textOf(await collect(openaiAt(fake.url, { engine: { key } }).generate(asked(), never))), 'pass');
      const failure = await failureOf(openaiAt(fake.url, { engine: { keyFromEnvironment: 'DESK_KEY' } }).state(never));
      assert.equal(failure.message, 'the key of engine desk is not there: DESK_KEY is not set');
    });

    it('are in no log line and no message, even of an engine that repeats them', async () => {
      const fake = await start({ key: 'another' });
      const log = keptLog();
      const failures: EngineFailure[] = await Promise.all([
        failureOf(openaiAt(fake.url, { engine: { key }, log }).state(never)),
        failureOf(collect(openaiAt(fake.url, { engine: { key }, log }).generate(asked(), never))),
      ]);
      const echo = JSON.stringify({ error: { message: `bad key ${key}` } });
      const odd = await start({
        reply: (_, index) => (index === 0 ? { status: 400, body: echo } : { raw: `data: ${echo}\n\n` }),
      });
      const engine = openaiAt(odd.url, { engine: { key }, log });
      failures.push(await failureOf(collect(engine.generate(asked(), never))));
      failures.push(await failureOf(collect(engine.generate(asked(), never))));
      assert.match(failures[2]?.message ?? '', /bad key …/);
      assert.match(failures[3]?.message ?? '', /bad key …/);
      assert.ok(log.lines.length > 0);
      const everything = JSON.stringify([
        log.lines,
        failures.map((one) => [one.message, one.mend, one.stack, String(one.cause)]),
      ]);
      assert.ok(!everything.includes(key));
    });

    it('never follow a redirect', async () => {
      const target = await start();
      const headers = { Location: `${target.url}/v1/models` };
      const fake = await start({ overrides: { '/v1/models': { status: 307, headers } } });
      const failure = await failureOf(openaiAt(fake.url, { engine: { key } }).state(never));
      assert.equal(failure.kind, 'refused');
      assert.deepEqual(target.paths, []);
    });
  });
});
