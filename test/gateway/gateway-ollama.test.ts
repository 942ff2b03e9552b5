// The gateway on the real Ollama engine over real HTTP: stopping and cancelling reach the socket, the queue is ours to see, and no
// call is lost whatever the wire does.

import assert from 'node:assert/strict';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { createGateway } from '../../server/gateway/gateway.ts';
import type { Gateway, ModelAnswer, ModelRequest } from '../../server/gateway/model-call.ts';
import { stopAfterFence } from '../../server/gateway/stop-filters.ts';
import type { RecordingMeter } from '../support/fake-engine.ts';
import { recordingMeter } from '../support/fake-engine.ts';
import type { FakeOllama, FakeOllamaOptions, RecordedRequest } from '../support/fake-ollama.ts';
import { createFakeOllama, errorReplies, gate } from '../support/fake-ollama.ts';
import { ollamaAt } from '../support/ollama-engine.ts';

const never = new AbortController().signal;

describe('gateway on Ollama', () => {
  let fake: FakeOllama;
  let gateway: Gateway;
  let meter: RecordingMeter;

  async function start(options: FakeOllamaOptions, env: Record<string, string> = {}): Promise<void> {
    fake = await createFakeOllama({ models: [{ name: 'gemma3:4b' }], ...options });
    meter = recordingMeter();
    gateway = createGateway({
      engines: new Map([['ollama', ollamaAt(fake.url, { env, owner: { meter: 'local' } })]]),
      meter,
      clock: systemClock,
      log: silentLog,
      keepAliveSeconds: 300,
    });
  }
  afterEach(() => fake.close());

  function ask(more: Partial<ModelRequest> = {}, signal = never): Promise<ModelAnswer> {
    return gateway.call(
      {
        role: 'worker',
        model: { engineId: 'ollama', model: 'gemma3:4b' },
        prompt: { kind: 'chat', messages: [{ role: 'user', content: 'write add' }] },
        maxTokens: 2000,
        contextTokens: 4096,
        sampling: { temperature: 0.1, topP: 0.95, seed: 1 },
        ...more,
      },
      signal,
    );
  }

  it('closes the socket once a filter says the answer is complete', async () => {
    await start({
      reply: () => ({
        pieces: ['```py\n', 'x = 1\n', '```\n', ...Array.from({ length: 1000 }, (_, index) => `talk ${index} `)],
        beforePiece: (index) => (index === 6 ? gate().opened : undefined),
      }),
    });
    const { call, text } = await ask({ stopFilters: [stopAfterFence()] });
    assert.deepEqual([text, call.outcome], ['```py\nx = 1\n```', 'stopped-early']);
    assert.equal(await (await fake.request(0)).ended, 'closed-by-client');
  });

  it('stops a looping model, and keeps one lap', async () => {
    await start({ reply: () => ({ pieces: ['    print(', '"again")\n'], loop: true }) });
    const { call, text } = await ask();
    assert.deepEqual([text, call.outcome], ['    print("again")\n', 'stopped-early']);
    assert.ok(((await fake.request(0)).piecesSent ?? 0) < 1000);
    assert.equal(await (await fake.request(0)).ended, 'closed-by-client');
  });

  const moments: Record<
    string,
    { reply: FakeOllamaOptions['reply']; ready: (request: RecordedRequest) => Promise<unknown> }
  > = {
    'while the model loads': { reply: () => ({ beforeHeaders: gate().opened }), ready: (request) => request.served },
    'in the middle': {
      reply: () => ({ text: 'abcdefgh', beforePiece: (index) => (index === 1 ? gate().opened : undefined) }),
      ready: (request) => request.sent(1),
    },
  };
  for (const [when, { reply, ready }] of Object.entries(moments)) {
    it(`cancels ${when} at the socket, with one record and its joules`, async () => {
      await start({ ...(reply === undefined ? {} : { reply }) });
      const control = new AbortController();
      const answer = ask({}, control.signal);
      const request = await fake.request(0);
      await ready(request);
      control.abort(new Error('cancel'));
      const { call, failure } = await answer;
      assert.deepEqual([call.outcome, failure], ['cancelled', undefined]);
      assert.equal(await request.ended, 'closed-by-client');
      assert.equal(meter.calls[0]?.edges.at(-1), 'done');
    });
  }

  it('queues where it can be seen: one request at Ollama per slot, cancelled ones never arrive', async () => {
    const doors = [gate(), gate()];
    await start({
      reply: (_request, index) => ({
        text: `answer ${index}`,
        beforeHeaders: doors[index]?.opened ?? Promise.resolve(),
      }),
    });
    const positions: (number | undefined)[] = [];
    const first = ask();
    await (await fake.request(0)).served;
    const control = new AbortController();
    const second = ask({}, control.signal);
    const third = ask({ onProgress: ({ queuePosition }) => positions.push(queuePosition) });
    await new Promise((resolve) => setImmediate(resolve));
    control.abort(new Error('cancel'));
    assert.equal((await second).call.outcome, 'cancelled');
    doors[0]?.open();
    assert.equal((await first).text, 'answer 0');
    await fake.request(1);
    doors[1]?.open();
    assert.equal((await third).text, 'answer 1');
    assert.equal(fake.requests.length, 2);
    assert.deepEqual(positions, [2, 1, undefined]);
  });

  it('uses as many slots as there are', async () => {
    const door = gate();
    await start({ slots: 3, reply: () => ({ text: 'x', beforeHeaders: door.opened }) }, { OLLAMA_NUM_PARALLEL: '3' });
    const answers = [ask(), ask(), ask(), ask()];
    await fake.request(2);
    assert.equal(fake.requests.length, 3);
    door.open();
    assert.deepEqual(
      (await Promise.all(answers)).map(({ text }) => text),
      ['x', 'x', 'x', 'x'],
    );
  });

  it('loses no call, whatever the wire does', async () => {
    const replies = [
      { text: 'fine' },
      { error: errorReplies.outOfMemory() },
      { text: 'abcdefgh', dies: { afterPieces: 1, how: 'torn' } },
      { text: 'abcdefgh', dies: { afterPieces: 1, how: 'reset' } },
      { text: 'abcdefgh', dies: { afterPieces: 1, how: 'garbage' } },
      { error: errorReplies.proxyPage() },
      { text: 'fine too' },
    ] as const;
    await start({ reply: (_request, index) => replies[index] ?? 'more' });
    const answers = await Promise.all(replies.map(() => ask()));
    assert.deepEqual(
      answers.map(({ call, text, failure }) => `${call.outcome} ${failure?.kind ?? ''} ${text}`),
      [
        'completed  fine',
        'failed out-of-memory ',
        'failed torn abcd',
        'failed torn abcd',
        'failed malformed abcd',
        'failed unreachable ',
        'completed  fine too',
      ],
    );
    assert.equal(new Set(answers.map(({ call }) => call.id)).size, replies.length);
    assert.ok(
      answers.every(({ call }) => call.joules.gross.status === 'simulated'),
      'each has its joules',
    );
  });

  it('says what to do when Ollama is down, the model missing, or the host not allowed', async () => {
    await start({});
    const missing = await ask({ model: { engineId: 'ollama', model: 'gemma9:1b' } });
    assert.deepEqual([missing.failure?.kind, missing.failure?.mend], ['missing-model', 'ollama pull gemma9:1b']);
    await fake.close();
    const down = await ask({ model: { engineId: 'ollama', model: 'gemma9:1b' } });
    assert.deepEqual([down.failure?.kind, down.failure?.mend], ['unreachable', 'ollama serve']);
    gateway = createGateway({
      engines: new Map([['ollama', ollamaAt('http://192.0.2.1:11434')]]),
      meter,
      clock: systemClock,
      log: silentLog,
      keepAliveSeconds: 300,
    });
    assert.equal((await ask()).failure?.kind, 'refused');
  });

  it("passes pieces on as they come and reports the engine's own times", async () => {
    await start({
      reply: () => ({
        text: 'return a + b',
        tokens: { in: 100, cached: 60 },
        seconds: { queue: 0, load: 1, prefill: 2, decode: 3 },
      }),
    });
    const { call } = await ask();
    assert.deepEqual(call.tokens, { in: 100, cached: 60, out: 3 });
    const { source, load, prefill, decode } = call.seconds;
    assert.deepEqual([source, load, prefill, decode], ['engine', 1, 2, 3]);
    assert.equal(call.engineVersion, '0.33.4');
    assert.match(call.digest, /^[0-9a-f]{64}$/);
  });
});
