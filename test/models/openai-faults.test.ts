// What becomes of an OpenAI-compatible engine that fails, in each way that it can: kind, sentence, mend, retries, and the breaker.

import assert from 'node:assert/strict';
import type { EngineFailure } from '../../server/models/engine.ts';
import {
  createFakeOpenai,
  type FakeOpenai,
  type FakeOpenaiReply,
  type FakeOpenaiScript,
} from '../support/fake-openai.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { collect, failureOf, generateRequest, never, textOf } from '../support/ollama-engine.ts';
import { hastyClock, openaiAt } from '../support/openai-engine.ts';

const request = generateRequest({ model: 'qwen2.5-coder-3b' });
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const half = event({ choices: [{ delta: { content: 'half' }, finish_reason: null }] });
const error = (message: string): string => JSON.stringify({ error: { message } });

describe('OpenAI-compatible engine that fails', () => {
  let fake: FakeOpenai;
  afterEach(() => fake.close());

  const start = async (reply: FakeOpenaiScript): Promise<FakeOpenai> => {
    fake = await createFakeOpenai({ reply });
    return fake;
  };
  const failsWith = async (reply: FakeOpenaiReply): Promise<EngineFailure> => {
    await start(() => reply);
    return failureOf(collect(openaiAt(fake.url).generate(request, never)));
  };

  const cases: readonly (readonly [string, FakeOpenaiReply, string, RegExp])[] = [
    ['a wrong key', { status: 401, body: error('no') }, 'refused', /does not take the key \(401\).*keyFromEnvironment/],
    ['a forbidden one', { status: 403 }, 'refused', /403/],
    [
      'a model it does not have',
      { status: 404, body: error('The model `x` does not exist.') },
      'missing-model',
      /qwen2\.5-coder-3b/,
    ],
    [
      'another API',
      { status: 404, body: '<html>nginx</html>' },
      'malformed',
      /does not speak OpenAI's API \(404\).*"url"/,
    ],
    ['a page under 200', { raw: '<!doctype html>\n<html>sign in</html>\n' }, 'malformed', /no events/],
    ['a broken event', { raw: `${half}data: {"choices": [\n\n` }, 'malformed', /no JSON/],
    ['a line that is no event', { raw: `${half}boo\n\n` }, 'malformed', /no event/],
    ['an end without a word', { raw: half }, 'torn', /in the middle of the answer/],
    ['an end in the middle of an event', { raw: `${half}data: {"choi` }, 'torn', /in the middle/],
    ['DONE without a reason', { raw: `${half}data: [DONE]\n\n` }, 'torn', /in the middle/],
    ['an error in the stream', { raw: half + event({ error: { message: 'CUDA is gone' } }) }, 'failed', /CUDA is gone/],
    [
      'an error in the stream, by vLLM',
      { raw: half + event({ object: 'error', message: 'engine dead' }) },
      'failed',
      /engine dead/,
    ],
    ['an event without end', { raw: `data: ${'x'.repeat(4_100_000)}` }, 'malformed', /desk|OpenAI/],
    ['a crash before the answer', 'die', 'crashed', /closed the connection before/],
    ['500', { status: 500, body: error('boom') }, 'failed', /\(500\): boom/],
    ['a gateway without engine', { status: 502 }, 'unreachable', /gateway/],
    [
      'too long a prompt',
      {
        status: 400,
        body: error('request (9000 tokens) exceeds the available context size (512 tokens), try increasing it'),
      },
      'prompt-too-long',
      /9000 tokens, 512 fit/,
    ],
    [
      'too long a prompt, by vLLM',
      {
        status: 400,
        body: error(
          "This model's maximum context length is 512 tokens. However, you requested 9000 tokens in the messages",
        ),
      },
      'prompt-too-long',
      /too long/,
    ],
    ['no memory', { status: 500, body: error('CUDA out of memory') }, 'out-of-memory', /memory/],
  ];
  for (const [name, reply, kind, said] of cases) {
    it(`says what ${name} is, and asks once`, async () => {
      const failure = await failsWith(reply);
      assert.equal(failure.kind, kind, failure.message);
      assert.match(`${failure.message} ${failure.mend ?? ''}`, said);
      assert.ok(failure.message.length < 400);
      if (kind !== 'unreachable') assert.equal(fake.requests.length, 1);
    });
  }

  it('is unreachable when nobody listens', async () => {
    await start(() => 'pass');
    const { clock, waits } = hastyClock();
    const engine = openaiAt(fake.url, { clock });
    await collect(engine.generate(request, never));
    await fake.close();
    const failure = await failureOf(collect(engine.generate(request, never)));
    assert.match(
      `${failure.kind}: ${failure.message} ${failure.mend}`,
      /^unreachable: engine desk does not answer at .*start it/,
    );
    assert.deepEqual(waits, [125, 250, 500], 'it is asked again before that is said');
    await start(() => 'pass');
  });

  it('has a model that it does not list asked of nobody: llama-server takes any name', async () => {
    await start(() => 'pass');
    const failure = await failureOf(collect(openaiAt(fake.url).generate({ ...request, model: 'house' }, never)));
    assert.deepEqual([failure.kind, fake.requests.length], ['missing-model', 0]);
  });

  it('is not waited for when it takes the connection and says nothing', async () => {
    const clock = new ManualClock();
    fake = await createFakeOpenai({ overrides: { '/v1/models': { raw: '{', hang: true } } });
    const failing = failureOf(openaiAt(fake.url, { clock }).state(never));
    clock.advance(10_001);
    assert.match((await failing).message, /says nothing for 10 s/);
  });

  it('is not waited for when it falls silent in the middle', async () => {
    const clock = new ManualClock();
    await start(() => ({ text: 'one', hang: true }));
    const ended = failureOf(
      (async () => {
        for await (const _ of openaiAt(fake.url, { clock }).generate(request, never)) {
          // The watch begins with this piece; the next one never comes.
          setImmediate(() => clock.advance(120_001));
        }
      })(),
    );
    assert.match((await ended).message, /fell silent/);
    assert.equal(await fake.requests[0]?.ended, 'closed-by-client');
  });

  describe('and is asked again', () => {
    const busy = (more: object = {}): FakeOpenaiReply => ({ status: 503, body: error('Loading model'), ...more });

    it('after 429 and 503, later each time, at most three times', async () => {
      await start((_, index) => [busy(), { status: 429 } as const, busy()][index] ?? 'pass');
      const { clock, waits } = hastyClock();
      assert.equal(textOf(await collect(openaiAt(fake.url, { clock }).generate(request, never))), 'pass');
      assert.deepEqual(waits, [125, 250, 500]);
      fake.setReply(() => busy());
      const failure = await failureOf(collect(openaiAt(fake.url, { clock }).generate(request, never)));
      assert.match(`${failure.kind}: ${failure.message}`, /^busy: .*Loading model/);
      assert.equal(fake.requests.length, 8);
    });

    it('when Retry-After says, unless that is long', async () => {
      await start((_, index) => (index === 0 ? busy({ headers: { 'Retry-After': '7' } }) : 'pass'));
      const { clock, waits } = hastyClock();
      await collect(openaiAt(fake.url, { clock }).generate(request, never));
      assert.deepEqual(waits, [7000]);
      fake.setReply(() => busy({ headers: { 'Retry-After': '60' } }));
      const failure = await failureOf(collect(openaiAt(fake.url, { clock }).generate(request, never)));
      assert.equal(failure.mend, 'try again in 60 s');
      assert.equal(fake.requests.length, 3);
    });

    it('never once a byte of the answer is there', async () => {
      await start(() => ({ raw: half }));
      await failureOf(collect(openaiAt(fake.url).generate(request, never)));
      assert.equal(fake.requests.length, 1);
    });
  });

  it('is left alone after five failures in a row, then tried with one request', async () => {
    const clock = new ManualClock();
    await start((_, index) => (index < 6 ? 'die' : 'pass'));
    const engine = openaiAt(fake.url, { clock });
    const ask = (): Promise<EngineFailure> => failureOf(collect(engine.generate(request, never)));
    for (let index = 0; index < 5; index++) assert.equal((await ask()).kind, 'crashed');
    assert.match((await ask()).message, /left alone for 10 s/);
    assert.equal(fake.requests.length, 5);
    clock.advance(10_000);
    assert.equal((await ask()).kind, 'crashed');
    assert.match((await ask()).message, /left alone/, 'one failed attempt closes the door again');
    clock.advance(10_000);
    assert.equal(textOf(await collect(engine.generate(request, never))), 'pass');
    assert.equal(textOf(await collect(engine.generate(request, never))), 'pass');
  });
});
