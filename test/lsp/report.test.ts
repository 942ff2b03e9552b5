// `joule.report`: the page of this machine's receipts, shown outside of the editor where that is possible, else named in a message.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fullCapabilities } from '../../server/lsp/headless-capabilities.ts';
import type { HeadlessClient } from '../../server/lsp/headless-client.ts';
import { at, createWorld, openReady, runToEnd, type World } from '../support/editor-client.ts';
import { openScripted } from '../support/scripted-session.ts';

const stub = 'def add(a, b):\n    """Sum of a and b."""\n    pass\n';

function ask(client: HeadlessClient): Promise<unknown> {
  return client.connection.sendRequest('workspace/executeCommand', { command: 'joule.report', arguments: [{}] });
}

describe('joule.report', () => {
  let world: World;

  before(async () => {
    world = await createWorld({ models: [{ name: 'qwen2.5-coder:3b' }] });
    world.ollama.setReply(() => 'return a + b');
  });
  after(() => world.close());

  it('shows a page with the answer that was just given, in a file that is nobody else’s', async () => {
    const client = await world.open();
    const uri = world.file('secret-name.py', stub);
    await openReady(client, uri, 'python', stub);
    const { jobId } = await runToEnd(client, uri, at(0), 'joule: Implement');
    assert.equal(await ask(client), null);
    await client.until(() => client.shownDocuments.length > 0);
    const [shown] = client.shownDocuments;
    assert.equal(shown?.external, true);
    const path = fileURLToPath(shown?.uri ?? '');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const html = readFileSync(path, 'utf8');
    assert.match(html, /<title>What the answers cost<\/title>/);
    assert.ok(html.includes(jobId.slice(0, 8)));
    assert.doesNotMatch(html, /secret-name/);

    await ask(client);
    await client.until(() => client.shownDocuments.length > 1);
    assert.equal(client.shownDocuments[1]?.uri, shown?.uri, 'one file, written anew');
    await world.leave(client);
  });

  it('names the file where the editor can’t show it', async () => {
    const capabilities = { ...fullCapabilities, window: {} };
    const { client, close } = await openScripted({ report: () => '/state/report.html' }, { capabilities });
    assert.equal(await ask(client), null);
    await client.until(() => client.messages.length > 0);
    assert.deepEqual(client.messages.at(-1), { type: 3, message: 'joule: the report is in /state/report.html' });
    await close();
  });

  it('says why there is none', async () => {
    const report = (): string => {
      throw new Error('no room on the disk');
    };
    const { client, close } = await openScripted({ report });
    await ask(client);
    await client.until(() => client.messages.length > 0);
    assert.deepEqual(client.messages.at(-1), { type: 1, message: 'joule: no report: no room on the disk' });
    await close();
  });

  it('is a code action for whoever asks for sources, and in nobody’s way otherwise', async () => {
    const { client, close } = await openScripted();
    client.openDocument('file:///a.py', 'python', stub);
    await client.ready('file:///a.py');
    const titles = async (only?: string[]): Promise<string[]> => {
      const found = await client.codeActions('file:///a.py', at(0), only === undefined ? {} : { only });
      return found.map(({ title }) => title).filter((title) => title.includes('report'));
    };
    for (const only of [undefined, [''], ['quickfix'], ['source.organizeImports'], ['source.fixAll']])
      assert.deepEqual(await titles(only), [], String(only));
    for (const only of ['source', 'source.joule', 'source.joule.report'])
      assert.deepEqual(await titles([only]), ['joule: Show the report'], only);
    await close();
  });
});
