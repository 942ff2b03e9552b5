// In turn or side by side: what the engine has shown decides.

import assert from 'node:assert/strict';
import type { ModelCall } from '../../server/gateway/model-call.ts';
import type { Receipt } from '../../server/ledger/events.ts';
import { createHabits } from '../../server/ledger/habits.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { chooseOrder } from '../../server/pipeline/order.ts';
import { callEvent, energyOf, measured, morning, sampleCall } from '../support/sample-events.ts';

let calls = 0;
function call(
  model: string,
  startSeconds: number,
  more: { load?: number; queue?: number; cached?: number } = {},
): ModelCall {
  const { load = 0.1, queue = 0, cached = 0 } = more;
  return sampleCall({
    id: `call ${++calls}`,
    model,
    atWallMilliseconds: morning + startSeconds * 1000,
    tokens: { in: 1000, cached, out: 100 },
    seconds: { total: 4, queue, load, prefill: 0.5, decode: 3, source: 'engine' },
    joules: { ...energyOf(50, 10), load: measured(load >= 0.5 ? 80 : 1) },
  });
}

function receipt(...of: ModelCall[]): Receipt {
  const folded = foldReceipt(of.map((one) => callEvent({ receiptId: `receipt ${one.id}`, call: one })));
  assert.ok(folded);
  return folded;
}

const worker = { engineId: 'ollama', model: 'small' };
const planner = { engineId: 'ollama', model: 'large' };

describe('the order of parts', () => {
  const table: [string, Parameters<typeof chooseOrder>[0], boolean, RegExp][] = [
    ['a long common prompt, nothing seen', { sharedTokens: 2000, habits: undefined }, true, /some 1800 tokens/],
    ['a short one, nothing seen', { sharedTokens: 100, habits: undefined }, false, /side by side/],
    [
      'a long one at an engine that keeps no cache',
      { sharedTokens: 2000, habits: { waitedShare: 0, cachedShare: 0.02 } },
      false,
      /only 40 tokens/,
    ],
    [
      'a short one at an engine with one slot',
      { sharedTokens: 100, habits: { waitedShare: 1, cachedShare: undefined } },
      true,
      /100 % of the calls waited/,
    ],
  ];
  for (const [name, question, inTurn, why] of table) {
    it(`${name}: ${inTurn ? 'in turn' : 'side by side'}`, () => {
      const choice = chooseOrder(question);
      assert.equal(choice.inTurn, inTurn);
      assert.match(choice.why, why);
    });
  }
});

describe('what calls show of an engine', () => {
  it('knows nothing before the first call', () => {
    assert.equal(createHabits().of(worker), undefined);
    assert.equal(createHabits().reloadJoules(worker, planner), 0);
  });

  it('sees calls wait for the only slot, and counts each call once', () => {
    const habits = createHabits();
    const seen = [receipt(call('small', 0), call('small', 1, { queue: 3 }), call('small', 2, { queue: 3 }))];
    habits.observe(seen);
    habits.observe(seen);
    assert.deepEqual(habits.of(worker), { waitedShare: 1, cachedShare: undefined });
  });

  it('sees calls run side by side', () => {
    const habits = createHabits();
    habits.observe([receipt(call('small', 0), call('small', 1))]);
    assert.equal(habits.of(worker)?.waitedShare, 0);
  });

  it('sees how much of a common prompt came from the cache', () => {
    const habits = createHabits();
    habits.observe([receipt(call('small', 0), call('small', 5, { cached: 900 }))]);
    assert.equal(habits.of(worker)?.cachedShare, 0.9);
  });

  it('charges two models that push each other out for both loads', () => {
    const habits = createHabits();
    habits.observe([
      receipt(call('large', 0, { load: 3 }), call('small', 5, { load: 2 })),
      receipt(call('large', 10, { load: 3 }), call('small', 15, { load: 2 })),
    ]);
    assert.equal(Math.round(habits.reloadJoules(planner, worker)), 160);
  });

  it('charges nothing for models that fit together, nor for the first load after a pause', () => {
    const habits = createHabits();
    habits.observe([
      receipt(call('large', 0, { load: 3 }), call('small', 5, { load: 2 })),
      receipt(call('large', 10), call('small', 15)),
      receipt(call('large', 4000, { load: 3 }), call('small', 4005, { load: 2 })),
    ]);
    assert.equal(habits.reloadJoules(planner, worker), 0);
  });
});
