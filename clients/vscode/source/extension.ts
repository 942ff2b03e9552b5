// The VS Code extension: starts the server for the listed languages and gives it what stock language clients lack: a cancel
// button, a status bar item, commands. Knows no model and no joule; every figure is the server's.

import { type ExtensionContext, window, workspace } from 'vscode';
import { registerCommands } from './commands.ts';
import { createConnection } from './connection.ts';
import { createStatus } from './status-item.ts';

/** VS Code calls this when a file of one of our languages opens, or one of our commands is run. */
export async function activate(context: ExtensionContext): Promise<void> {
  const status = createStatus();
  const output = window.createOutputChannel('joule-ls', { log: true });
  const connection = createConnection({ context, output, status });
  context.subscriptions.push(status, output, connection, ...registerCommands(connection));
  context.subscriptions.push(
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('joule-ls')) void connection.restart();
    }),
  );
  await connection.restart();
}
