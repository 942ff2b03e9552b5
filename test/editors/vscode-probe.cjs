// An extension for the tests alone: answers questions about VS Code's own state (buffers, diagnostics, hovers) and starts the
// second server. Bundled by vscode-window.ts; never part of the product.

const { createServer } = require('node:http');
const { renameSync, writeFileSync } = require('node:fs');
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

exports.activate = (context) => {
  const file = process.env.JOULE_PROBE_FILE;
  const server = createServer(async (request, response) => {
    let code = '';
    for await (const chunk of request.setEncoding('utf8')) code += chunk;
    try {
      const value = await new Function('vscode', `return (async () => { ${code} })()`)(vscode);
      response.end(JSON.stringify({ value }));
    } catch (error) {
      response.end(JSON.stringify({ error: String(error) }));
    }
  });
  server.listen(0, '127.0.0.1', () => {
    writeFileSync(`${file}.new`, String(server.address().port));
    renameSync(`${file}.new`, file);
  });
  context.subscriptions.push({ dispose: () => server.close() });
  const second = process.env.JOULE_PROBE_SECOND;
  if (!second) return;
  const [command, ...args] = JSON.parse(second);
  const client = new LanguageClient(
    'second',
    'second',
    { command, args },
    {
      documentSelector: [{ scheme: 'file', language: 'python' }],
      initializationOptions: { disablePullDiagnostics: true },
    },
  );
  context.subscriptions.push(client);
  return client.start();
};
