// Today's joules for status lines: none at first, counted after an answer, and there again for the next session.

import assert from 'node:assert/strict';
import { at, createWorld, openReady, runToEnd, type World } from '../support/editor-client.ts';

const stub = 'def add(a, b):\n    """Sum of a and b."""\n    pass\n';

describe('joule/today', () => {
  let world: World;

  before(async () => {
    world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b' }] });
    world.ollama.setReply(() => 'return a + b');
  });
  after(() => world.close());

  it('counts this machine’s answers of today, also of sessions that are over', async () => {
    const client = await world.open();
    const ask = async (from = client): Promise<{ answers: number; text: string }> =>
      from.connection.sendRequest('joule/today');
    const { answers } = await ask();
    assert.equal(answers, 0);

    const uri = world.file('today.py', stub);
    await openReady(client, uri, 'python', stub);
    await runToEnd(client, uri, at(0), 'joule: Implement');
    const after = await ask();
    assert.equal(after.answers, 1);
    assert.match(after.text, / in 1 answer$/);
    await world.leave(client);

    const next = await world.open();
    assert.equal((await ask(next)).answers, 1);
    await world.leave(next);
  });
});
