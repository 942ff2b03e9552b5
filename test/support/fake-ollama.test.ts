// The fake Ollama itself: what others rely on when they say "faithful to the wire".

import assert from 'node:assert/strict';
import type { FakeOllama, FakeOllamaOptions } from './fake-ollama.ts';
import { createFakeOllama, errorReplies, gate } from './fake-ollama.ts';

describe('fake Ollama', () => {
  let fake: FakeOllama;
  const start = async (options: FakeOllamaOptions): Promise<void> => {
    fake = await createFakeOllama(options);
  };
  afterEach(() => fake.close());

  const post = (path: string, body: object, signal?: AbortSignal): Promise<Response> =>
    fetch(`${fake.url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      ...(signal === undefined ? {} : { signal }),
    });
  const lines = async (response: Response): Promise<Record<string, unknown>[]> =>
    (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('answers the probes', async () => {
    await start({ models: [{ name: 'gemma3:4b' }] });
    assert.equal((await fetch(fake.url, { method: 'HEAD' })).status, 200);
    assert.deepEqual(await (await fetch(`${fake.url}/api/version`)).json(), { version: '0.33.4' });
    const tags = (await (await fetch(`${fake.url}/api/tags`)).json()) as { models: { name: string; size: number }[] };
    assert.equal(tags.models[0]?.name, 'gemma3:4b');
    const show = (await (await post('/api/show', { model: 'gemma3:4b' })).json()) as Record<string, unknown>;
    assert.deepEqual(show.capabilities, ['completion']);
    assert.equal((await post('/api/show', { model: 'nothing' })).status, 404);
    assert.equal((await fetch(`${fake.url}/nowhere`)).status, 404);
  });

  it('streams a chat answer with counts and nanoseconds in the last line', async () => {
    await start({
      reply: () => ({ text: 'return a + b', seconds: { load: 2, prefill: 0.5, decode: 1, queue: 0.25 } }),
    });
    const response = await post('/api/chat', { model: 'gemma3:4b', messages: [{ role: 'user', content: 'add' }] });
    assert.equal(response.headers.get('content-type'), 'application/x-ndjson');
    const all = await lines(response);
    assert.equal(all.map((line) => (line.message as { content: string }).content).join(''), 'return a + b');
    const end = all.at(-1) ?? {};
    assert.equal(end.done, true);
    assert.equal(end.done_reason, 'stop');
    assert.equal(end.total_duration, 3_750_000_000);
    assert.equal(end.load_duration, 2_000_000_000);
    assert.equal(end.eval_count, 3);
    assert.equal('prompt_eval_cached_count' in end, false, 'a zero is left out');
    assert.equal(fake.requests[0]?.text, 'add');
  });

  it('bounds by num_predict, cuts at stop strings, counts a repeated prompt as cached', async () => {
    await start({ reply: () => 'aaaabbbbccccdddd' });
    const ask = async (options: object): Promise<Record<string, unknown>[]> =>
      lines(await post('/api/generate', { model: 'gemma3:4b', prompt: 'x'.repeat(400), raw: true, options }));
    assert.equal((await ask({ num_predict: 2 })).at(-1)?.done_reason, 'length');
    const second = await ask({ stop: ['cc'] });
    assert.equal(second.map((line) => line.response).join(''), 'aaaabbbb');
    assert.equal(second.at(-1)?.prompt_eval_cached_count, 99);
  });

  it('sends logprobs, thinking and JSON when asked', async () => {
    await start({
      models: [{ name: 'qwen3:8b', capabilities: ['completion', 'thinking'] }],
      reply: () => ({ json: { n: 1 }, thinking: 'let me see', probability: 0.5 }),
    });
    const ask = async (body: object): Promise<Record<string, unknown>[]> =>
      lines(await post('/api/generate', { model: 'qwen3:8b', prompt: 'p', ...body }));
    const open = await ask({ logprobs: true, format: { type: 'object' } });
    assert.equal(open.map((line) => line.thinking ?? '').join(''), 'let me see', 'on unless switched off');
    assert.deepEqual(JSON.parse(open.map((line) => line.response).join('')), { n: 1 });
    const probabilities = open.flatMap((line) => (line.logprobs ?? []) as { logprob: number }[]);
    assert.ok(Math.abs((probabilities[0]?.logprob ?? 0) - Math.log(0.5)) < 1e-9);
    assert.equal((await ask({ think: false })).map((line) => line.thinking ?? '').join(''), '');
  });

  it('refuses as Ollama does', async () => {
    await start({ models: [{ name: 'gemma3:4b' }, { name: 'nomic', capabilities: ['embedding'] }] });
    const refusal = async (body: object): Promise<string> => {
      const response = await post('/api/generate', { model: 'gemma3:4b', prompt: 'p', ...body });
      return `${response.status} ${((await response.json()) as { error: string }).error}`;
    };
    assert.equal(await refusal({ model: 'gemma9' }), "404 model 'gemma9' not found");
    assert.match(await refusal({ think: true }), /^400 "gemma3:4b" does not support thinking/);
    assert.match(await refusal({ suffix: 's' }), /^400 .*does not support insert/);
    assert.match(await refusal({ model: 'nomic' }), /^400 .*does not support generate/);
    const nested = await refusal({ prompt: 'x'.repeat(40_000), truncate: false });
    assert.equal(JSON.parse(nested.slice(4)).error.type, 'exceed_context_size_error');
  });

  it('queues on one slot without headers and serves first come first served', async () => {
    const doors = [gate(), gate(), gate()];
    await start({
      reply: (_request, index) => ({ text: String(index), beforeHeaders: doors[index]?.opened ?? Promise.resolve() }),
    });
    const answers = [0, 1, 2].map((index) => post('/api/generate', { model: 'gemma3:4b', prompt: `p${index}` }));
    const records = [await fake.request(0), await fake.request(1), await fake.request(2)];
    await records[0]?.served;
    assert.equal(records[1]?.servedMilliseconds, undefined);
    for (const door of doors) door.open();
    const ends = await Promise.all(records.map((record) => record.ended));
    assert.deepEqual(ends, ['done', 'done', 'done']);
    await Promise.all(answers.map(async (answer) => (await answer).text()));
    const served = records.map((record) => record.servedMilliseconds ?? 0);
    assert.deepEqual(
      served,
      [...served].sort((a, b) => a - b),
    );
  });

  it('notices a client that hangs up: before headers, in the middle of a loop, and in the queue', async () => {
    await start({
      reply: (request) =>
        request.prompt === 'slow' ? { beforeHeaders: gate().opened } : { pieces: [' again'], loop: true },
    });
    const hangUp = async (prompt: string, ready: () => Promise<unknown>): Promise<string> => {
      const control = new AbortController();
      const answer = post(
        '/api/generate',
        { model: 'gemma3:4b', prompt, options: { num_predict: 100_000 } },
        control.signal,
      );
      answer.then((response) => response.text()).catch(() => undefined);
      await ready();
      control.abort();
      return (await fake.request(fake.requests.length - 1)).ended;
    };
    assert.equal(await hangUp('slow', async () => (await fake.request(0)).served), 'closed-by-client');
    assert.equal(await hangUp('loop', async () => (await fake.request(1)).sent(50)), 'closed-by-client');
    const blocker = new AbortController();
    post('/api/generate', { model: 'gemma3:4b', prompt: 'slow' }, blocker.signal).catch(() => undefined);
    await (await fake.request(2)).served;
    assert.equal(await hangUp('queued', () => fake.request(3)), 'closed-by-client');
    assert.equal(fake.requests[3]?.servedMilliseconds, undefined);
    blocker.abort();
  });

  it('dies in every way', async () => {
    await start({
      reply: (request) => ({ text: 'abcdefgh', dies: { afterPieces: 1, how: request.prompt as 'torn' } }),
    });
    const die = async (how: string): Promise<string> => {
      const response = await post('/api/generate', { model: 'gemma3:4b', prompt: how });
      return response.text().catch(() => 'cut');
    };
    assert.equal((await die('torn')).trim().split('\n').length, 1);
    assert.match(await die('error-line'), /"error":"an error was encountered/);
    assert.match(await die('garbage'), /<html>/);
    assert.equal(await die('reset'), 'cut');
    assert.equal(await die('half-line'), 'cut');
  });

  it('answers scripted errors, overrides and a missing bearer token', async () => {
    await start({
      reply: () => ({ error: errorReplies.outOfMemory() }),
      overrides: { 'GET /api/tags': errorReplies.proxyPage() },
      bearer: 'secret',
    });
    assert.equal((await fetch(`${fake.url}/api/version`)).status, 401);
    assert.equal((await fetch(`${fake.url}/api/tags`)).status, 502);
  });

  it('pulls a model, which then exists', async () => {
    await start({ models: [] });
    const progress = await lines(await post('/api/pull', { model: 'gemma3:4b' }));
    assert.equal(progress.at(-1)?.status, 'success');
    assert.equal((await post('/api/show', { model: 'gemma3:4b' })).status, 200);
  });

  it('records loads: one per model while num_ctx stays the same', async () => {
    await start({});
    for (const num_ctx of [4096, 4096, 8192]) {
      await (await post('/api/generate', { model: 'gemma3:4b', prompt: 'p', options: { num_ctx } })).text();
    }
    assert.deepEqual(fake.loads, [
      { model: 'gemma3:4b', contextTokens: 4096 },
      { model: 'gemma3:4b', contextTokens: 8192 },
    ]);
  });
});
