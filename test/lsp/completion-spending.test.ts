// What a completion may take, over the wire: the larger model only where the small one is not sure, and nothing beyond a budget.

import assert from 'node:assert/strict';
import type { InlineCompletionItem } from 'vscode-languageserver/node';
import type { HeadlessClient } from '../../server/lsp/headless-client.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import { openTypist, type Typist } from '../support/typing-client.ts';

const capabilities = ['completion', 'insert'];
const small = { name: 'qwen2.5-coder:1.5b', capabilities, parameters: 1.5e9 };
const large = { name: 'qwen2.5-coder:3b', capabilities, parameters: 3e9 };
const long = 'a + b + a + b + a';

describe('what a completion may take, over the wire', () => {
  let world: World;
  let client: HeadlessClient;
  let files = 0;

  before(async () => {
    world = await createWorld({ models: [small, large] });
    client = await world.open();
  });
  after(() => world.close());

  const open = (): Promise<Typist> =>
    openTypist(client, world.uri(`s${++files}.py`), 'python', `def f${files}(a, b):\n    return │\n`);
  const roles = { completion: small.name, completionLarge: large.name };

  it('asks the larger model where the small one is not sure, and has both on the receipt', async () => {
    client.setConfiguration({ frugality: 0.25, roles });
    world.ollama.setReply(({ model }) =>
      model === small.name
        ? { pieces: long.split(/(?= )/), probability: 0.3 }
        : { pieces: ['sum((a, b))'], probability: 0.9 },
    );
    const typist = await open();
    const item = (await typist.ghost().item) as InlineCompletionItem;
    assert.equal(item.insertText, 'sum((a, b))');
    await typist.take(item);
    const receipt = (await client.executeCommand('joule.receipt', item.command?.arguments ?? [])) as {
      readonly outcome: string;
      readonly calls: readonly { readonly model: string }[];
      readonly decisions: readonly string[];
    };
    assert.equal(receipt.outcome, 'accepted');
    assert.deepEqual(
      receipt.calls.map(({ model }) => model),
      [small.name, large.name],
    );
    assert.match(receipt.decisions.join(), /was not sure enough .*: qwen2\.5-coder:3b was asked/);
  });

  it('asks nothing that would pass the budget of the hour', async () => {
    client.setConfiguration({ roles, budget: { hourJoules: 0.001 } });
    const before = world.ollama.requests.length;
    for (let round = 0; round < 3; round++) assert.equal(await (await open()).ghost().item, undefined);
    assert.equal(world.ollama.requests.length, before);
    client.setConfiguration({ roles });
    world.ollama.setReply(() => 'a');
    assert.equal((await (await open()).ghost().item)?.insertText, 'a');
  });
});
