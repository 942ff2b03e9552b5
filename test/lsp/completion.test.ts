// Completions over the wire: the menu and ghost text of the real server, with a fake Ollama behind it.

import assert from 'node:assert/strict';
import type { CompletionItem, InlineCompletionItem, InsertReplaceEdit } from 'vscode-languageserver/node';
import type { HeadlessClient } from '../../server/lsp/headless-client.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import { gate } from '../support/fake-ollama-reply.ts';
import { openTypist, type Typist } from '../support/typing-client.ts';

const coder = { name: 'qwen2.5-coder:3b', capabilities: ['completion', 'insert'] };
const automatic = { triggerKind: 2 };

describe('completions over the wire', () => {
  let world: World;
  let client: HeadlessClient;
  let files = 0;

  before(async () => {
    world = await createWorld({ models: [coder] });
    client = await world.open();
  });
  beforeEach(() =>
    client.setConfiguration({ reuse: 'off', completion: { menuMilliseconds: 10_000, pauseMilliseconds: 0 } }),
  );
  after(() => world.close());

  const open = (marked: string, languageId = 'python'): Promise<Typist> =>
    openTypist(client, world.uri(`c${++files}.py`), languageId, marked);
  const asked = (): number => world.ollama.requests.length;

  it('offers the rest of the line in the menu, asked for as a suffix request', async () => {
    const never = gate();
    const pieces = ['a + b', '\n', 'def', ' other'];
    world.ollama.setReply(() => ({ pieces, beforePiece: (index) => (index === 3 ? never.opened : undefined) }));
    const typist = await open('def add(a, b):\n    return │\n');
    const list = await typist.menu().list();
    assert.equal(list.isIncomplete, false);
    const [item] = list.items;
    assert.equal(item?.label, 'a + b');
    assert.equal(item?.filterText, 'a + b');
    const request = world.ollama.requests.at(-1);
    assert.equal(request?.endpoint, 'generate');
    assert.equal(request?.prompt, 'def add(a, b):\n    return ');
    assert.equal(request?.suffix, '\n');
    assert.equal(await request?.ended, 'closed-by-client');
    never.open();
    await typist.take(item as CompletionItem);
    assert.equal(typist.marked(), 'def add(a, b):\n    return a + b│\n');
  });

  it('offers ghost text, and says so on the ledger when it is taken', async () => {
    world.ollama.setReply(() => 'a + b');
    const typist = await open('def sum_of(a, b):\n    return │\n');
    const item = await typist.ghost().item;
    assert.equal(item?.insertText, 'a + b');
    const [argument] = item?.command?.arguments ?? [];
    await typist.take(item as InlineCompletionItem);
    const receipt = (await client.executeCommand('joule.receipt', [argument])) as { outcome: string; calls: unknown[] };
    assert.equal(receipt.outcome, 'accepted');
    assert.equal(receipt.calls.length, 1);
  });

  it('sees what was taken where the editor does not report it', async () => {
    world.ollama.setReply(() => 'a + b');
    const typist = await open('def plus(a, b):\n    return a│\n');
    world.ollama.setReply(() => ' + b');
    const item = await typist.menu({ triggerKind: 1 }).item;
    assert.ok(item);
    assert.equal((item.textEdit as InsertReplaceEdit).newText, 'a + b');
    await typist.take(item, false);
    const receipt = (await client.executeCommand('joule.receipt', item?.command?.arguments ?? [])) as {
      outcome: string;
    };
    assert.equal(receipt.outcome, 'accepted');
  });

  it('asks no model while the user types, unless he said so', async () => {
    const typist = await open('total = │\n');
    const before = asked();
    assert.equal(await typist.ghost(automatic).item, undefined);
    typist.type('a');
    assert.equal(await typist.menu({ triggerKind: 3 }).item, undefined);
    assert.equal(await typist.menu({ triggerKind: 1 }).item, undefined);
    assert.equal(asked(), before);
    client.setConfiguration({ completion: { automatic: 'on', pauseMilliseconds: 0 } });
    world.ollama.setReply(() => '1');
    typist.type(' + ');
    assert.equal((await typist.ghost(automatic).item)?.insertText, '1');
  });

  it('asks no model while the cursor is only moved', async () => {
    client.setConfiguration({ completion: { automatic: 'on', pauseMilliseconds: 0 } });
    world.ollama.setReply(() => '1');
    const typist = await open('moved = 1\nmoved = 2\n│\n');
    typist.type('x');
    const before = asked();
    for (const offset of [0, 5, 9, 12]) {
      typist.move(offset);
      assert.equal(await typist.ghost(automatic).item, undefined);
    }
    assert.equal(asked(), before);
  });

  it('offers nothing in a language that is switched off', async () => {
    client.setConfiguration({ completion: { languages: { python: 'off' } } });
    const typist = await open('total = │\n');
    const before = asked();
    assert.equal(await typist.ghost().item, undefined);
    assert.equal(asked(), before);
  });

  it('does not hold the menu: an empty incomplete list, and the answer with the next question', async () => {
    client.setConfiguration({ completion: { menuMilliseconds: 0 } });
    const closed = gate();
    world.ollama.setReply(() => ({ text: 'a + b', beforeHeaders: closed.opened }));
    const typist = await open('def later(a, b):\n    return │\n');
    const before = asked();
    assert.deepEqual(await typist.menu().list(), { isIncomplete: true, items: [] });
    const request = await world.ollama.request(before);
    closed.open();
    await request.ended;
    client.setConfiguration({ completion: { menuMilliseconds: 10_000 } });
    assert.equal((await typist.menu({ triggerKind: 3 }).item)?.label, 'a + b');
    assert.equal(asked(), before + 1);
  });

  it('answers a superseded request and stops its generation at the socket', async () => {
    const never = gate();
    world.ollama.setReply((request) =>
      request.prompt.endsWith('return ')
        ? { pieces: ['x', 'y'], beforePiece: (index) => (index === 1 ? never.opened : undefined) }
        : 'b',
    );
    const typist = await open('def newest(a, b):\n    return │\n');
    const before = asked();
    const first = typist.ghost();
    const request = await world.ollama.request(before);
    await request.sent(1);
    typist.type('a + ');
    const second = typist.ghost();
    assert.equal(await first.item, undefined);
    assert.equal(await request.ended, 'closed-by-client');
    assert.equal((await second.item)?.insertText, 'b');
    never.open();
  });

  it('answers a cancelled request and stops its generation at the socket', async () => {
    const never = gate();
    world.ollama.setReply(() => ({ text: 'x', beforePiece: () => never.opened }));
    const typist = await open('def stopped(a, b):\n    return │\n');
    const before = asked();
    const ghost = typist.ghost();
    const request = await world.ollama.request(before);
    ghost.cancel();
    assert.equal(await ghost.item, undefined);
    assert.equal(await request.ended, 'closed-by-client');
    never.open();
  });

  it('goes on with what runs while the user types what it says, and asks once', async () => {
    const half = gate();
    world.ollama.setReply(() => ({
      pieces: ['a', ' + ', 'b'],
      beforePiece: (index) => (index === 1 ? half.opened : undefined),
    }));
    const typist = await open('def typed(a, b):\n    return │\n');
    const before = asked();
    const first = typist.ghost();
    const request = await world.ollama.request(before);
    await request.sent(1);
    typist.type('a');
    first.cancel();
    const second = typist.ghost(automatic);
    assert.equal(await first.item, undefined);
    half.open();
    assert.equal((await second.item)?.insertText, ' + b');
    typist.type(' +');
    assert.equal((await typist.ghost(automatic).item)?.insertText, ' b');
    assert.equal(asked(), before + 1);
  });

  it('goes on from what is selected in the menu', async () => {
    world.ollama.setReply((request) => (request.prompt.endsWith('return addition') ? '(a, b)' : 'nothing'));
    const typist = await open('def chosen(a, b):\n    return add│\n');
    const range = { start: { line: 1, character: 11 }, end: { line: 1, character: 14 } };
    const item = await typist.ghost({ triggerKind: 1, selectedCompletionInfo: { range, text: 'addition' } }).item;
    assert.deepEqual(item?.insertText, 'addition(a, b)');
    assert.deepEqual(item?.range, range);
  });
});

describe('completions that are work for the pipeline', () => {
  let world: World;
  let client: HeadlessClient;
  let files = 0;

  before(async () => {
    world = await createWorld({ models: [coder] });
    client = await world.open({ configuration: { completion: { menuMilliseconds: 10_000 } } });
  });
  after(() => world.close());

  const open = (marked: string): Promise<Typist> => openTypist(client, world.uri(`w${++files}.py`), 'python', marked);
  const body = '    total = 0\n    for price in prices:\n        total += price\n    return total\n';

  it('writes an empty body and offers it as one item', async () => {
    world.ollama.setReply(() => `def add_up(prices):\n${body}`);
    const typist = await open('def add_up(prices):\n    """Sum of all prices."""\n    │\n');
    const before = world.ollama.requests.length;
    const item = await typist.menu().item;
    assert.equal(world.ollama.requests[before]?.endpoint, 'chat');
    assert.ok(item);
    await typist.take(item);
    assert.equal(
      typist.marked().replace('│', '').trimEnd(),
      `def add_up(prices):\n    """Sum of all prices."""\n${body}`.trimEnd(),
    );
    const receipt = (await client.executeCommand('joule.receipt', item.command?.arguments ?? [])) as {
      outcome: string;
      actionId: string;
    };
    assert.deepEqual([receipt.actionId, receipt.outcome], ['completion', 'accepted']);
  });

  it('writes what a comment says, as ghost text below it', async () => {
    world.ollama.setReply(() => 'for price in prices:\n    total += price\n');
    const typist = await open(
      'def more(prices):\n    total = 0\n    # TODO: add up all prices\n    │\n    return total\n',
    );
    const item = await typist.ghost().item;
    assert.ok(item);
    await typist.take(item);
    assert.match(typist.marked(), /prices\n {4}for price in prices:\n {8}total \+= price│?\n/);
  });

  it('asks for one line everywhere else', async () => {
    world.ollama.setReply(() => 'total');
    const typist = await open('def most(prices):\n    total = max(prices)\n    return │\n');
    const before = world.ollama.requests.length;
    assert.equal((await typist.menu().item)?.label, 'total');
    assert.equal(world.ollama.requests[before]?.endpoint, 'generate');
  });

  it('gives the menu its empty list while the pipeline works, and the item afterwards', async () => {
    const closed = gate();
    world.ollama.setReply(() => ({ text: `def later(prices):\n${body}`, beforeHeaders: closed.opened }));
    client.setConfiguration({ reuse: 'off', completion: { menuMilliseconds: 0 } });
    const typist = await open('def later(prices):\n    │\n');
    const before = world.ollama.requests.length;
    assert.deepEqual(await typist.menu().list(), { isIncomplete: true, items: [] });
    const request = await world.ollama.request(before);
    client.setConfiguration({ reuse: 'off', completion: { menuMilliseconds: 10_000 } });
    const again = typist.menu();
    closed.open();
    assert.equal(await request.ended, 'done');
    assert.ok(await again.item);
    assert.equal(world.ollama.requests.length, before + 1);
  });

  it('stops the pipeline when the user writes the body himself', async () => {
    const never = gate();
    world.ollama.setReply(() => ({ text: 'x', beforePiece: () => never.opened }));
    const typist = await open('def own(prices):\n    │\n');
    const before = world.ollama.requests.length;
    const menu = typist.menu();
    const request = await world.ollama.request(before);
    await request.served;
    typist.type('r');
    assert.equal(await request.ended, 'closed-by-client');
    assert.equal(await menu.item, undefined);
    never.open();
  });
});
