// Edits: each client gets the form that it understands, and what it says is checked against what it shows.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ClientCapabilities, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { DocumentEdit } from '../../server/jobs/ports.ts';
import type { Client } from '../../server/lsp/client.ts';
import { toWorkspaceEdit } from '../../server/lsp/edits.ts';
import type { HeadlessOptions } from '../../server/lsp/headless-client.ts';
import { at } from '../support/editor-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { openScripted, type ScriptedSession } from '../support/scripted-session.ts';

const uri = 'file:///project/a.py';
const edit: DocumentEdit = { uri, version: 3, label: 'joule: x', edits: [{ start: 2, end: 3, text: 'X' }] };
const withFile: DocumentEdit = { ...edit, newFile: { path: '/project/test_a.py', text: 'new\n', existing: undefined } };

function formFor(
  name: string,
  workspaceEdit: NonNullable<ClientCapabilities['workspace']>['workspaceEdit'],
  what = edit,
): WorkspaceEdit {
  const client = { name, capabilities: { workspace: { workspaceEdit } } } as unknown as Client;
  return toWorkspaceEdit(what, TextDocument.create(uri, 'python', 3, 'a\nb'), client, undefined);
}

describe('forms of an edit', () => {
  it('are versioned wherever the client can check, and for Neovim, which can but does not say so', () => {
    const versioned = {
      documentChanges: [
        {
          textDocument: { uri, version: 3 },
          edits: [{ range: { ...at(1), end: { line: 1, character: 1 } }, newText: 'X' }],
        },
      ],
    };
    assert.deepEqual(formFor('Helix', { documentChanges: true }), versioned);
    assert.deepEqual(formFor('Neovim', {}), versioned);
    assert.deepEqual(formFor('other', {}), { changes: { [uri]: versioned.documentChanges[0]?.edits } });
  });

  it('create a new file by an operation, or by an edit alone', () => {
    const created = 'file:///project/test_a.py';
    const [, create, fill] =
      formFor('Helix', { documentChanges: true, resourceOperations: ['create'] }, withFile).documentChanges ?? [];
    assert.deepEqual(create, { kind: 'create', uri: created, options: { ignoreIfExists: true } });
    assert.deepEqual(fill, {
      textDocument: { uri: created, version: null },
      edits: [{ range: at(0), newText: 'new\n' }],
    });
    assert.equal(formFor('Eglot', { documentChanges: true }, withFile).documentChanges?.length, 2);
    const lspMode = formFor('emacs', { documentChanges: true, resourceOperations: ['create'] }, withFile);
    assert.deepEqual(lspMode.documentChanges?.[1], fill);
    assert.deepEqual(Object.keys(formFor('other', {}, withFile).changes ?? {}), [uri, created]);
  });

  it('change an existing other file only where it differs', () => {
    const append = { ...edit, edits: [], newFile: { path: '/project/t.py', text: 'old\nnew\n', existing: 'old\n' } };
    const { documentChanges } = formFor('Helix', { documentChanges: true, resourceOperations: ['create'] }, append);
    assert.equal(documentChanges?.length, 1);
    assert.match(JSON.stringify(documentChanges), /"newText":"new\\n"/);
  });
});

describe('edits on their way into an editor', () => {
  let session: ScriptedSession;
  const open = async (options: Partial<HeadlessOptions> = {}, clock?: ManualClock): Promise<void> => {
    session = await openScripted(clock === undefined ? {} : { clock }, options);
    session.client.openDocument(uri, 'python', 'a\nb\n', 3);
    await session.client.ready(uri);
  };
  afterEach(() => session.close());
  const insert: DocumentEdit = { ...edit, edits: [{ start: 2, end: 2, text: 'generated()\n' }] };

  it('land, with the change told before or after the answer', async () => {
    for (const changeNotice of ['before', 'after'] as const) {
      await open({ behaviour: { changeNotice } });
      assert.deepEqual(await session.editor().apply(insert), { applied: true });
      assert.equal(session.editor().document(uri)?.text, 'a\ngenerated()\nb\n');
      if (changeNotice === 'before') await session.close();
    }
  });

  it('are not sent for a version that is gone, or that nobody has seen yet', async () => {
    await open();
    for (const version of [2, 4]) {
      const answer = await session.editor().apply({ ...insert, version });
      assert.equal(answer.applied, false);
    }
    assert.deepEqual(session.client.edits, []);
  });

  it('are refused in words when the user was faster, also by an error', async () => {
    for (const stale of ['refuse', 'error'] as const) {
      const behaviour = {
        stale,
        beforeApply: () => void session.client.changeDocument(uri, [{ range: at(0), newText: '#' }]),
      };
      await open({ behaviour });
      const answer = await session.editor().apply(insert);
      assert.match(JSON.stringify(answer), /"applied":false,"why":".*version 4/);
      assert.equal(session.client.document(uri)?.text, '#a\nb\n');
      if (stale === 'refuse') await session.close();
    }
  });

  it('do not count as made when the editor only says so', async () => {
    const clock = new ManualClock();
    const behaviour = {
      stale: 'lie' as const,
      beforeApply: () => void session.client.changeDocument(uri, [{ range: at(0), newText: '#' }]),
    };
    await open({ behaviour }, clock);
    const answering = session.editor().apply(insert);
    await session.client.until(() => session.client.edits.length > 0);
    while (session.editor().document(uri)?.version !== 4) await new Promise((resolve) => setImmediate(resolve));
    await clock.advanceAndSettle(2500);
    const answer = await answering;
    assert.match(JSON.stringify(answer), /"applied":false,"why":"the editor dropped the edit/);
  });

  it('are refused by a read-only buffer', async () => {
    await open({ behaviour: { readOnly: true } });
    assert.deepEqual(await session.editor().apply(insert), { applied: false, why: 'the buffer is read-only' });
  });
});

describe('files of the workspace', () => {
  let session: ScriptedSession;
  let folder: string;
  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'joule-files-')));
    for (const name of ['project', 'outside']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'project/a.py'), 'a\n');
    writeFileSync(join(folder, 'project/.env'), 'KEY=1\n');
    writeFileSync(join(folder, 'project/binary.py'), 'a\0b');
    writeFileSync(join(folder, 'outside/b.py'), 'b\n');
    symlinkSync(join(folder, 'outside'), join(folder, 'project/link'));
    symlinkSync(join(folder, 'project/.env'), join(folder, 'project/harmless.py'));
    session = await openScripted({}, { rootUri: pathToFileURL(join(folder, 'project')).href });
    session.client.openDocument(pathToFileURL(join(folder, 'project/a.py')).href, 'python', 'a\n');
    await session.client.ready(uri);
  });
  after(async () => {
    await session.close();
    rmSync(folder, { recursive: true });
  });

  it('are read as the editor shows them, else from disk', async () => {
    const path = join(folder, 'project/a.py');
    session.client.changeDocument(pathToFileURL(path).href, [{ range: at(0), newText: 'unsaved ' }]);
    await session.client.ready(pathToFileURL(path).href);
    assert.equal(await session.editor().readWorkspaceFile(path), 'unsaved a\n');
    assert.equal(await session.editor().readWorkspaceFile(join(folder, 'project/none.py')), undefined);
  });

  it('are the open document’s also when the editor writes the uri in its own way', async () => {
    const path = join(folder, 'project/c+d é.py');
    writeFileSync(path, 'on disk\n');
    const written = `${pathToFileURL(join(folder, 'project')).href}/c%2Bd%20%C3%A9.py`;
    session.client.openDocument(written, 'python', 'unsaved\n', 4);
    await session.client.ready(written);
    assert.equal(await session.editor().readWorkspaceFile(path), 'unsaved\n');
    const a = pathToFileURL(join(folder, 'project/a.py')).href;
    const version = session.editor().document(a)?.version ?? 0;
    const newFile = { path, text: 'unsaved\nmore\n', existing: 'unsaved\n' };
    assert.deepEqual(await session.editor().apply({ uri: a, version, edits: [], label: 'x', newFile }), {
      applied: true,
    });
    assert.equal(session.client.document(written)?.text, 'unsaved\nmore\n');
  });

  it('belong to the folders of the moment', async () => {
    const outside = { uri: pathToFileURL(join(folder, 'outside')).href, name: 'outside' };
    const change = (event: object): Promise<void> =>
      session.client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event });
    await change({ added: [outside], removed: [] });
    await session.client.ready(uri);
    assert.equal(await session.editor().readWorkspaceFile(join(folder, 'outside/b.py')), 'b\n');
    await change({ added: [], removed: [outside] });
    await session.client.ready(uri);
    assert.equal(await session.editor().readWorkspaceFile(join(folder, 'outside/b.py')), undefined);
  });

  it('do not include what lies outside, what links lead to, secrets, and what is not text', async () => {
    for (const name of [
      'outside/b.py',
      'project/../outside/b.py',
      'project/link/b.py',
      'project/.env',
      'project/harmless.py',
      'project/binary.py',
    ]) {
      assert.equal(await session.editor().readWorkspaceFile(join(folder, name)), undefined, name);
    }
    assert.equal(await session.editor().readWorkspaceFile('a.py'), undefined);
  });

  it('are not created outside, through links, or where somebody was faster', async () => {
    const document = pathToFileURL(join(folder, 'project/a.py')).href;
    const version = session.editor().document(document)?.version ?? 0;
    const create = (path: string) =>
      session.editor().apply({
        uri: document,
        version,
        edits: [],
        label: 'x',
        newFile: { path: join(folder, path), text: 'x', existing: undefined },
      });
    for (const path of ['outside/new.py', 'project/link/new.py', 'project/id_rsa'])
      assert.equal((await create(path)).applied, false, path);
    assert.match(JSON.stringify(await create('project/a.py')), /changed meanwhile/);
    assert.deepEqual(await create('project/deep/er/new.py'), { applied: true });
  });
});
