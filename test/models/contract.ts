// What every engine has to do, once, for whichever engine: the contract of server/models/engine.ts as behaviours that can be run.
// Knows no engine. Prompts are joule-tiny's, so that real llama.cpp answers them; fakes play its answers.

import assert from 'node:assert/strict';
import { type Engine, EngineFailure } from '../../server/models/engine.ts';
import { body, collect, endless, failure, never, request, signature, stub } from '../support/embedded.ts';

/** What came of one: a tick, or in one word what an engine may leave unsaid. */
export type Kept = 'yes' | 'not said';

export interface Behaviour {
  readonly id: string;
  readonly title: string;
  /** Rejects when it is not kept. */
  run(engine: Engine): Promise<Kept>;
}

const raw = `<|code|>${stub}<|out|>`;
const schema = { type: 'object', properties: { mode: { enum: ['direct', 'split'] } }, required: ['mode'] };
const keptSchema = (text: string): void =>
  assert.ok(['direct', 'split'].includes((JSON.parse(text) as { mode: string }).mode), text);

async function answersAsEver(engine: Engine): Promise<void> {
  assert.equal((await collect(engine, request(raw))).text, signature + body);
}

export const contract: readonly Behaviour[] = [
  {
    id: 'state',
    title: 'says version, slots, models, and where it runs',
    async run(engine) {
      const { version, slots, models, locality } = await engine.state(never);
      assert.ok(version !== '' && slots >= 1 && locality.where !== 'elsewhere');
      const model = models.find(({ name }) => name === 'joule-tiny' || name === 'joule-tiny:latest');
      assert.ok(model?.canGenerate);
      return model.parameters > 0 && model.contextLength > 0 && model.weightBytes > 0 ? 'yes' : 'not said';
    },
  },
  {
    id: 'stream',
    title: 'streams, ends with done, counts what it read and wrote',
    async run(engine) {
      const { chunks, text, done } = await collect(engine, request(raw));
      assert.equal(text, signature + body);
      assert.ok(chunks.length > 5, 'in pieces');
      assert.equal(done.reason, 'stop');
      assert.ok((done.usage.tokensIn ?? 0) > 0 && (done.usage.tokensOut ?? 0) > 0);
      return 'yes';
    },
  },
  {
    id: 'seconds',
    title: 'says how long reading and writing took',
    async run(engine) {
      const { usage } = (await collect(engine, request(raw))).done;
      return usage.prefillSeconds === undefined || usage.decodeSeconds === undefined ? 'not said' : 'yes';
    },
  },
  {
    id: 'cached',
    title: 'counts what it had read before',
    async run(engine) {
      await collect(engine, request(raw));
      const { tokensCached, tokensIn = 0 } = (await collect(engine, request(raw))).done.usage;
      if (tokensCached === undefined) return 'not said';
      assert.ok(tokensCached > 0 && tokensCached <= tokensIn, `${tokensCached} of ${tokensIn}`);
      return 'yes';
    },
  },
  {
    id: 'chat',
    title: 'takes a chat',
    async run(engine) {
      const messages = [
        { role: 'system', content: 'code' },
        { role: 'user', content: stub },
      ] as const;
      assert.equal((await collect(engine, request('', { prompt: { kind: 'chat', messages } }))).text, signature + body);
      return 'yes';
    },
  },
  {
    id: 'schema raw',
    title: 'keeps to a JSON schema behind a raw prompt',
    async run(engine) {
      keptSchema((await collect(engine, request('<|plan|>Return the sum of nums.<|out|>', { schema }))).text);
      return 'yes';
    },
  },
  {
    id: 'schema chat',
    title: 'keeps to a JSON schema in a chat',
    async run(engine) {
      const messages = [
        { role: 'system', content: 'plan' },
        { role: 'user', content: 'Return the sum of nums.' },
      ] as const;
      keptSchema((await collect(engine, request('', { schema, prompt: { kind: 'chat', messages } }))).text);
      return 'yes';
    },
  },
  {
    id: 'stop',
    title: 'ends at a stop string and shows nothing of it',
    async run(engine) {
      const { text, done } = await collect(engine, request(raw, { stop: ['for x', 'zzz'] }));
      assert.equal(text.trimEnd(), `${signature}    return sum(1`);
      assert.equal(done.reason, 'stop');
      return 'yes';
    },
  },
  {
    id: 'bound',
    title: 'ends at the bound and says so',
    async run(engine) {
      const { done } = await collect(engine, request(raw, { maxTokens: 5 }));
      assert.equal(done.reason, 'length');
      assert.equal(done.usage.tokensOut, 5);
      return 'yes';
    },
  },
  {
    id: 'infill',
    title: 'fills in the middle',
    async run(engine) {
      const prompt = { kind: 'infill', prefix: `${stub}\n    return sum(`, suffix: '\n' } as const;
      assert.match((await collect(engine, request('', { prompt }))).text, /^1 for x in nums if x < 0\)/);
      return 'yes';
    },
  },
  {
    id: 'probabilities',
    title: 'gives the probability of each piece',
    async run(engine) {
      const { chunks } = await collect(engine, request(raw));
      const lowest = chunks.flatMap((chunk) => (chunk.kind === 'text' ? [chunk.lowestProbability ?? -1] : []));
      assert.ok(
        lowest.every((one) => one > 0.5 && one <= 1),
        lowest.join(' '),
      );
      return 'yes';
    },
  },
  {
    id: 'cancel',
    title: 'stops at an abort with its reason, and serves the next request',
    async run(engine) {
      const abort = new AbortController();
      const reason = new Error('the user pressed cancel');
      let texts = 0;
      await assert.rejects(
        async () => {
          for await (const chunk of engine.generate(request(endless, { maxTokens: 480, stop: [] }), abort.signal)) {
            if (chunk.kind === 'text' && ++texts === 5) abort.abort(reason);
          }
        },
        (error) => error === reason,
      );
      await answersAsEver(engine);
      return 'yes';
    },
  },
  {
    id: 'walk away',
    title: 'stops when the listener walks away, and serves the next request',
    async run(engine) {
      for await (const chunk of engine.generate(request(endless, { stop: [] }), never)) {
        if (chunk.kind === 'text') break;
      }
      await answersAsEver(engine);
      return 'yes';
    },
  },
  {
    id: 'at once',
    title: 'serves requests that come at once',
    async run(engine) {
      await Promise.all([1, 2, 3].map(() => answersAsEver(engine)));
      return 'yes';
    },
  },
  {
    id: 'too long',
    title: 'refuses a prompt that is too long, with a sentence',
    async run(engine) {
      await assert.rejects(collect(engine, request('def x '.repeat(500))), failure('prompt-too-long', /joule-tiny|\d/));
      return 'yes';
    },
  },
  {
    id: 'no model',
    title: 'refuses a model that it does not have, with its name',
    async run(engine) {
      const asked = collect(engine, request('x', { model: 'no-such-model' }));
      await assert.rejects(asked, failure('missing-model', /no-such-model/));
      return 'yes';
    },
  },
  {
    id: 'closed',
    title: 'ends what runs when it is closed',
    async run(engine) {
      await assert.rejects(
        async () => {
          for await (const _ of engine.generate(request(endless, { stop: [] }), never)) await engine.close();
        },
        (error) => error instanceof EngineFailure,
      );
      return 'yes';
    },
  },
];
