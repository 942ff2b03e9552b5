// Battery or mains, from memory: when it is read, what a question hears meanwhile, and that the gate of a real session knows.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InlineCompletionItem } from 'vscode-languageserver/node';
import { createOnBattery } from '../../server/commands/on-battery.ts';
import { setSupply } from '../support/drm-tree.ts';
import { createWorld } from '../support/editor-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { openTypist } from '../support/typing-client.ts';

describe('battery or mains', () => {
  it('is read when somebody asks, twice a minute at most, and answered from memory', async () => {
    const clock = new ManualClock();
    const answers: (boolean | undefined | Error)[] = [true, false, undefined, new Error('gone')];
    let reads = 0;
    const onBattery = createOnBattery(clock, async () => {
      const answer = answers[reads++];
      if (answer instanceof Error) throw answer;
      return answer;
    });
    await clock.advanceAndSettle(120_000);
    assert.equal(reads, 0);
    assert.equal(onBattery(), false);
    assert.equal(onBattery(), false);
    await clock.advanceAndSettle(29_000);
    assert.equal(onBattery(), true);
    assert.equal(reads, 1);
    await clock.advanceAndSettle(1_000);
    assert.equal(onBattery(), true);
    await clock.advanceAndSettle(30_000);
    assert.equal(onBattery(), false);
    assert.equal(reads, 3);
    await clock.advanceAndSettle(30_000);
    onBattery();
    await clock.advanceAndSettle(1);
    assert.deepEqual([onBattery(), reads], [false, 4]);
  });

  it('is known to the gate of a session', async () => {
    const world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b', capabilities: ['completion', 'insert'] }] });
    try {
      setSupply(world.machine.roots, 'AC', { type: 'Mains', online: 0 });
      setSupply(world.machine.roots, 'BAT0', { type: 'Battery', status: 'Discharging' });
      world.ollama.setReply(() => 'a + b');
      const client = await world.open();
      // The first look goes on behind the first answers.
      for (let round = 0; round < 20 && !seen(world.env.XDG_STATE_HOME ?? ''); round++) {
        const typist = await openTypist(
          client,
          world.uri(`b${round}.py`),
          'python',
          `def f${round}(a, b):\n    return │\n`,
        );
        await typist.take((await typist.ghost().item) as InlineCompletionItem);
      }
      await world.leave(client);
      assert.ok(seen(world.env.XDG_STATE_HOME ?? ''));
    } finally {
      await world.close();
    }
  });
});

/** A completion on the ledger that was decided on battery. */
function seen(state: string): boolean {
  return readdirSync(state, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .some((name) => readFileSync(join(state, name), 'utf8').includes('"onBattery":1'));
}
