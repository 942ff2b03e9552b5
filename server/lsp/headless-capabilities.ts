// What the headless client can do, and subsets of it that stand for real editors' differences.
// Knows nothing of the server.

import type { ClientCapabilities } from 'vscode-languageserver/node';

/** Everything that this client implements. */
export const fullCapabilities: ClientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  window: { workDoneProgress: true, showDocument: { support: true } },
  workspace: {
    applyEdit: true,
    workspaceEdit: { documentChanges: true, resourceOperations: ['create'], failureHandling: 'abort' },
    configuration: true,
    didChangeConfiguration: { dynamicRegistration: false },
    workspaceFolders: true,
    executeCommand: { dynamicRegistration: false },
  },
  textDocument: {
    synchronization: { didSave: true },
    codeAction: {
      codeActionLiteralSupport: {
        codeActionKind: { valueSet: ['', 'quickfix', 'refactor', 'refactor.rewrite', 'source'] },
      },
      isPreferredSupport: true,
      disabledSupport: true,
      dataSupport: true,
      resolveSupport: { properties: ['edit'] },
      tagSupport: { valueSet: [1] },
    },
    completion: { completionItem: { insertReplaceSupport: true }, contextSupport: true },
    inlineCompletion: {},
    hover: { contentFormat: ['markdown', 'plaintext'] },
    publishDiagnostics: { relatedInformation: true, tagSupport: { valueSet: [1, 2] }, versionSupport: true },
  },
};
