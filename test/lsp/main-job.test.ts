// The main job as an editor sees it: choose, watch, get one edit, read what it cost, now and after a restart.

import assert from 'node:assert/strict';
import type { CodeAction, MarkupContent } from 'vscode-languageserver/node';
import type { HeadlessClient } from '../../server/lsp/headless-client.ts';
import { actionAt, at, createWorld, openReady, runToEnd, type World } from '../support/editor-client.ts';
import { gate } from '../support/fake-ollama.ts';

const stub = 'def add(a, b):\n    """Sum of a and b."""\n    pass\n';
const done = 'def add(a, b):\n    """Sum of a and b."""\n    return a + b\n';
const worker = { name: 'qwen2.5-coder:3b' };

describe('the main job over LSP', () => {
  let world: World;
  let client: HeadlessClient;
  let uri: string;
  let files = 0;

  before(async () => {
    world = await createWorld({ models: [worker] });
    client = await world.open();
  });
  beforeEach(() => {
    world.ollama.setReply(() => done);
    uri = world.file(`a${++files}.py`, stub);
  });
  after(() => world.close());

  it('turns a code action into one edit, a receipt note and a hover', async () => {
    await openReady(client, uri, 'python', stub);
    const action = await actionAt(client, uri, at(0), 'joule: Implement add');
    assert.equal(action.kind, 'refactor.rewrite.joule.implement');
    assert.deepEqual(action.tags, [1]);
    assert.equal(action.edit, undefined);

    const beforePiece = async (index: number): Promise<void> => {
      world.machine.set('intel-rapl:0', BigInt(1_000_000 + (index + 1) * 200_000)); // 25 W: more would not be believed
    };
    world.ollama.setReply(() => ({ text: done, millisecondsPerPiece: 8, beforePiece }));
    const { jobId } = await client.runAction(action);
    const ended = await client.waitForJobEnd(jobId);
    assert.equal(client.document(uri)?.text, done);
    assert.equal(client.undoSteps(uri), 1);
    assert.equal(ended.begin?.title, 'joule: Implement add');
    assert.equal(ended.begin?.cancellable, true);
    assert.match(ended.end?.message ?? '', /^[23][\d.]* J ±\d+ % \(CPU [\d.]+\) · [\d.]+ s$/);

    const [note] = await client.waitForDiagnostics(uri, (notes) => notes.length === 1);
    assert.equal(note?.source, 'joule');
    assert.equal(note?.severity, 4);
    assert.deepEqual(note?.range, { start: { line: 2, character: 4 }, end: { line: 2, character: 16 } });
    assert.match(String(note?.message), /^[23][\d.]* J ±\d+ % \(CPU [\d.]+\) · [\d.]+ s · qwen2\.5-coder:3b$/);

    const hover = await client.hover(uri, { line: 2, character: 8 });
    assert.ok(hover);
    const { kind, value } = hover.contents as MarkupContent;
    assert.equal(kind, 'markdown');
    assert.match(value, /^\*\*joule · implement, direct · [23][\d.]* J/);
    assert.match(value, /worker qwen2\.5-coder:3b · \d+ tok · [23][\d.]* J/);
    assert.match(value, /gross: [23][\d.]* J ±\d+ %, whole machine while it ran: CPU/);
    assert.match(value, /this file: [23][\d.]* J .* today: .* in \d+ answers?$/);
    assert.equal(await client.hover(uri, { line: 0, character: 5 }), null);
    assert.deepEqual(client.messages, []);
  });

  it('says in the title what an answer will probably take', async () => {
    await openReady(client, uri, 'python', stub);
    const { title } = await actionAt(client, uri, at(0), 'joule: Implement add');
    assert.match(title, /^joule: Implement add · [\d.]+–[\d.]+ k?J$/);
  });

  it('answers executeCommand at once, while the model has not said a word', async () => {
    const closed = gate();
    world.ollama.setReply(() => ({ text: done, beforeHeaders: closed.opened }));
    await openReady(client, uri, 'python', stub);
    const asked = world.ollama.request(world.ollama.requests.length);
    const { jobId } = await client.runAction(await actionAt(client, uri, at(0), 'joule: Implement'));
    assert.ok(jobId);
    await asked;
    assert.equal(client.document(uri)?.text, stub);
    closed.open();
    await client.waitForJobEnd(jobId);
    assert.equal(client.document(uri)?.text, done);
  });

  it('shows the receipt again after a restart, until the code is written anew or it is dismissed', async () => {
    await openReady(client, uri, 'python', stub);
    await runToEnd(client, uri, at(0), 'joule: Implement');
    await client.waitForDiagnostics(uri, (notes) => notes.length === 1);

    const later = await world.open();
    await openReady(later, uri, 'python', `import os\n\n\n${done}`);
    const [note] = await later.waitForDiagnostics(uri, (notes) => notes.length === 1);
    assert.equal(note?.range.start.line, 5);
    later.changeDocument(uri, [{ range: at(5, 11), newText: '0 + ' }]);
    await later.waitForDiagnostics(uri, (notes) => /0 of 1 lines as written/.test(String(notes[0]?.message)));
    later.undo(uri);
    await later.waitForDiagnostics(uri, (notes) => notes.length === 1 && !/lines/.test(String(notes[0]?.message)));
    const whole = { start: at(5, 4).start, end: at(6).start };
    later.changeDocument(uri, [{ range: whole, newText: 'raise NotImplementedError\n' }]);
    await later.waitForDiagnostics(uri, (notes) => notes.length === 0);
    later.undo(uri);
    await later.waitForDiagnostics(uri, (notes) => notes.length === 1);
    await later.runAction(await actionAt(later, uri, at(5, 6), 'joule: Dismiss the receipt'));
    await later.waitForDiagnostics(uri, (notes) => notes.length === 0);
    assert.equal(await later.hover(uri, { line: 5, character: 8 }), null);
    await world.leave(later);

    const again = await world.open();
    await openReady(again, uri, 'python', done);
    assert.deepEqual(again.diagnostics(uri), []);
    await world.leave(again);
  });

  it('stops the engine when the user cancels, by the button, the command or the code action', async () => {
    await openReady(client, uri, 'python', stub);
    const ways = [
      async (jobId: string) => client.cancelProgress(`joule/${jobId}`),
      (jobId: string) => client.executeCommand('joule.cancel', [{ jobId }]),
      async () => client.runAction(await actionAt(client, uri, at(0), 'joule: Cancel the running job')),
      // Eglot reads the `{}` of the code action and sends it back as null.
      () => client.executeCommand('joule.cancel', [null]),
    ];
    world.ollama.setReply(() => ({ pieces: ['    ', 'x', ' = 1\n'], loop: true, millisecondsPerPiece: 2 }));
    for (const way of ways) {
      const asked = world.ollama.request(world.ollama.requests.length);
      const { jobId } = await client.runAction(await actionAt(client, uri, at(0), 'joule: Implement'));
      const request = await asked;
      await request.sent(3);
      await way(jobId ?? '');
      const ended = await client.waitForJobEnd(jobId);
      assert.match(ended.end?.message ?? '', /^cancelled/);
      assert.equal(await request.ended, 'closed-by-client');
    }
    const offered = await client.codeActions(uri, at(0));
    assert.ok(offered.every((action) => !action.title.includes('Cancel')));
    assert.equal(client.document(uri)?.text, stub);
  });

  it('tells a job that waits its place, and lets a second one on the same code replace the first', async () => {
    const closed = gate();
    world.ollama.setReply(() => ({ text: done, beforeHeaders: closed.opened }));
    const second = world.file(`second${files}.py`, stub);
    for (const one of [uri, second]) await openReady(client, one, 'python', stub);
    const start = async (one: string): Promise<string | undefined> =>
      (await client.runAction(await actionAt(client, one, at(0), 'joule: Implement'))).jobId;
    const asked = world.ollama.request(world.ollama.requests.length);
    const running = await start(uri);
    await asked;
    const replaced = await start(second);
    const shown = (jobId: string | undefined): string =>
      JSON.stringify(client.progress.find((one) => one.token === `joule/${jobId}`) ?? {});
    await client.until(() => shown(replaced).includes('waiting, place 1'));
    const newer = await start(second);
    const superseded = await client.waitForJobEnd(replaced);
    assert.match(superseded.end?.message ?? '', /^replaced by a newer request/);
    closed.open();
    await Promise.all([client.waitForJobEnd(running), client.waitForJobEnd(newer)]);
    for (const one of [uri, second]) assert.equal(client.document(one)?.text, done);
  });

  it('keeps an answer whose place was changed meanwhile, and inserts it on request', async () => {
    const closed = gate();
    world.ollama.setReply(() => ({ text: done, beforeHeaders: closed.opened }));
    await openReady(client, uri, 'python', stub);
    const asked = world.ollama.request(world.ollama.requests.length);
    const { jobId } = await client.runAction(await actionAt(client, uri, at(0), 'joule: Implement'));
    await asked;
    const pass = { start: { line: 2, character: 4 }, end: { line: 2, character: 8 } };
    client.changeDocument(uri, [{ range: pass, newText: 'return 7' }]);
    const typed = client.document(uri)?.text;
    closed.open();
    const ended = await client.waitForJobEnd(jobId);
    assert.match(ended.end?.message ?? '', /^kept, not applied/);
    assert.equal(client.document(uri)?.text, typed);
    await client.waitForMessage((text) => text.includes('kept') && text.includes('Insert the kept result'));
    await client.runAction(await actionAt(client, uri, at(2), 'joule: Insert the kept result'));
    await client.until(() => client.document(uri)?.text.includes('return a + b'));
    const left = await client.codeActions(uri, at(2));
    assert.ok(left.every((action) => !action.title.includes('kept')));
  });

  it('fits the edit to a text that moved elsewhere meanwhile', async () => {
    const closed = gate();
    world.ollama.setReply(() => ({ text: done, beforeHeaders: closed.opened }));
    await openReady(client, uri, 'python', stub);
    const asked = world.ollama.request(world.ollama.requests.length);
    const { jobId } = await client.runAction(await actionAt(client, uri, at(0), 'joule: Implement'));
    await asked;
    client.changeDocument(uri, [{ range: at(0), newText: '# 🌱 héé\n' }]);
    closed.open();
    const ended = await client.waitForJobEnd(jobId);
    assert.equal(client.document(uri)?.text, `# 🌱 héé\n${done}`);
    assert.match(ended.end?.message ?? '', /fitted to the changed text/);
  });

  it('keeps CRLF, surrogates and a missing last newline as they are', async () => {
    const text = '# 🌱é中\r\ndef add(a, b):\r\n    """Sum 🌱."""\r\n    pass';
    await openReady(client, uri, 'python', text);
    await runToEnd(client, uri, at(1, 4), 'joule: Implement');
    assert.equal(client.document(uri)?.text, '# 🌱é中\r\ndef add(a, b):\r\n    """Sum 🌱."""\r\n    return a + b');
  });

  it('answers the same request on the same code again at 0 J, in another file too, and asks no engine', async () => {
    const other = await world.open({ configuration: { reuse: 'on' } });
    const source = 'def twice(a):\n    """Twice a."""\n    pass\n';
    const answer = source.replace('pass', 'return 2 * a');
    world.ollama.setReply(() => answer);
    for (const [index, name] of ['first.py', 'second.py'].entries()) {
      const file = world.file(name, source);
      await openReady(other, file, 'python', source);
      const before = world.ollama.requests.length;
      const { end } = await runToEnd(other, file, at(0), 'joule: Implement twice');
      assert.equal(other.document(file)?.text, answer);
      assert.equal(world.ollama.requests.length - before, index === 0 ? 1 : 0);
      if (index === 0) continue;
      assert.match(end, /^0 J · the answer to the same request, given again$/);
      await other.waitForDiagnostics(file, (notes) => notes.length === 1);
      const hover = await other.hover(file, { line: 2, character: 8 });
      assert.ok(hover);
      assert.match((hover.contents as MarkupContent).value, /no model was called: generated for receipt/);
    }
    await world.leave(other);
  });

  it('begins nothing that would pass a budget, and says so in one message', async () => {
    const other = await world.open({ configuration: { budget: { actionJoules: 0.001 } } });
    await openReady(other, uri, 'python', stub);
    const before = world.ollama.requests.length;
    const { end } = await runToEnd(other, uri, at(0), 'joule: Implement add');
    assert.match(
      end,
      /^failed, mend it by raise joule\.budget\.actionJoules: Stopped by the budget: an answer would take some/,
    );
    assert.equal(other.document(uri)?.text, stub);
    assert.equal(world.ollama.requests.length, before);
    assert.equal(other.messages.filter(({ message }) => /Stopped by the budget/.test(message)).length, 1);
    await world.leave(other);
  });

  it('works in documents that have no file', async () => {
    await openReady(client, 'untitled:Untitled-1', 'python', stub);
    await runToEnd(client, 'untitled:Untitled-1', at(0), 'joule: Implement');
    assert.equal(client.document('untitled:Untitled-1')?.text, done);
    await client.waitForDiagnostics('untitled:Untitled-1', (notes) => notes.length === 1);
  });

  it('explains on a read-only page', async () => {
    world.ollama.setReply(() => 'It adds **two** numbers.');
    await openReady(client, uri, 'python', done);
    const shown = client.shownDocuments.length;
    await runToEnd(client, uri, at(0, 5), 'joule: Explain');
    assert.equal(client.shownDocuments.length, shown + 1);
    assert.match(client.shownDocuments.at(-1)?.uri ?? '', /\.md$/);
    assert.equal(client.document(uri)?.text, done);
  });

  it('writes a new test file through the editor', async () => {
    world.ollama.setReply(() => '```python\nfrom a import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n```');
    await openReady(client, uri, 'python', done);
    await runToEnd(client, uri, at(0, 5), 'joule: Write tests for add');
    const created = client.changedFiles().find((file) => file.uri === world.uri(`test_a${files}.py`));
    assert.ok(created, JSON.stringify(client.messages));
    assert.equal(created.before, undefined);
    assert.match(created.after, /def test_add\(\):\n {4}assert add\(1, 2\) == 3/);
  });

  it('lists everything else that is offered with kinds that a key can be bound to', async () => {
    await openReady(client, uri, 'python', done);
    const only = async (kind: string): Promise<string[]> => {
      const actions = (await client.codeActions(uri, at(0, 5), { only: [kind] })) as CodeAction[];
      return actions.map((one) => one.kind ?? '');
    };
    assert.ok((await only('refactor.rewrite.joule')).length > 1);
    assert.deepEqual(await only('refactor.rewrite.joule.document'), ['refactor.rewrite.joule.document']);
    assert.deepEqual(await only('source.organizeImports'), []);
  });

  it('tries again with a larger model on the generated region', async () => {
    await openReady(client, uri, 'python', stub);
    await runToEnd(client, uri, at(0), 'joule: Implement');
    await client.waitForDiagnostics(uri, (notes) => notes.length === 1);
    world.ollama.setModels([worker, { name: 'qwen2.5-coder:7b', parameters: 7_000_000_000 }]);
    const larger = await world.open();
    await openReady(larger, uri, 'python', done);
    await larger.waitForDiagnostics(uri, (notes) => notes.length === 1);
    world.ollama.setReply(() => done.replace('a + b', 'sum([a, b])'));
    await runToEnd(larger, uri, at(2, 6), 'joule: Try again with qwen2.5-coder:7b');
    assert.match(larger.document(uri)?.text ?? '', /return sum\(\[a, b\]\)/);
    assert.equal(world.ollama.requests.at(-1)?.model, 'qwen2.5-coder:7b');
    await world.leave(larger);
    world.ollama.setModels([worker]);
  });

  it('says in one message what is missing and offers to pull it', async () => {
    world.ollama.setModels([]);
    const poor = await world.open();
    await openReady(poor, uri, 'python', stub);
    const ended = await runToEnd(poor, uri, at(0), 'joule: Implement');
    await poor.waitForMessage((text) => text.includes('ollama pull qwen2.5-coder:3b'));
    assert.match(ended.end, /^failed, mend it by ollama pull qwen2\.5-coder:3b\b.*: no engine has a model/);
    assert.equal(poor.messages.length, 1);
    await poor.runAction(await actionAt(poor, uri, at(0), 'joule: Pull qwen2.5-coder:3b'));
    const pulled = await poor.until(() => poor.progress.find((one) => String(one.token).includes('/pull/') && one.end));
    assert.match(pulled.end?.message ?? '', /is there/);
    const { end } = await runToEnd(poor, uri, at(0), 'joule: Implement');
    assert.match(end, / s( · \d+ tok)?$/);
    await world.leave(poor);
  });
});
