// What the server says of itself at `initialize`, and how it speaks to people, to a client that could do everything.

import assert from 'node:assert/strict';
import { fullCapabilities } from '../../server/lsp/headless-capabilities.ts';
import { cleanUpServers, spawnServer } from '../support/spawn-server.ts';

describe('the server', () => {
  after(cleanUpServers);

  it('counts in UTF-16, pushes diagnostics, and declares nothing that it does not do', async () => {
    const general = { positionEncodings: ['utf-8', 'utf-16', 'utf-32'] };
    const { result } = await spawnServer().initialize({ capabilities: { ...fullCapabilities, general } });
    const { capabilities } = result as { capabilities: Record<string, unknown> };
    assert.equal(capabilities.positionEncoding ?? 'utf-16', 'utf-16');
    for (const never of ['diagnosticProvider', 'codeLensProvider', 'inlayHintProvider']) {
      assert.equal(capabilities[never], undefined, never);
    }
  });

  it('speaks to people by notification, never by a request that waits for them', async () => {
    const server = spawnServer();
    const window = { ...fullCapabilities.window, showMessage: { messageActionItem: {} } };
    await server.initialize({ capabilities: { ...fullCapabilities, window } });
    const uri = 'file:///a.py';
    const text = 'def add(a, b):\n    pass\n';
    server.send({
      method: 'textDocument/didOpen',
      params: { textDocument: { uri, languageId: 'python', version: 1, text } },
    });
    const start = { line: 0, character: 4 };
    await server.ask('run', 'workspace/executeCommand', {
      command: 'joule.run',
      arguments: [{ actionId: 'implement', uri, version: 1, range: { start, end: start } }],
    });
    // There is no engine, and that has to be said.
    const said = await server.waitFor(({ method }) => method?.startsWith('window/showMessage') === true);
    assert.equal(said.method, 'window/showMessage');
    assert.equal(said.id, undefined);
  });
});
