// Two models: the small one first, the larger one where the first is not sure, the dial allows it and the budget has room. Both calls
// stand on one receipt.

import assert from 'node:assert/strict';
import type { EngineChunk } from '../../server/models/engine.ts';
import { createAllowance } from '../../server/pipeline/budget.ts';
import { openRoom, type Room, type RoomOptions } from '../support/completion-room.ts';
import { profileNamed } from '../support/fake-engine.ts';

const small = profileNamed('coder:1b', { canInfill: true, parameters: 1e9 });
const large = profileNamed('coder:2b', { canInfill: true, parameters: 2e9 });

interface Says {
  readonly text: string;
  /** Of each of its pieces, a word long. */
  readonly probability?: number;
}

async function* say({ text, probability }: Says): AsyncGenerator<EngineChunk> {
  for (const piece of text.match(/\s*\S+\s*$|\s*\S+/g) ?? []) {
    yield {
      kind: 'text',
      text: piece,
      tokens: 1,
      ...(probability === undefined ? {} : { lowestProbability: probability }),
    };
  }
  yield { kind: 'done', reason: 'stop', usage: {} };
}

function room(says: { readonly small: Says; readonly large: Says }, more: Partial<RoomOptions> = {}): Room {
  return openRoom({
    models: [small, large],
    answer: ({ model }) => say(model === small.name ? says.small : says.large),
    ...more,
  });
}

const asked = ({ engine }: Room): string[] => engine.requests.map(({ model }) => model);
/** Longer than the policy waits before it looks at probabilities. */
const long = 'a + b + c + d + e';

describe('two completion models', () => {
  it('leave it at the small one where it is sure', async () => {
    const one = room({ small: { text: long, probability: 0.95 }, large: { text: 'no' } });
    const answer = await one.ask('x = │\n');
    assert.equal(answer.offers[0]?.edit.text, long);
    assert.deepEqual(asked(one), [small.name]);
    assert.deepEqual(one.outcomes, []);
  });

  it('ask the larger one where it is not, and show its answer, with both calls on one receipt', async () => {
    const one = room({ small: { text: long, probability: 0.4 }, large: { text: 'f(a, b)', probability: 0.9 } });
    const answer = await one.ask('x = │\n');
    assert.deepEqual(asked(one), [small.name, large.name]);
    assert.equal(answer.offers[0]?.edit.text, 'f(a, b)');
    assert.deepEqual(
      answer.offers[0]?.calls.map(({ model }) => model),
      [small.name, large.name],
    );
    assert.deepEqual(
      one.calls.map(({ receiptId, call }) => [receiptId, call.model]),
      [
        ['r1', small.name],
        ['r1', large.name],
      ],
    );
    one.completions.accepted('r1');
    const [end] = one.outcomes;
    assert.equal(end?.outcome, 'accepted');
    assert.match(
      end?.details.decision ?? '',
      /coder:1b was not sure enough \(p = 0\.40 .*coder:2b was asked.*superseded/,
    );
    assert.deepEqual([end?.details.evidence?.largerShown, end?.details.evidence?.largerDiffers], [1, 1]);
  });

  it('ask the larger one where the small one has nothing', async () => {
    const one = room({ small: { text: '', probability: 0.9 }, large: { text: 'f(a, b)' } });
    assert.equal((await one.ask('x = │\n')).offers[0]?.edit.text, 'f(a, b)');
  });

  it('show the first answer where the larger one has none, and say so', async () => {
    const one = room({ small: { text: long, probability: 0.4 }, large: { text: '' } });
    assert.equal((await one.ask('x = │\n')).offers[0]?.edit.text, long);
    one.completions.accepted('r1');
    assert.match(one.outcomes[0]?.details.decision ?? '', /had nothing either; the first answer stands/);
  });

  it('stay with the small one without a figure of its confidence, and at the frugal end', async () => {
    const silent = room({ small: { text: long }, large: { text: 'no' } });
    await silent.ask('x = │\n');
    assert.deepEqual(asked(silent), [small.name]);
    const frugal = room({ small: { text: long, probability: 0.7 }, large: { text: 'no' } }, { dial: 1 });
    await frugal.ask('x = │\n');
    assert.deepEqual(asked(frugal), [small.name]);
  });

  it('do without the larger one where a budget has no room, and say so', async () => {
    const allowance = () => createAllowance(() => ({ actionCalls: 1, spans: [] }));
    const one = room({ small: { text: long, probability: 0.4 }, large: { text: 'no' } }, { more: { allowance } });
    assert.equal((await one.ask('x = │\n')).offers[0]?.edit.text, long);
    assert.deepEqual(asked(one), [small.name]);
    one.completions.accepted('r1');
    assert.match(one.outcomes[0]?.details.decision ?? '', /not sure enough.*but a larger model would be call 2/);
  });

  it('leave it at the small one where the larger one can not fill in the middle, and do not try again', async () => {
    const one = openRoom({
      models: [small, profileNamed('talker:2b', { parameters: 2e9 })],
      answer: () => say({ text: long, probability: 0.4 }),
    });
    for (const marked of ['x = │\n', 'yy = │\n']) assert.equal((await one.ask(marked)).offers[0]?.edit.text, long);
    assert.deepEqual(asked(one), [small.name, small.name]);
    one.completions.accepted('r2');
    assert.equal(one.outcomes.at(-1)?.details.decision, undefined);
  });

  it('end both when the user goes another way while the larger one writes', async () => {
    const never = new Promise<never>(() => {});
    const one = openRoom({
      models: [small, large],
      async *answer({ model }) {
        if (model === small.name) return yield* say({ text: long, probability: 0.4 });
        yield { kind: 'text', text: 'f(', tokens: 1 };
        await never;
      },
    });
    const answered = one.ask('x = │\n');
    await one.clock.advanceAndSettle(10);
    assert.deepEqual(asked(one), [small.name, large.name]);
    one.completions.documentChanged('file:///project/asked.py', [{ start: 4, end: 4, text: 'z' }]);
    assert.deepEqual((await answered).offers, []);
    await one.completions.close();
    assert.equal(one.calls.length, 2);
    assert.deepEqual(
      one.outcomes.map(({ outcome }) => outcome),
      ['superseded'],
    );
  });

  it('do not go on to the larger one when the first call fails', async () => {
    const one = openRoom({
      models: [small, large],
      // biome-ignore lint/correctness/useYield: it breaks first
      async *answer() {
        throw new Error('broken');
      },
    });
    await one.ask('x = │\n');
    assert.deepEqual(asked(one), [small.name]);
    assert.deepEqual(
      one.outcomes.map(({ outcome }) => outcome),
      ['failed'],
    );
  });
});
