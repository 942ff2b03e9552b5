// The other language server of the tests, as small as one can be: complains where `value` is not defined, hovers, offers one
// action. Bundled to one file by run.ts. Knows nothing of joule-ls.

import {
  createConnection,
  DiagnosticSeverity,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
const documents = new TextDocuments(TextDocument);

connection.onInitialize(() => ({
  capabilities: {
    textDocumentSync: TextDocumentSyncKind.Incremental,
    hoverProvider: true,
    codeActionProvider: { codeActionKinds: ['quickfix'] },
    executeCommandProvider: { commands: ['second.nothing'] },
  },
  serverInfo: { name: 'second-server', version: '1' },
}));
connection.onHover(() => ({ contents: { kind: 'markdown', value: 'second server was asked' } }));
connection.onCodeAction(() => [
  {
    title: 'second: do nothing',
    kind: 'quickfix',
    command: { title: 'second: do nothing', command: 'second.nothing', arguments: [] },
  },
]);
connection.onExecuteCommand(({ command }) => {
  if (command !== 'second.nothing') throw new Error(`${command} is not mine`);
  return connection.sendNotification('window/showMessage', { type: 3, message: 'second server did nothing' });
});
documents.onDidChangeContent(({ document }) => {
  const diagnostics = [...document.getText().matchAll(/\bvalue\b/g)].map((match) => ({
    range: { start: document.positionAt(match.index), end: document.positionAt(match.index + match[0].length) },
    message: '"value" is not defined',
    severity: DiagnosticSeverity.Error,
    source: 'second',
  }));
  connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics }).catch(() => {});
});
documents.listen(connection);
connection.listen();
