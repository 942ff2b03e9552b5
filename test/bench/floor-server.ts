// The floor: what `vscode-languageserver` costs with nothing behind it. Bundled as the product is, by floor.ts.

import { createConnection, type InitializeResult, TextDocumentSyncKind } from 'vscode-languageserver/node';

const connection = createConnection(process.stdin, process.stdout);
connection.onInitialize(
  (): InitializeResult => ({
    capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental, codeActionProvider: true, hoverProvider: true },
  }),
);
connection.onDidOpenTextDocument(() => {});
connection.onDidChangeTextDocument(() => {});
connection.onDidCloseTextDocument(() => {});
connection.onCodeAction(() => []);
connection.onHover(() => null);
connection.listen();
