// The headless client against a scripted server: it must behave as the editors it stands for.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import {
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { createHeadlessClient, type HeadlessClient, type HeadlessOptions } from '../../server/lsp/headless-client.ts';

const uri = 'file:///project/a.py';

interface Pair {
  client: HeadlessClient;
  server: ProtocolConnection;
  changes: unknown[];
}

async function connect(options: Partial<HeadlessOptions> = {}): Promise<Pair> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  const server = createProtocolConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient));
  const changes: unknown[] = [];
  server.onRequest('initialize', () => ({ capabilities: {} }));
  server.onNotification('textDocument/didChange', (params) => {
    changes.push(params);
  });
  server.listen();
  const client = createHeadlessClient({ input: toClient, output: toServer, rootUri: 'file:///project', ...options });
  await client.initialize();
  return { client, server, changes };
}

const insert = (line: number, character: number, newText: string) => ({
  range: { start: { line, character }, end: { line, character } },
  newText,
});

describe('headless client', () => {
  it('applies an edit of the current version as one undo step and tells the server before it answers', async () => {
    const { client, server, changes } = await connect();
    client.openDocument(uri, 'python', 'a\r\nb\r\n', 0);
    const edit = {
      documentChanges: [{ textDocument: { uri, version: 0 }, edits: [insert(1, 1, 'é'), insert(0, 0, '#')] }],
    };
    assert.deepEqual(await server.sendRequest('workspace/applyEdit', { edit, label: 'joule' }), { applied: true });
    assert.equal(client.document(uri)?.text, '#a\r\nbé\r\n');
    assert.equal(client.document(uri)?.version, 1);
    assert.equal(changes.length, 1);
    assert.equal(client.undoSteps(uri), 1);
    assert.equal(client.undo(uri), true);
    assert.equal(client.document(uri)?.text, 'a\r\nb\r\n');
    assert.equal(client.document(uri)?.version, 2);
  });

  it('refuses a stale edit as most editors do, or answers an error as eglot, or lies as Neovim', async () => {
    for (const stale of ['refuse', 'error', 'lie'] as const) {
      const { client, server } = await connect({ behaviour: { stale } });
      client.openDocument(uri, 'python', 'a\n', 1);
      client.changeDocument(uri, [insert(0, 0, 'x')]);
      const edit = { documentChanges: [{ textDocument: { uri, version: 1 }, edits: [insert(0, 0, '#')] }] };
      const answer = server.sendRequest<{ applied: boolean }>('workspace/applyEdit', { edit });
      if (stale === 'error') await assert.rejects(answer, /version 2/);
      else assert.equal((await answer).applied, stale === 'lie');
      assert.equal(client.document(uri)?.text, 'xa\n');
      assert.equal(client.edits[0]?.applied, false);
    }
  });

  it('creates files, edits files that are not open, and keeps what stood there before', async () => {
    const { client, server } = await connect({ readFile: (at) => (at.endsWith('/old.py') ? 'old\n' : undefined) });
    const edit = {
      documentChanges: [
        { kind: 'create', uri: 'file:///project/new.py', options: { ignoreIfExists: true } },
        { textDocument: { uri: 'file:///project/new.py', version: null }, edits: [insert(0, 0, 'new\n')] },
        { textDocument: { uri: 'file:///project/old.py', version: null }, edits: [insert(1, 0, 'more\n')] },
      ],
    };
    await server.sendRequest('workspace/applyEdit', { edit });
    assert.deepEqual(client.changedFiles(), [
      { uri: 'file:///project/new.py', before: undefined, after: 'new\n' },
      { uri: 'file:///project/old.py', before: 'old\n', after: 'old\nmore\n' },
    ]);
  });

  it('records progress and resolves at its end', async () => {
    const { client, server } = await connect();
    const ended = client.waitForJobEnd('1');
    await server.sendRequest('window/workDoneProgress/create', { token: 'joule/1' });
    for (const value of [
      { kind: 'begin', title: 't' },
      { kind: 'report', message: 'm' },
      { kind: 'end', message: 'e' },
    ]) {
      await server.sendNotification('$/progress', { token: 'joule/1', value });
    }
    const record = await ended;
    assert.deepEqual([record.begin?.title, record.reports[0]?.message, record.end?.message], ['t', 'm', 'e']);
  });

  it('answers configuration and says when it changed', async () => {
    const { client, server } = await connect({ configuration: { hover: 'off' } });
    const ask = { items: [{ section: 'joule' }, { section: 'other' }] };
    assert.deepEqual(await server.sendRequest('workspace/configuration', ask), [{ hover: 'off' }, null]);
    const changed = new Promise((resolve) => server.onNotification('workspace/didChangeConfiguration', resolve));
    client.setConfiguration({ hover: 'region' });
    assert.deepEqual(await changed, { settings: { joule: { hover: 'region' } } });
    assert.deepEqual(await server.sendRequest('workspace/configuration', ask), [{ hover: 'region' }, null]);
  });

  it('stops waiting when the server hangs up', async () => {
    const { client, server } = await connect();
    const never = client.waitForMessage(() => true);
    server.end();
    await assert.rejects(never, /closed/);
  });
});
