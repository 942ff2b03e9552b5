// Budgets hold completions back: what would pass one is not asked, by hand or while typing, and that is said once.

import assert from 'node:assert/strict';
import type { Log } from '../../server/base/log.ts';
import { silentLog } from '../../server/base/log.ts';
import { createAllowance } from '../../server/pipeline/budget.ts';
import { openRoom, type Room } from '../support/completion-room.ts';
import { answering, profileNamed } from '../support/fake-engine.ts';

describe('budgets of completions', () => {
  let spentJoules = 0;
  let said: string[] = [];
  const log: Log = { ...silentLog, warn: (fields) => void said.push(String((fields as { why?: string }).why)) };
  const room = (): Room =>
    openRoom({
      models: [profileNamed('coder', { canInfill: true, parameters: 1e9 })],
      answer: () => answering(['a + b']),
      log,
      more: {
        allowance: () => createAllowance(() => ({ spans: [{ of: 'hour', limitJoules: 1000, spentJoules }] })),
      },
    });
  beforeEach(() => {
    spentJoules = 0;
    said = [];
  });

  it('ask while there is room', async () => {
    const one = room();
    assert.equal((await one.ask('x = │\n')).offers.length, 1);
    assert.deepEqual(said, []);
  });

  it('ask nobody when the predicted joules would pass one, and say it once an hour', async () => {
    const one = room();
    spentJoules = 990;
    for (const [index, invoked] of [true, false, true, false].entries())
      assert.deepEqual((await one.ask(`x${index} = │\n`, { invoked })).offers, []);
    assert.equal(one.engine.requests.length, 0);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /a completion would take some .* and of the 1 kJ for the last hour 10 J are left/);
    await one.clock.advanceAndSettle(3_600_000);
    await one.ask('y = │\n');
    assert.equal(said.length, 2);
  });

  it('give again what is known, which costs nothing', async () => {
    const one = room();
    await one.ask('x = │\n');
    spentJoules = 1000;
    assert.equal((await one.ask('x = a│\n')).offers[0]?.edit.text, ' + b');
    assert.equal(one.engine.requests.length, 1);
  });
});
