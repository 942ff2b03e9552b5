// The gateway on an engine in memory: one record per call whatever happens, metered at the right moments, and never a rejection.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import type { EnergyMeter } from '../../server/energy/port.ts';
import type { GatewayOptions } from '../../server/gateway/gateway.ts';
import { createGateway } from '../../server/gateway/gateway.ts';
import type { CallProgress, Gateway, ModelRequest } from '../../server/gateway/model-call.ts';
import { stopAtLineEnd } from '../../server/gateway/stop-filters.ts';
import type { EngineChunk } from '../../server/models/engine.ts';
import { EngineFailure } from '../../server/models/engine.ts';
import type { FakeEngine, FakeEngineOptions, RecordingMeter } from '../support/fake-engine.ts';
import { answering, createFakeEngine, failing, profileNamed, recordingMeter } from '../support/fake-engine.ts';
import { gate } from '../support/fake-ollama.ts';
import { ManualClock } from '../support/manual-clock.ts';

const never = new AbortController().signal;

function requestOf(more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    role: 'worker',
    model: { engineId: 'fake', model: 'gemma3:4b' },
    prompt: { kind: 'chat', messages: [{ role: 'user', content: 'x'.repeat(40) }] },
    maxTokens: 100,
    contextTokens: 4096,
    sampling: { temperature: 0.1, topP: 0.95, seed: 1 },
    ...more,
  };
}

describe('gateway', () => {
  let clock: ManualClock;
  let meter: RecordingMeter;
  let engine: FakeEngine;

  beforeEach(() => {
    clock = new ManualClock();
    meter = recordingMeter();
  });

  function gatewayOn(options: FakeEngineOptions, more: Partial<GatewayOptions> = {}): Gateway {
    engine = createFakeEngine(options);
    let ids = 0;
    return createGateway({
      engines: new Map([['fake', engine]]),
      meter,
      clock,
      log: silentLog,
      keepAliveSeconds: 300,
      newId: () => `call-${++ids}`,
      ...more,
    });
  }

  it('lets the engine put away what a finished call hung on', async () => {
    const putAway = gate();
    const gateway = gatewayOn({
      async *answer() {
        try {
          yield* answering(['a']);
        } finally {
          putAway.open();
        }
      },
    });
    await gateway.call(requestOf(), never);
    await putAway.opened;
  });

  it('records a call with what the engine says of it', async () => {
    const usage = {
      tokensIn: 120,
      tokensCached: 20,
      tokensOut: 3,
      totalSeconds: 4,
      loadSeconds: 2,
      prefillSeconds: 0.5,
      decodeSeconds: 1,
    };
    const gateway = gatewayOn({ answer: () => answering(['a', 'b', 'c'], usage) });
    const { call, text, failure } = await gateway.call(requestOf(), never);
    assert.equal(text, 'abc');
    assert.equal(failure, undefined);
    assert.deepEqual(call, {
      id: 'call-1',
      role: 'worker',
      engine: 'fake',
      engineVersion: 'fake 1',
      model: 'gemma3:4b',
      digest: 'digest of gemma3:4b',
      atWallMilliseconds: clock.wallMilliseconds(),
      tokens: { in: 120, cached: 20, out: 3 },
      seconds: { total: 4, queue: 0.5, load: 2, prefill: 0.5, decode: 1, source: 'engine' },
      joules: {
        gross: { status: 'simulated', joules: 3, plusMinusJoules: 0, scope: 'device', coverage: ['gpu'] },
        net: { status: 'simulated', joules: 3, plusMinusJoules: 0, scope: 'device', coverage: ['gpu'] },
        bySource: [],
        flags: ['the engine had other work: it kept this waiting 0.5 s'],
      },
      sampling: { temperature: 0.1, topP: 0.95, seed: 1 },
      outcome: 'completed',
    });
    assert.deepEqual(meter.calls[0]?.edges, ['sent', 'first-token', 'done']);
    assert.deepEqual(meter.calls[0]?.facts, {
      engine: { queueSeconds: 0.5, loadSeconds: 2 },
      tokensIn: 120,
      tokensCached: 20,
      tokensOut: 3,
      activeGigabytes: 2,
      keepAliveSeconds: 300,
    });
  });

  it('uses its own clock and counts where the engine says nothing, or nothing that can be true', async () => {
    async function* slow(): AsyncGenerator<EngineChunk> {
      clock.advance(300);
      yield { kind: 'text', text: 'ab', tokens: 2 };
      clock.advance(700);
      yield { kind: 'done', reason: 'length', usage: lie };
    }
    let lie = {};
    const gateway = gatewayOn({ answer: slow });
    const own = { total: 1, queue: 0, load: 0, prefill: 0.3, decode: 0.7, source: 'clock' };
    const silent = await gateway.call(requestOf(), never);
    assert.deepEqual(silent.call.seconds, own);
    assert.deepEqual(silent.call.tokens, { in: 10, cached: 0, out: 2 });
    assert.equal(silent.call.outcome, 'length');
    lie = { totalSeconds: 1e9, decodeSeconds: 1e9, loadSeconds: 0 };
    assert.deepEqual((await gateway.call(requestOf(), never)).call.seconds, own);
  });

  it('asks the engine with everything set', async () => {
    const gateway = gatewayOn({ answer: () => answering(['x']) }, { keepAliveSeconds: () => 77 });
    await gateway.call(
      requestOf({
        maxTokens: 0,
        schema: { type: 'object' },
        stop: ['a'],
        wantProbabilities: true,
        expectsRepetition: true,
      }),
      never,
    );
    await gateway.call(requestOf({ maxTokens: 12.9 }), never);
    assert.deepEqual(
      engine.requests.map(
        ({ maxTokens, stop, schema, think, wantProbabilities, expectsRepetition, keepAliveSeconds }) => ({
          maxTokens,
          stop,
          schema,
          think,
          wantProbabilities,
          expectsRepetition,
          keepAliveSeconds,
        }),
      ),
      [
        {
          maxTokens: 1,
          stop: ['a'],
          schema: { type: 'object' },
          think: false,
          wantProbabilities: true,
          expectsRepetition: true,
          keepAliveSeconds: 77,
        },
        {
          maxTokens: 12,
          stop: [],
          schema: undefined,
          think: false,
          wantProbabilities: false,
          expectsRepetition: undefined,
          keepAliveSeconds: 77,
        },
      ],
    );
  });

  it('ends the generation when a filter says the answer is complete, and keeps what comes before', async () => {
    let ended = false;
    async function* lines(): AsyncGenerator<EngineChunk> {
      try {
        for (const text of ['retu', 'rn 1\nmo', 're'])
          yield { kind: 'text', text, tokens: 1, lowestProbability: text === 'retu' ? 0.9 : 0.2 };
        assert.fail('asked for more');
      } finally {
        ended = true;
      }
    }
    const gateway = gatewayOn({ answer: lines });
    const { call, text } = await gateway.call(
      requestOf({ stopFilters: [stopAtLineEnd()], wantProbabilities: true }),
      never,
    );
    assert.deepEqual([text, call.outcome, call.why], ['return 1', 'stopped-early', 'the line is complete']);
    assert.equal(call.tokens.out, 2);
    assert.equal(call.lowestTokenProbability, 0.2);
    await Promise.resolve();
    assert.equal(ended, true);
    assert.deepEqual(meter.calls[0]?.edges, ['sent', 'first-token', 'done']);
  });

  it('stops a loop, an answer without end, and an engine that does not obey its limit', async () => {
    async function* endless(request: { maxTokens: number }): AsyncGenerator<EngineChunk> {
      for (let index = 0; ; index++) {
        if (request.maxTokens === 1) yield { kind: 'thinking', text: `${index} `, tokens: 1 };
        else if (request.maxTokens === 2) yield { kind: 'text', text: `x${index}\n`.repeat(10_000), tokens: 0 };
        else if (request.maxTokens === 3) yield { kind: 'thinking', text: 'wait, no. ', tokens: 0 };
        else yield { kind: 'text', text: '  call(again);\n', tokens: 0 };
      }
    }
    const gateway = gatewayOn({ answer: endless });
    const why = async (maxTokens: number): Promise<string | undefined> =>
      (await gateway.call(requestOf({ maxTokens }), never)).call.why;
    assert.match((await why(4)) ?? '', /repeats itself/);
    assert.match((await why(3)) ?? '', /thinking repeats/);
    assert.match((await why(2)) ?? '', /repeats itself|longer than/);
    assert.match((await why(1)) ?? '', /limit of tokens/);
  });

  describe('whatever goes wrong', () => {
    const failures: Record<
      string,
      { options: Partial<FakeEngineOptions>; kind: string; text: string; edges: string[] | undefined }
    > = {
      'the engine is down': {
        options: {
          state: async () => {
            throw new EngineFailure('unreachable', 'nobody there', 'ollama serve');
          },
        },
        kind: 'unreachable',
        text: '',
        edges: undefined,
      },
      'the model is missing': {
        options: {
          answer: () => failing(new EngineFailure('missing-model', 'no such model', 'ollama pull x')),
        },
        kind: 'missing-model',
        text: '',
        edges: ['sent', 'done'],
      },
      'the stream is torn': {
        options: {
          async *answer() {
            yield { kind: 'text', text: 'half', tokens: 1 };
            throw new EngineFailure('torn', 'it broke');
          },
        },
        kind: 'torn',
        text: 'half',
        edges: ['sent', 'first-token', 'done'],
      },
      'the engine has a bug': {
        options: {
          async *answer() {
            yield { kind: 'text', text: 'half', tokens: 1 };
            throw new TypeError('undefined is not a function');
          },
        },
        kind: 'failed',
        text: 'half',
        edges: ['sent', 'first-token', 'done'],
      },
      'the engine just ends': {
        options: {
          async *answer() {
            yield { kind: 'text', text: 'half', tokens: 1 };
          },
        },
        kind: 'failed',
        text: 'half',
        edges: ['sent', 'first-token', 'done'],
      },
    };
    for (const [name, { options, kind, text, edges }] of Object.entries(failures)) {
      it(`leaves one record with its joules when ${name}`, async () => {
        const answer = await gatewayOn({ answer: () => answering(['x']), ...options }).call(requestOf(), never);
        assert.equal(answer.failure?.kind, kind);
        assert.equal(answer.call.outcome, 'failed');
        assert.equal(answer.call.why, answer.failure?.message);
        assert.equal(answer.text, text);
        assert.deepEqual(meter.calls[0]?.edges, edges);
        assert.equal(answer.call.joules.gross.status, edges === undefined ? 'measured' : 'simulated');
      });
    }

    it('says which engine is not there', async () => {
      const answer = await gatewayOn({ answer: () => answering([]) }).call(
        requestOf({ model: { engineId: 'nope', model: 'x' } }),
        never,
      );
      assert.match(answer.failure?.message ?? '', /nope/);
    });

    it('never sent means nothing spent, which is known', async () => {
      const answer = await gatewayOn({ answer: () => answering(['x']) }).call(
        requestOf(),
        AbortSignal.abort(new Error('early')),
      );
      assert.equal(answer.call.outcome, 'cancelled');
      assert.equal(answer.failure, undefined);
      assert.deepEqual(answer.call.joules.flags, ['never sent to the engine']);
      assert.equal(engine.requests.length, 0);
    });

    it('survives a meter that throws at every turn', async () => {
      const broken: EnergyMeter = {
        begin: () => ({
          mark: async () => {
            throw new Error('mark');
          },
          sample: async () => {
            throw new Error('sample');
          },
          finish: async () => {
            throw new Error('finish');
          },
          hadNeighbours: () => false,
        }),
        inventory: recordingMeter().inventory,
        close: async () => {},
      };
      for (const bad of [broken, { ...broken, begin: () => assert.fail('begin') }]) {
        const { call, text } = await gatewayOn({ answer: () => answering(['x']) }, { meter: bad }).call(
          requestOf(),
          never,
        );
        assert.equal(text, 'x');
        assert.equal(call.outcome, 'completed');
        assert.equal(call.joules.gross.status, 'unknown');
      }
    });

    it('survives a listener that throws', async () => {
      const request = requestOf({
        onProgress: () => {
          throw new Error('listener');
        },
      });
      assert.equal((await gatewayOn({ answer: () => answering(['x']) }).call(request, never)).text, 'x');
    });
  });

  describe('cancelling', () => {
    it('keeps what came, and the joules', async () => {
      const control = new AbortController();
      async function* answer(_request: unknown, _index: number, signal: AbortSignal): AsyncGenerator<EngineChunk> {
        yield { kind: 'text', text: 'half', tokens: 7 };
        queueMicrotask(() => control.abort(new Error('cancel')));
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }
      const { call, text, failure } = await gatewayOn({ answer }).call(requestOf(), control.signal);
      assert.deepEqual([call.outcome, text, failure, call.tokens.out], ['cancelled', 'half', undefined, 7]);
      assert.deepEqual(meter.calls[0]?.edges, ['sent', 'first-token', 'done']);
      assert.deepEqual(call.joules.gross.status, 'simulated');
    });

    it('does not wait for an engine that hangs', async () => {
      const control = new AbortController();
      const began = gate();
      async function* answer(): AsyncGenerator<EngineChunk> {
        began.open();
        await new Promise(() => undefined);
        yield { kind: 'text', text: 'never', tokens: 1 };
      }
      const call = gatewayOn({ answer }).call(requestOf(), control.signal);
      await began.opened;
      control.abort();
      assert.equal((await call).call.outcome, 'cancelled');
    });

    it('at the ceiling fails with a sentence, and what came is kept', async () => {
      const began = gate();
      async function* answer(): AsyncGenerator<EngineChunk> {
        yield { kind: 'text', text: 'half', tokens: 1 };
        began.open();
        await new Promise(() => undefined);
      }
      const call = gatewayOn({ answer }, { ceilingSeconds: 1000 }).call(requestOf({ ceilingSeconds: 60 }), never);
      await began.opened;
      clock.advance(60_000);
      const { failure, text, call: record } = await call;
      assert.match(failure?.message ?? '', /not complete after 60 s/);
      assert.equal(text, 'half');
      assert.equal(record.seconds.total, 60);
    });
  });

  it('tells progress when admitted and twice a second, with joules', async () => {
    const steps = [gate(), gate()];
    async function* answer(): AsyncGenerator<EngineChunk> {
      await steps[0]?.opened;
      yield { kind: 'text', text: 'x', tokens: 5 };
      await steps[1]?.opened;
      yield { kind: 'done', reason: 'stop', usage: {} };
    }
    const seen: CallProgress[] = [];
    const waiting: (() => void)[] = [];
    const request = requestOf({
      onProgress: (progress) => {
        seen.push(progress);
        waiting.shift()?.();
      },
    });
    const next = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
    const first = next();
    const call = gatewayOn({ answer }).call(request, never);
    await first;
    const second = next();
    clock.advance(500);
    await second;
    steps[0]?.open();
    await new Promise((resolve) => setImmediate(resolve));
    const third = next();
    clock.advance(500);
    await third;
    steps[1]?.open();
    await call;
    clock.advance(5000);
    assert.deepEqual(
      seen.map(({ phase, tokensOut, joules }) => [phase, tokensOut, joules.status]),
      [
        ['loading', 0, 'unknown'],
        ['loading', 0, 'simulated'],
        ['decoding', 5, 'simulated'],
      ],
    );
    assert.equal(meter.calls[0]?.samples, 2, 'nothing is read when nothing runs');
  });

  describe('whose counters', () => {
    const profile = profileNamed('gemma3:4b');
    const state = { version: '1', slots: 1, models: [profile] };
    const view = async (locality: Parameters<typeof viewOf>[0], remote = false): Promise<unknown> =>
      viewOf(locality, remote);
    async function viewOf(
      locality: Awaited<ReturnType<NonNullable<FakeEngineOptions['state']>>>['locality'],
      remote: boolean,
    ): Promise<unknown> {
      const models = remote ? [{ ...profile, remoteHost: 'ollama.com' }] : [profile];
      await gatewayOn({ answer: () => answering(['x']), state: async () => ({ ...state, models, locality }) }).call(
        requestOf(),
        never,
      );
      return meter.calls.at(-1)?.view;
    }

    it('see the engine follows from where it runs', async () => {
      assert.deepEqual(await view({ where: 'this-machine', how: 'listener-process', pid: 5 }), { seen: true, pid: 5 });
      assert.deepEqual(await view({ where: 'this-machine', how: 'declared' }), { seen: true });
      assert.deepEqual(await view({ where: 'this-machine', how: 'child-process' }), { seen: true, pid: process.pid });
      assert.deepEqual(await view({ where: 'elsewhere', why: 'far' }), { seen: false, why: 'far' });
      assert.deepEqual(await view({ where: 'elsewhere', why: 'far', mend: 'name it' }), {
        seen: false,
        why: 'far',
        mend: 'name it',
      });
      assert.deepEqual(await view({ where: 'elsewhere', why: 'far', remoteMeter: 'zeusd at a:1' }), {
        seen: true,
        remoteMeter: 'zeusd at a:1',
      });
      assert.deepEqual(await view({ where: 'unproven', why: 'who knows', mend: 'say so' }), {
        seen: false,
        why: 'who knows',
        mend: 'say so',
      });
    });

    it('do not see a model that the engine only forwards to', async () => {
      assert.deepEqual(await view({ where: 'this-machine', how: 'declared' }, true), {
        seen: false,
        why: 'gemma3:4b runs at ollama.com',
      });
    });
  });

  describe('what it knows of an engine', () => {
    it('is asked once, again when it is old, and at once when a model is not on the list', async () => {
      const gateway = gatewayOn({ answer: () => answering(['x']) });
      const ask = async (model = 'gemma3:4b'): Promise<number> => {
        await gateway.call(requestOf({ model: { engineId: 'fake', model } }), never);
        return engine.stateCalls;
      };
      assert.equal(await ask(), 1);
      assert.equal(await ask(), 1);
      clock.advance(11_000);
      assert.equal(await ask(), 2, 'in the background');
      clock.advance(200_000);
      assert.equal(await ask(), 3);
      assert.equal(await ask('new:1b'), 4);
    });

    it('is asked once for many calls at the same time, and again after a failure', async () => {
      let fail = false;
      const gateway = gatewayOn({
        slots: 4,
        async *answer() {
          if (fail) throw new EngineFailure('crashed', 'dead');
          yield { kind: 'done', reason: 'stop', usage: {} };
        },
      });
      await Promise.all([1, 2, 3].map(() => gateway.call(requestOf(), never)));
      assert.equal(engine.stateCalls, 1);
      fail = true;
      await gateway.call(requestOf(), never);
      await gateway.call(requestOf(), never);
      assert.equal(engine.stateCalls, 2);
    });

    it('is waited for no longer than the caller wants', async () => {
      const control = new AbortController();
      const gateway = gatewayOn({ answer: () => answering(['x']), state: () => new Promise(() => undefined) });
      const call = gateway.call(requestOf(), control.signal);
      control.abort();
      assert.equal((await call).call.outcome, 'cancelled');
    });
  });

  it('flags a wait that other clients of the engine must have caused, not one among our own calls', async () => {
    const usage = { totalSeconds: 3, loadSeconds: 0, prefillSeconds: 0.5, decodeSeconds: 0.5 };
    const gateway = gatewayOn({ slots: 2, answer: () => answering(['x'], usage) });
    const alone = await gateway.call(requestOf(), never);
    assert.match(alone.call.joules.flags.join(), /other work.*2\.0 s/);
    const two = await Promise.all([gateway.call(requestOf(), never), gateway.call(requestOf(), never)]);
    for (const { call } of two) assert.deepEqual(call.joules.flags, []);
    const meter = recordingMeter();
    meter.neighbours = true;
    const beside = gatewayOn({ slots: 2, answer: () => answering(['x'], usage) }, { meter });
    const { call } = await beside.call(requestOf(), never);
    assert.deepEqual(call.joules.flags, [], 'another server of this user is no stranger');
  });
});
