// The embedded engine against real llama.cpp: streams, counts, stops, cancels, survives bad model files.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { createEmbeddedEngine } from '../../server/models/embedded.ts';
import type { Engine, GenerateRequest } from '../../server/models/engine.ts';
import { writeChain } from '../support/chain-gguf.ts';
import { copyingAnswer, copyingPrompt, copyingWords, successorInCopy } from '../support/copying-chain.ts';
import {
  body,
  collect,
  endless,
  engineWith,
  failure,
  never,
  request,
  signature,
  stub,
  tiny,
} from '../support/embedded.ts';
import { needEngine, testEngineDirectory, tinyModelPath } from '../support/install-engine.ts';

describe('embedded engine', function () {
  this.timeout(60_000);
  before(needEngine);

  describe('answers', () => {
    let engine: Engine;
    before(() => {
      engine = engineWith([tiny]);
    });
    after(() => engine.close());

    it('describes its model without starting a process', async () => {
      const state = await engine.state(never);
      assert.equal(state.slots, 1);
      assert.deepEqual({ ...state.locality }, { where: 'this-machine', how: 'child-process', pid: undefined });
      const [profile] = state.models;
      assert.equal(profile?.parameters, 5_147_904);
      assert.equal(profile?.contextLength, 512);
      assert.ok((profile?.bitsPerWeight ?? 0) > 8 && (profile?.bitsPerWeight ?? 9) < 9);
    });

    it('streams an answer with counts and probabilities', async () => {
      const { chunks, text, done } = await collect(engine, request(`<|code|>${stub}<|out|>`));
      assert.equal(text, signature + body);
      assert.equal(done.reason, 'stop');
      assert.ok(chunks.length > 20, 'token by token');
      const tokens = chunks.reduce((sum, chunk) => sum + (chunk.kind === 'text' ? chunk.tokens : 0), 0);
      assert.equal(tokens, done.usage.tokensOut);
      assert.ok((done.usage.tokensIn ?? 0) > 10);
      assert.equal(done.usage.tokensCached, 0);
      assert.ok((done.usage.loadSeconds ?? 0) > 0, 'the first answer says what loading took');
      for (const chunk of chunks) {
        if (chunk.kind === 'text')
          assert.ok((chunk.lowestProbability ?? 0) > 0.9 && (chunk.lowestProbability ?? 2) <= 1);
      }
    });

    it('continues behind a prefilled signature and reuses what it has read', async () => {
      const asked = request(`<|code|>${stub}<|out|>${signature}`);
      await collect(engine, asked);
      const { text, done } = await collect(engine, asked);
      assert.equal(text, body);
      assert.equal(done.usage.tokensCached, (done.usage.tokensIn ?? 0) - 1);
      assert.equal(done.usage.loadSeconds, undefined);
    });

    it("takes a chat through the model's own template", async () => {
      const messages = [
        { role: 'system', content: 'code' },
        { role: 'user', content: stub },
      ] as const;
      const raw = await collect(engine, request(`<|code|>${stub}<|out|>`));
      const chat = await collect(engine, request('', { prompt: { kind: 'chat', messages } }));
      assert.equal(chat.text, raw.text);
      assert.equal(chat.done.usage.tokensIn, raw.done.usage.tokensIn);
    });

    it('fills in the middle', async () => {
      const prompt = { kind: 'infill', prefix: `${stub}\n    return sum(`, suffix: '\n' } as const;
      const { text } = await collect(engine, request('', { prompt }));
      assert.match(text, /^1 for x in nums if x < 0\)/);
    });

    it('keeps to a JSON schema', async () => {
      const schema = {
        type: 'object',
        properties: { mode: { enum: ['direct', 'split'] } },
        required: ['mode'],
      };
      const { text } = await collect(engine, request(`<|plan|>Return the sum of nums.<|out|>`, { schema }));
      assert.ok(['direct', 'split'].includes((JSON.parse(text) as { mode: string }).mode));
    });

    it('ends at a stop string and shows nothing of it', async () => {
      const { text, done } = await collect(engine, request(`<|code|>${stub}<|out|>`, { stop: ['for x', 'zzz'] }));
      assert.equal(text, `${signature}    return sum(1 `);
      assert.equal(done.reason, 'stop');
    });

    it('ends at the bound', async () => {
      const { done } = await collect(engine, request(`<|code|>${stub}<|out|>`, { maxTokens: 5 }));
      assert.equal(done.reason, 'length');
      assert.equal(done.usage.tokensOut, 5);
    });

    it('never runs past its context', async () => {
      const { done } = await collect(
        engine,
        request(`${endless}${'x '.repeat(200)}`, { maxTokens: 100_000, stop: [] }),
      );
      assert.ok((done.usage.tokensIn ?? 0) + (done.usage.tokensOut ?? 0) <= 512);
    });

    it('says nothing of probabilities that a temperature has sharpened', async () => {
      const sampling = { temperature: 0.1, topP: 0.95, seed: 7 };
      const { chunks } = await collect(engine, request(`<|code|>${stub}<|out|>`, { sampling }));
      assert.ok(chunks.every((chunk) => chunk.kind !== 'text' || chunk.lowestProbability === undefined));
    });

    it('draws the same answer for the same seed', async () => {
      const sampling = { temperature: 1.5, topP: 1, seed: 11 };
      const asked = request('<|code|>Return something.\ndef f(nums):<|out|>', { sampling });
      const [first, second] = [await collect(engine, asked), await collect(engine, asked)];
      assert.equal(first.text, second.text);
    });

    it('refuses a prompt that is too long, with both numbers', async () => {
      await assert.rejects(collect(engine, request('def x '.repeat(500))), failure('prompt-too-long', /1\d\d\d.*511/));
    });

    it('refuses a model that it does not have', async () => {
      await assert.rejects(
        collect(engine, request('x', { model: 'gemma3:4b' })),
        failure('missing-model', /gemma3:4b/),
      );
    });

    it('serves requests that come at once one after the other', async () => {
      const asked = request(`<|code|>${stub}<|out|>`);
      const answers = await Promise.all([1, 2, 3].map(() => collect(engine, asked)));
      assert.deepEqual(new Set(answers.map(({ text }) => text)), new Set([signature + body]));
    });

    it('stops at an abort and goes on with the next request', async () => {
      const abort = new AbortController();
      const reason = new Error('the user pressed cancel');
      let texts = 0;
      await assert.rejects(
        async () => {
          for await (const chunk of engine.generate(request(endless, { maxTokens: 480, stop: [] }), abort.signal)) {
            if (chunk.kind !== 'text' || ++texts !== 5) continue;
            abort.abort(reason);
          }
        },
        (error) => error === reason,
      );
      assert.ok(texts < 480, 'the answer ran to its end');
      const { text } = await collect(engine, request(`<|code|>${stub}<|out|>`));
      assert.equal(text, signature + body);
    });

    it('stops when the listener walks away', async () => {
      for await (const chunk of engine.generate(request(endless, { stop: [] }), never)) {
        if (chunk.kind === 'text') break;
      }
      const { text } = await collect(engine, request(`<|code|>${stub}<|out|>`));
      assert.equal(text, signature + body);
    });

    it('rejects at once when aborted while another request is served', async () => {
      const first = collect(engine, request(endless, { stop: [] }));
      const abort = new AbortController();
      const second = collect(engine, request('x'), abort.signal);
      abort.abort(new Error('changed my mind'));
      await assert.rejects(second, /changed my mind/);
      await first;
    });
  });

  describe('prompt lookup', () => {
    let folder: string;
    let engine: Engine;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'joule-ls-lookup-'));
      const path = join(folder, 'copying.gguf');
      const shape = { layers: 1, embedding: 576, feedForward: 64, contextLength: 1024 };
      await writeChain(path, { shape, words: copyingWords, successor: successorInCopy });
      engine = engineWith([tiny, { name: 'copying', family: 'llama', path }], { lookup: 'always' });
    });
    after(async () => {
      await engine?.close();
      await rm(folder, { recursive: true, force: true });
    });

    const copying = (more: Partial<GenerateRequest> = {}): GenerateRequest =>
      request(copyingPrompt, {
        model: 'copying',
        contextTokens: 1024,
        maxTokens: 300,
        expectsRepetition: true,
        ...more,
      });

    it('writes the same text, counts and ends', async () => {
      const plain = await collect(engine, copying({ expectsRepetition: false }));
      const looked = await collect(engine, copying());
      assert.equal(plain.text, copyingAnswer);
      assert.equal(looked.text, copyingAnswer);
      assert.equal(looked.done.usage.tokensOut, plain.done.usage.tokensOut);
      assert.equal(looked.done.reason, 'stop');
      const certain = looked.chunks.every((chunk) => chunk.kind !== 'text' || (chunk.lowestProbability ?? 0) > 0.5);
      assert.ok(certain, 'probabilities come along');
    });

    it('writes the same fix as without, by joule-tiny', async () => {
      const code = 'def total(nums: list[int]) -> int:\n    """Return the sum of nums."""\n    return sum(numz)';
      const text = `<|fix|>${code}\n# error: name 'numz' is not defined<|out|>`;
      const plain = await collect(engine, request(text));
      const looked = await collect(engine, request(text, { expectsRepetition: true }));
      assert.equal(looked.text, plain.text);
      assert.equal(looked.done.usage.tokensOut, plain.done.usage.tokensOut);
    });

    it('ends at stop strings and bounds in the middle of what was guessed, and the next answer is right', async () => {
      const stopped = await collect(engine, copying({ stop: ['<w50>'] }));
      assert.equal(stopped.text, copyingAnswer.slice(0, copyingAnswer.indexOf('<w50>')));
      const bounded = await collect(engine, copying({ maxTokens: 33 }));
      assert.equal(bounded.done.usage.tokensOut, 33);
      const { text, done } = await collect(engine, copying({ expectsRepetition: false }));
      assert.equal(text, copyingAnswer);
      assert.ok((done.usage.tokensCached ?? 0) > 200, 'the prompt is still in the slot');
    });

    it('never runs past its context', async () => {
      const { done } = await collect(engine, copying({ contextTokens: 256, maxTokens: 100_000 }));
      assert.equal(done.reason, 'length');
      assert.ok((done.usage.tokensIn ?? 0) + (done.usage.tokensOut ?? 0) <= 256);
    });

    it('draws the same answer for the same seed', async () => {
      const asked = copying({ sampling: { temperature: 1.2, topP: 0.95, seed: 5 }, maxTokens: 120 });
      const [first, second] = [await collect(engine, asked), await collect(engine, asked)];
      assert.equal(first.text, second.text);
    });

    it('leaves answers that keep to a schema alone', async () => {
      const schema = { type: 'object', properties: { mode: { enum: ['direct', 'split'] } }, required: ['mode'] };
      const asked = request('<|plan|>Return the sum of nums.<|out|>', { schema, expectsRepetition: true });
      const { text } = await collect(engine, asked);
      assert.ok(['direct', 'split'].includes((JSON.parse(text) as { mode: string }).mode));
    });
  });

  describe('bad model files', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'joule-ls-gguf-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    async function rejected(content: Buffer, said: RegExp): Promise<void> {
      const path = join(folder, 'bad.gguf');
      await writeFile(path, content);
      const engine = engineWith([{ ...tiny, path }]);
      try {
        await assert.rejects(collect(engine, request('x')), failure('crashed', said));
      } finally {
        await engine.close();
      }
    }

    it('names an empty file', () => rejected(Buffer.alloc(0), /does not begin with GGUF/));
    it('names random bytes', () => rejected(randomBytes(100_000), /does not begin with GGUF/));
    it('names random bytes behind a right beginning', () =>
      rejected(Buffer.concat([Buffer.from('GGUF\x03\0\0\0', 'latin1'), randomBytes(100_000)]), /can't be used/));
    it('names a file cut in its header', async () =>
      rejected((await readFile(tinyModelPath)).subarray(0, 5000), /header/));
    it('names a file cut in its weights', async () =>
      rejected((await readFile(tinyModelPath)).subarray(0, 3_000_000), /cut short/));
    it('says what llama.cpp says of a whole file that it can not load', async () => {
      const content = await readFile(tinyModelPath);
      for (let at = content.indexOf('llama'); at !== -1 && at < 20_000; at = content.indexOf('llama', at)) {
        content.write('lemma', at, 'latin1');
      }
      await rejected(content, /could not load its model/);
    });
    it('says that memory does not suffice, and what helps', async () => {
      const path = join(folder, 'deep.gguf');
      // Keys and values of a million tokens: 2 × 200 layers × 576 numbers × 2 bytes each, 460 GB.
      const shape = { layers: 200, embedding: 576, feedForward: 64, contextLength: 1_048_576 };
      await writeChain(path, { shape, words: copyingWords, successor: successorInCopy });
      const means = { directory: testEngineDirectory, clock: systemClock, log: silentLog };
      const engine = createEmbeddedEngine({ ...means, models: [{ name: 'deep', path }] });
      const asked = request('x', { model: 'deep', contextTokens: 1_048_576 });
      await assert.rejects(collect(engine, asked), failure('out-of-memory', /smaller model/));
      await engine.close();
    });
    it('names a file that is not there', async () => {
      const models = [{ ...tiny, path: join(folder, 'none.gguf') }];
      const engine = engineWith(models);
      await assert.rejects(engine.state(never), failure('missing-model', /none\.gguf/));
    });
  });

  it('says what to do when it is not installed', async () => {
    const engine = createEmbeddedEngine({
      directory: join(tmpdir(), 'joule-ls-no-such-engine'),
      clock: systemClock,
      log: silentLog,
      models: [tiny],
    });
    await assert.rejects(engine.state(never), failure('unreachable', /joule-ls engine install/));
    await assert.rejects(collect(engine, request('x')), failure('unreachable', /joule-ls engine install/));
  });
});
