// What the gate saves: calls that would have been made, so one for each pause in typing, not one for each key.

import assert from 'node:assert/strict';
import type { HeadlessClient } from '../../server/lsp/headless-client.ts';
import { openRoom, type Room } from '../support/completion-room.ts';
import { createWorld } from '../support/editor-client.ts';
import { answering, profileNamed } from '../support/fake-engine.ts';
import { openTypist } from '../support/typing-client.ts';

describe('what the gate saves', () => {
  const frugal = (): Room =>
    openRoom({
      models: [profileNamed('coder', { canInfill: true, parameters: 1e9 })],
      answer: () => answering(['a + b']),
      dial: 1,
    });

  it('is a call for each place where the user paused', async () => {
    const one = frugal();
    for (const text of ['x = │', 'xy = │', 'xyz = │']) await one.ask(text, { invoked: false });
    assert.equal(one.completions.saved().callsNotMade, 0);
    await one.clock.advanceAndSettle(1_000);
    assert.equal(one.completions.saved().callsNotMade, 1);
    await one.ask('y = │', { invoked: false });
    await one.clock.advanceAndSettle(1_000);
    const { callsNotMade, predictedJoules, withoutPrediction } = one.completions.saved();
    // The room of the tests takes a joule for each of the 64 tokens that a line may have.
    assert.deepEqual([callsNotMade, predictedJoules, withoutPrediction], [2, 128, 0]);
    assert.equal(one.engine.requests.length, 0);
  });

  it('is nothing where the user asks by hand right behind it', async () => {
    const one = frugal();
    await one.ask('x = │', { invoked: false });
    await one.ask('x = │');
    await one.clock.advanceAndSettle(1_000);
    assert.equal(one.completions.saved().callsNotMade, 0);
    assert.equal(one.engine.requests.length, 1);
  });

  it('is in the figures of today', async () => {
    const world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b', capabilities: ['completion', 'insert'] }] });
    try {
      const configuration = { frugality: 1, completion: { automatic: 'on', pauseMilliseconds: 0 } };
      const client = await world.open({ configuration });
      const typist = await openTypist(client, world.uri('a.py'), 'python', '# │\n');
      typist.type('a');
      assert.equal(await typist.ghost({ triggerKind: 2 }).item, undefined);
      assert.equal(world.ollama.requests.filter(({ endpoint }) => endpoint === 'generate').length, 0);
      const saving = /^1 completion not asked, some .* J \(estimated\)$/;
      assert.match(await notAskedToday(client), saving);
      await world.leave(client);
      const next = await world.open({ configuration });
      const other = await openTypist(next, world.uri('b.py'), 'python', '# │\n');
      await other.ghost({ triggerKind: 2 }).item;
      assert.match(await notAskedToday(next), saving);
    } finally {
      await world.close();
    }
  });
});

/** It is there once the pause is over, and of earlier sessions once their file was read. */
async function notAskedToday({ connection }: HeadlessClient): Promise<string> {
  for (let round = 0; round < 20_000; round++) {
    const { notAsked } = await connection.sendRequest<{ notAsked?: string }>('joule/today');
    if (notAsked !== undefined) return notAsked;
  }
  return '';
}
