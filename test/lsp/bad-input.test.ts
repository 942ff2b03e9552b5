// What an editor or its user can do wrong, one after the other, to one living server.

import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HeadlessClient } from '../../server/lsp/headless-client.ts';
import { actionAt, at, createWorld, openReady, runToEnd, type World } from '../support/editor-client.ts';
import { errorReplies, gate } from '../support/fake-ollama.ts';

const stub = 'def add(a, b):\n    """Sum of a and b."""\n    pass\n';
const done = 'def add(a, b):\n    """Sum of a and b."""\n    return a + b\n';

describe('bad input', () => {
  let world: World;
  let client: HeadlessClient;
  let uri: string;
  let files = 0;

  before(async () => {
    world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b' }], reply: () => done });
    client = await world.open();
  });
  beforeEach(() => {
    world.ollama.setReply(() => done);
    uri = world.file(`b${++files}.py`, stub);
  });
  after(() => world.close());

  const run = (fields: object): Promise<unknown> =>
    client.executeCommand('joule.run', [{ actionId: 'implement', uri, version: 1, range: at(0), ...fields }]);
  const works = async (): Promise<void> => {
    await openReady(client, uri, 'python', stub);
    await runToEnd(client, uri, at(0), 'joule: Implement');
    assert.equal(client.document(uri)?.text, done);
  };

  it('in the arguments of a command is InvalidParams, in words', async () => {
    await openReady(client, uri, 'python', stub);
    const wrong: [object, RegExp][] = [
      [{ actionId: 'delete' }, /actionId/],
      [{ uri: 7 }, /uri/],
      [{ uri: 'file:///never/opened.py' }, /not open/],
      [{ version: '1' }, /version/],
      [{ range: { start: { line: -1, character: 0 }, end: { line: 0, character: 0 } } }, /range/],
      [{ range: [] }, /range/],
      [{ strategy: 'magic' }, /strategy/],
      [{ instruction: 'x'.repeat(20_001) }, /instruction/],
      [{ diagnostics: [{}] }, /diagnostics/],
    ];
    for (const [fields, message] of wrong) {
      await assert.rejects(
        run(fields),
        (error: { code?: number; message: string }) => error.code === -32602 && message.test(error.message),
        JSON.stringify(fields),
      );
    }
    for (const command of [
      'joule.run',
      'joule.retry',
      'joule.dismiss',
      'joule.pull',
      'joule.insertKept',
      'joule.receipt',
    ]) {
      for (const args of [[], [null], ['x'], [{}]])
        await assert.rejects(client.executeCommand(command, args), /-32602|joule|missing|argument|must|position/i);
    }
    await works();
  });

  it('of a version from the past or the future is refused in one message', async () => {
    await openReady(client, uri, 'python', stub);
    client.changeDocument(uri, [{ range: at(0), newText: '# new\n' }]);
    await client.ready(uri);
    for (const version of [1, 99]) {
      const messages = client.messages.length;
      assert.match(JSON.stringify(await run({ version })), /changed since/);
      assert.equal(client.messages.length, messages + 1);
    }
    assert.equal(client.document(uri)?.text, `# new\n${stub}`);
  });

  it('of a range outside the text is brought inside', async () => {
    await openReady(client, uri, 'python', stub);
    const far = { start: { line: 900, character: 900 }, end: { line: 901, character: 0 } };
    assert.ok(Array.isArray(await client.codeActions(uri, far)));
    const { jobId } = (await run({ range: far })) as { jobId: string };
    const ended = await client.waitForJobEnd(jobId);
    assert.ok(ended.end);
    assert.ok(await client.hover(uri, { line: 999, character: 999 }).then(() => true));
    await works();
  });

  it('in notifications changes nothing', async () => {
    for (const [method, params] of [
      ['textDocument/didOpen', {}],
      ['textDocument/didChange', { textDocument: { uri } }],
      ['textDocument/didChange', { textDocument: { uri: 'file:///x', version: null }, contentChanges: 'no' }],
      ['textDocument/didClose', { textDocument: {} }],
      ['workspace/didChangeConfiguration', { settings: { joule: 9 } }],
      ['workspace/didChangeWorkspaceFolders', { event: {} }],
      ['window/workDoneProgress/cancel', { token: 'nobody' }],
    ] as const) {
      await client.connection.sendNotification(method, params);
    }
    assert.deepEqual(await client.connection.sendRequest('textDocument/codeAction', { textDocument: {} }), []);
    assert.equal(await client.connection.sendRequest('textDocument/hover', {}), null);
    await works();
  });

  it('of an engine that fails is one message, with nothing written and the call on record', async () => {
    for (const [name, reply] of Object.entries({
      outOfMemory: { error: errorReplies.outOfMemory() },
      runnerDied: { error: errorReplies.runnerDied() },
      torn: { text: done, dies: { afterPieces: 3, how: 'torn' } as const },
      reset: { text: done, dies: { afterPieces: 3, how: 'reset' } as const },
      garbage: { text: done, dies: { afterPieces: 3, how: 'garbage' } as const },
    })) {
      world.ollama.setReply(() => reply);
      uri = world.file(`b${++files}.py`, stub);
      await openReady(client, uri, 'python', stub);
      const messages = client.messages.length;
      const { jobId } = await runToEnd(client, uri, at(0), 'joule: Implement');
      assert.equal(client.document(uri)?.text, stub, name);
      assert.equal(client.messages.length, messages + 1, `${name}: ${JSON.stringify(client.messages.slice(messages))}`);
      const receipt = (await client.executeCommand('joule.receipt', [{ receiptId: jobId }])) as { calls: unknown[] };
      assert.ok(receipt.calls.length >= 1, name);
    }
    world.ollama.setReply(() => done);
    uri = world.file(`b${++files}.py`, stub);
    await works();
  });

  it('of a model that talks instead of coding keeps its text', async () => {
    world.ollama.setReply(() => 'def add(a, b):\n    return (a + ');
    await openReady(client, uri, 'python', stub);
    const { end } = await runToEnd(client, uri, at(0), 'joule: Implement');
    assert.match(end, /^kept/);
    assert.equal(client.document(uri)?.text, stub);
    await actionAt(client, uri, at(0), 'joule: Insert the kept result');
  });

  it('of files that vanish or cannot be written does not matter: the editor has the text', async () => {
    await openReady(client, uri, 'python', stub);
    rmSync(join(world.project, `b${files}.py`));
    await runToEnd(client, uri, at(0), 'joule: Implement');
    assert.equal(client.document(uri)?.text, done);
    uri = world.file(`b${++files}.py`, stub);
    chmodSync(join(world.project, `b${files}.py`), 0o400);
    await works();
  });

  it('of size: 100 000 lines, one line of a megabyte, no line at all', async () => {
    const long = `${'x = 1\n'.repeat(100_000)}# TODO: add\n`;
    const wide = `x = "${'y'.repeat(1_000_000)}"\n# TODO: add\n`;
    for (const [index, text] of [long, wide, ''].entries()) {
      const name = world.uri(`size${index}.py`);
      await openReady(client, name, 'python', text);
      const line = text.split('\n').length - 2;
      const actions = await client.codeActions(name, at(Math.max(0, line), 3));
      assert.equal(
        actions.some((action) => action.title.startsWith('joule: Implement')),
        text !== '',
      );
    }
    await works();
  });

  it('of two editors on one folder: both work, both see today’s receipts', async () => {
    const other = await world.open();
    await works();
    const second = world.file(`c${files}.py`, stub);
    await openReady(other, second, 'python', stub);
    await runToEnd(other, second, at(0), 'joule: Implement');
    assert.equal(other.document(second)?.text, done);
    await world.leave(other);
  });

  it('of an editor that leaves in the middle: the engine stops, the call is on record', async () => {
    const leaving = await world.open();
    await openReady(leaving, uri, 'python', stub);
    const closed = gate();
    world.ollama.setReply(() => ({ pieces: ['x'], loop: true, millisecondsPerPiece: 2, beforeHeaders: closed.opened }));
    const asked = world.ollama.request(world.ollama.requests.length);
    const { jobId } = await leaving.runAction(await actionAt(leaving, uri, at(0), 'joule: Implement'));
    const request = await asked;
    closed.open();
    await request.sent(2);
    await world.leave(leaving);
    assert.equal(await request.ended, 'closed-by-client');
    const later = await world.open();
    await openReady(later, uri, 'python', stub);
    const receipt = (await later.executeCommand('joule.receipt', [{ receiptId: jobId }])) as {
      outcome: string;
      calls: unknown[];
    };
    assert.equal(receipt.outcome, 'cancelled');
    assert.equal(receipt.calls.length, 1);
    await world.leave(later);
  });
});

describe('editors that answer in their own way', () => {
  let world: World;
  before(async () => {
    world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b' }], reply: () => done });
  });
  after(() => world.close());

  it('lose no answer: stale edits refused in words or by an error are made again on the newer text or kept', async () => {
    for (const stale of ['refuse', 'error'] as const) {
      let typed = false;
      const client: HeadlessClient = await world.open({
        behaviour: {
          stale,
          beforeApply: () => {
            if (typed) return;
            typed = true;
            client.changeDocument(world.uri(`${stale}.py`), [{ range: at(0), newText: '# typed\n' }]);
          },
        },
      });
      const uri = world.file(`${stale}.py`, stub);
      await openReady(client, uri, 'python', stub);
      await runToEnd(client, uri, at(0), 'joule: Implement');
      const text = client.document(uri)?.text;
      if (text !== `# typed\n${done}`) {
        assert.equal(text, `# typed\n${stub}`, stale);
        await client.runAction(await actionAt(client, uri, at(1), 'joule: Insert the kept result'));
        await client.until(() => client.document(uri)?.text.includes('return a + b'));
      }
      await world.leave(client);
    }
  });

  it('may be silent about everything optional', async () => {
    const client = await world.open({ capabilities: {}, clientInfo: null, processId: null });
    const uri = world.file('plain.py', stub);
    await openReady(client, uri, 'python', stub);
    await client.runAction(await actionAt(client, uri, at(0), 'joule: Implement'));
    await client.until(() => client.document(uri)?.text === done);
    await client.waitForDiagnostics(uri, (notes) => notes.length === 1);
    await world.leave(client);
  });

  it('may explain pages by a message', async () => {
    world.ollama.setReply(() => 'It adds **two** numbers.');
    const client = await world.open({ capabilities: { window: { workDoneProgress: true } } });
    const uri = world.file('explained.py', done);
    await openReady(client, uri, 'python', done);
    await client.runAction(await actionAt(client, uri, at(0, 5), 'joule: Explain'));
    await client.waitForMessage((text) => text.includes('It adds'));
    await world.leave(client);
    world.ollama.setReply(() => done);
  });

  it('may paint no progress: one message at the start, one at the end', async () => {
    const client = await world.open({ clientInfo: { name: 'Neovim', version: '0.12.4' } });
    const uri = world.file('quiet.py', stub);
    await openReady(client, uri, 'python', stub);
    await client.runAction(await actionAt(client, uri, at(0), 'joule: Implement'));
    await client.waitForMessage((text) => / s( · \d+ tok)?$/.test(text));
    assert.equal(client.messages.length, 2, JSON.stringify(client.messages));
    assert.equal(client.messages[0]?.message, 'joule: Implement add');
    await world.leave(client);
  });
});
