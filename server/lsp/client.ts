// What we ask of the editor: messages, pages, edits, progress, configuration. Every question survives a client that answers with
// an error or not at all. Knows no job.

import type {
  ApplyWorkspaceEditResult,
  ClientCapabilities,
  Diagnostic,
  InitializeParams,
  ProtocolConnection,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
  WorkspaceEdit,
} from 'vscode-languageserver/node';

/** MessageType of the protocol. */
const messageTypes = { error: 1, warning: 2, info: 3 } as const;

export type MessageKind = keyof typeof messageTypes;

export interface Client {
  readonly capabilities: ClientCapabilities;
  /** Empty when the client did not say who it is. */
  readonly name: string;
  /** Stock Neovim shows no progress anywhere: it also gets a message at the start and at the end. */
  readonly paintsProgress: boolean;
  /** A plain message, never a question: `showMessageRequest` blocks Emacs. */
  message(kind: MessageKind, text: string): void;
  publish(uri: string, version: number | undefined, diagnostics: Diagnostic[]): void;
  /** The client's answer; its error, or its silence after hanging up, is an answer too. */
  applyEdit(edit: WorkspaceEdit, label: string): Promise<ApplyWorkspaceEditResult>;
  /** False when the client can't or won't show it. @param outside in whatever program the system has for it, not in the editor. */
  showDocument(uri: string, outside?: boolean): Promise<boolean>;
  /** False when the client has no progress, or wants none. */
  createProgress(token: string): Promise<boolean>;
  progress(token: string, value: WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd): void;
  /** The `joule` section; undefined when the client has no configuration to ask for. */
  configuration(): Promise<unknown>;
  /** Asks for `didChangeConfiguration` where the client sends it only to those who ask. */
  registerConfiguration(): Promise<void>;
}

/** @param params of `initialize`, any of which may be missing. */
export function createClient(connection: ProtocolConnection, params: InitializeParams): Client {
  const capabilities: ClientCapabilities = params.capabilities ?? {};
  const name = params.clientInfo?.name ?? '';
  const notify = (method: string, body: object): void => {
    connection.sendNotification(method, body).catch(() => {});
  };
  return {
    capabilities,
    name,
    paintsProgress: capabilities.window?.workDoneProgress === true && !isNeovim(name),
    message: (kind, text) => notify('window/showMessage', { type: messageTypes[kind], message: text }),
    publish: (uri, version, diagnostics) =>
      notify('textDocument/publishDiagnostics', { uri, ...(version === undefined ? {} : { version }), diagnostics }),
    async applyEdit(edit, label) {
      if (capabilities.workspace?.applyEdit === false)
        return { applied: false, failureReason: 'the editor takes no edits' };
      try {
        const answer = await connection.sendRequest<ApplyWorkspaceEditResult | null>('workspace/applyEdit', {
          label,
          edit,
        });
        return answer ?? { applied: false };
      } catch (error) {
        return { applied: false, failureReason: error instanceof Error ? error.message : String(error) };
      }
    },
    async showDocument(uri, outside = false) {
      if (capabilities.window?.showDocument?.support !== true) return false;
      const answer = await connection
        .sendRequest<{ success?: boolean }>('window/showDocument', {
          uri,
          takeFocus: true,
          ...(outside ? { external: true } : {}),
        })
        .catch(() => ({ success: false }));
      return answer?.success === true;
    },
    async createProgress(token) {
      if (capabilities.window?.workDoneProgress !== true) return false;
      return connection.sendRequest('window/workDoneProgress/create', { token }).then(
        () => true,
        () => false,
      );
    },
    progress: (token, value) => notify('$/progress', { token, value }),
    async configuration() {
      if (capabilities.workspace?.configuration !== true) return undefined;
      const answer = await connection
        .sendRequest<unknown[] | null>('workspace/configuration', { items: [{ section: 'joule' }] })
        .catch(() => undefined);
      return Array.isArray(answer) ? answer[0] : undefined;
    },
    async registerConfiguration() {
      if (capabilities.workspace?.didChangeConfiguration?.dynamicRegistration !== true) return;
      const registration = {
        id: 'joule-configuration',
        method: 'workspace/didChangeConfiguration',
        registerOptions: { section: 'joule' },
      };
      await connection.sendRequest('client/registerCapability', { registrations: [registration] }).catch(() => {});
    },
  };
}

/** By the name in `clientInfo`. */
export function isNeovim(clientName: string): boolean {
  return /^neovim\b/i.test(clientName);
}

/** lsp-mode calls itself `emacs`, eglot `Eglot`. */
export function isLspMode(clientName: string): boolean {
  return clientName === 'emacs';
}
