// The editor's side of the protocol, without an editor: `run`, `demo` and the tests talk to the server through it.
// Knows streams and LSP; knows nothing of the server's inside, so it drives a spawned process and an in-memory one alike.
//
//   const client = createHeadlessClient({ input: child.stdout, output: child.stdin, rootUri: 'file:///project' });
//   await client.initialize();
//   client.openDocument('file:///project/a.py', 'python', text);
//   await client.ready(uri);                              // parsed, so that code actions know everything (editors ask again)
//   const [action] = await client.codeActions(uri, range, { only: ['refactor.rewrite.joule.implement'] });
//   const { jobId } = await client.runAction(action);     // answers at once: the job goes on
//   const job = await client.waitForJobEnd(jobId);        // resolves at the end of the job's progress
//   client.document(uri)?.text;                           // the server's edit has been applied, one undo step
//   await client.shutdown();                              // shutdown + exit
//
// It is a well-behaved editor unless `behaviour` says otherwise: edits of stale versions are refused, `didChange` goes out
// before `applyEdit` is answered, `workDoneProgress/create`, `showDocument` and `workspace/configuration` are answered.
// Everything it was told is kept: `progress`, `messages`, `shownDocuments`, `edits`, `diagnostics(uri)`. `until(probe)`
// resolves as soon as `probe()` is truthy after something arrived; there is no sleeping and no polling.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type {
  ApplyWorkspaceEditParams,
  ApplyWorkspaceEditResult,
  ClientCapabilities,
  CodeAction,
  CodeActionContext,
  Command,
  Diagnostic,
  Hover,
  InitializeResult,
  Position,
  ProgressToken,
  ProtocolConnection,
  Range,
  ShowDocumentParams,
  ShowMessageParams,
  TextEdit,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import {
  createProtocolConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { fullCapabilities } from './headless-capabilities.ts';
import { type ChangedFile, createHeadlessDocuments, type HeadlessDocument } from './headless-documents.ts';

export type { CodeAction, Command, Position } from 'vscode-languageserver/node';

/** Everything that was said about one progress token, in order. `end` is undefined while it runs. */
export interface ProgressRecord {
  readonly token: ProgressToken;
  readonly begin: WorkDoneProgressBegin | undefined;
  readonly reports: readonly WorkDoneProgressReport[];
  readonly end: WorkDoneProgressEnd | undefined;
}

/** One `workspace/applyEdit`: what was asked and how this client answered. */
export interface EditRecord {
  readonly label: string | undefined;
  readonly edit: WorkspaceEdit;
  readonly applied: boolean;
  readonly why: string | undefined;
}

export interface HeadlessBehaviour {
  /** What becomes of an edit for another version: `refuse` (most), `error` (eglot: a JSON-RPC error), `lie` (Neovim: dropped, yet `applied: true`). */
  readonly stale?: 'refuse' | 'error' | 'lie';
  /** Refuses every edit, as a read-only buffer does. */
  readonly readOnly?: boolean;
  /** `after`: `didChange` of a server's edit follows the answer, as Neovim's debounce does. */
  readonly changeNotice?: 'before' | 'after';
  /** Called before an edit is applied: the place to let a user type in between. */
  readonly beforeApply?: (edit: WorkspaceEdit) => void;
}

export interface HeadlessOptions {
  /** What the server writes. */
  readonly input: NodeJS.ReadableStream;
  /** What the server reads. */
  readonly output: NodeJS.WritableStream;
  readonly rootUri?: string;
  /** Default: `rootUri` alone. */
  readonly workspaceFolders?: readonly { readonly uri: string; readonly name: string }[];
  /** Default: everything this client can do (`fullCapabilities`). */
  readonly capabilities?: ClientCapabilities;
  /** `null` leaves it out, as some editors do. */
  readonly clientInfo?: { readonly name: string; readonly version?: string } | null;
  readonly processId?: number | null;
  readonly initializationOptions?: unknown;
  /** The `joule` section, answered to `workspace/configuration`. Change it by `setConfiguration`. */
  readonly configuration?: unknown;
  readonly behaviour?: HeadlessBehaviour;
  /** Text of a file that is not open; default: from disk. */
  readonly readFile?: (uri: string) => string | undefined;
  readonly onProgress?: (record: ProgressRecord) => void;
  readonly onMessage?: (message: ShowMessageParams) => void;
  readonly onDiagnostics?: (uri: string, diagnostics: readonly Diagnostic[]) => void;
}

export interface HeadlessClient {
  /** For anything that has no method here: requests of any kind, cancellation tokens, raw notifications. */
  readonly connection: ProtocolConnection;
  readonly progress: readonly ProgressRecord[];
  readonly messages: readonly ShowMessageParams[];
  readonly shownDocuments: readonly ShowDocumentParams[];
  readonly edits: readonly EditRecord[];
  /** Sends `initialize` and `initialized`. */
  initialize(): Promise<InitializeResult>;
  openDocument(uri: string, languageId: string, text: string, version?: number): HeadlessDocument;
  /** A user's typing: all edits in the coordinates before the call; one version, one undo step. */
  changeDocument(uri: string, edits: readonly TextEdit[]): HeadlessDocument;
  saveDocument(uri: string): void;
  closeDocument(uri: string): void;
  document(uri: string): HeadlessDocument | undefined;
  /** The user's undo of one step; false when there is nothing to undo. */
  undo(uri: string): boolean;
  undoSteps(uri: string): number;
  /** Files changed or created by the server's edits, open or not. Nothing is written to disk by this client. */
  changedFiles(): readonly ChangedFile[];
  /** `joule/ready`, a request of our own: resolves when the server has parsed this document and read its ledger. */
  ready(uri: string): Promise<void>;
  codeActions(uri: string, range: Range, context?: Partial<CodeActionContext>): Promise<(CodeAction | Command)[]>;
  executeCommand(command: string, args?: readonly unknown[]): Promise<unknown>;
  /** Executes the command of a code action and says which job it started; undefined when it started none. */
  runAction(action: CodeAction | Command | undefined): Promise<{ readonly jobId: string | undefined }>;
  hover(uri: string, position: Position): Promise<Hover | null>;
  diagnostics(uri: string): readonly Diagnostic[];
  /** Presses the cancel button of a progress. */
  cancelProgress(token: ProgressToken): void;
  /** What `workspace/configuration` answers from now on; the server is told by `didChangeConfiguration`. */
  setConfiguration(joule: unknown): void;
  /** Resolves with the first truthy value of `probe`, asked now and after everything that arrives. Rejects when the server hangs up. */
  until<T>(probe: () => T | undefined | false | null): Promise<T>;
  /** Resolves when the progress of this job has ended (`joule/<jobId>` is its token). */
  waitForJobEnd(jobId: string | undefined): Promise<ProgressRecord>;
  /** Resolves when no progress is open. */
  waitForIdle(): Promise<void>;
  waitForMessage(probe: (text: string) => boolean): Promise<ShowMessageParams>;
  waitForDiagnostics(
    uri: string,
    probe: (diagnostics: readonly Diagnostic[]) => boolean,
  ): Promise<readonly Diagnostic[]>;
  /** `shutdown`, then `exit`. */
  shutdown(): Promise<void>;
  /** Ends the conversation without a word, as a killed editor does. */
  dispose(): void;
}

/** Token of the progress that the server creates for a job. */
export function progressTokenOf(jobId: string): string {
  return `joule/${jobId}`;
}

/** Connects at once and listens; nothing is sent before `initialize`. */
export function createHeadlessClient(options: HeadlessOptions): HeadlessClient {
  const behaviour = options.behaviour ?? {};
  const documents = createHeadlessDocuments(options.readFile ?? readFromDisk);
  const progress: ProgressRecord[] = [];
  const messages: ShowMessageParams[] = [];
  const shownDocuments: ShowDocumentParams[] = [];
  const edits: EditRecord[] = [];
  const diagnostics = new Map<string, readonly Diagnostic[]>();
  const waiting = new Set<() => void>();
  let configuration = options.configuration;
  let hungUp: Error | undefined;

  const connection = createProtocolConnection(
    new StreamMessageReader(options.input),
    new StreamMessageWriter(options.output),
  );
  const arrived = (): void => {
    for (const check of [...waiting]) check();
  };
  const notify = (method: string, params: object): void => {
    connection.sendNotification(method, params).catch(() => {});
  };

  connection.onNotification('$/progress', ({ token, value }: { token: ProgressToken; value: { kind: string } }) => {
    const index = progress.findIndex((record) => record.token === token);
    const known: ProgressRecord = progress[index] ?? { token, begin: undefined, reports: [], end: undefined };
    const next = extendProgress(known, value);
    if (index === -1) progress.push(next);
    else progress[index] = next;
    options.onProgress?.(next);
    arrived();
  });
  connection.onNotification('window/showMessage', (params: ShowMessageParams) => {
    messages.push(params);
    options.onMessage?.(params);
    arrived();
  });
  connection.onNotification(
    'textDocument/publishDiagnostics',
    (params: { uri: string; diagnostics: readonly Diagnostic[] }) => {
      diagnostics.set(params.uri, params.diagnostics);
      options.onDiagnostics?.(params.uri, params.diagnostics);
      arrived();
    },
  );
  connection.onNotification('window/logMessage', () => {});
  connection.onRequest('window/workDoneProgress/create', () => null);
  connection.onRequest('window/showDocument', (params: ShowDocumentParams) => {
    shownDocuments.push(params);
    arrived();
    return { success: true };
  });
  connection.onRequest('window/showMessageRequest', (params: ShowMessageParams) => {
    messages.push(params);
    arrived();
    return null;
  });
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('workspace/configuration', (params: { items: { section?: string }[] }) =>
    params.items.map((item) => sectionOf(configuration, item.section)),
  );
  connection.onRequest('workspace/applyEdit', (params: ApplyWorkspaceEditParams): ApplyWorkspaceEditResult => {
    behaviour.beforeApply?.(params.edit);
    const outcome = behaviour.readOnly ? 'the buffer is read-only' : documents.applyWorkspaceEdit(params.edit);
    const why = typeof outcome === 'string' ? outcome : undefined;
    edits.push({ label: params.label, edit: params.edit, applied: why === undefined, why });
    if (typeof outcome !== 'string') {
      const send = (): void => {
        for (const { uri, version, changes } of outcome.notices) sendChange(uri, version, changes);
        arrived();
      };
      if (behaviour.changeNotice === 'after') setImmediate(send);
      else send();
    }
    arrived();
    if (why === undefined || behaviour.stale === 'lie') return { applied: true };
    if (behaviour.stale === 'error') throw new ResponseError(-32603, why);
    return { applied: false, failureReason: why };
  });
  connection.onClose(() => {
    hungUp = new Error('the server closed the connection');
    arrived();
  });

  function sendChange(uri: string, version: number, changes: readonly TextEdit[]): void {
    notify('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: changes.map(({ range, newText }) => ({ range, text: newText })),
    });
  }

  const client: HeadlessClient = {
    connection,
    progress,
    messages,
    shownDocuments,
    edits,
    async initialize() {
      const root = options.rootUri;
      const folders = options.workspaceFolders ?? (root === undefined ? null : [{ uri: root, name: 'workspace' }]);
      const result = await connection.sendRequest<InitializeResult>('initialize', {
        processId: options.processId === undefined ? process.pid : options.processId,
        rootUri: root ?? null,
        workspaceFolders: folders,
        capabilities: options.capabilities ?? fullCapabilities,
        ...(options.clientInfo === null
          ? {}
          : { clientInfo: options.clientInfo ?? { name: 'joule-ls headless client' } }),
        ...(options.initializationOptions === undefined
          ? {}
          : { initializationOptions: options.initializationOptions }),
      });
      notify('initialized', {});
      return result;
    },
    openDocument(uri, languageId, text, version = 1) {
      const document = documents.open(uri, languageId, text, version);
      notify('textDocument/didOpen', { textDocument: { uri, languageId, version, text } });
      return document;
    },
    changeDocument(uri, changes) {
      const document = documents.change(uri, changes);
      sendChange(uri, document.version, document.changes);
      return document;
    },
    saveDocument: (uri) => notify('textDocument/didSave', { textDocument: { uri } }),
    closeDocument(uri) {
      documents.close(uri);
      notify('textDocument/didClose', { textDocument: { uri } });
    },
    document: (uri) => documents.get(uri),
    undo(uri) {
      const document = documents.undo(uri);
      if (document !== undefined) sendChange(uri, document.version, document.changes);
      return document !== undefined;
    },
    undoSteps: (uri) => documents.undoSteps(uri),
    changedFiles: () => documents.changedFiles(),
    async ready(uri) {
      await connection.sendRequest('joule/ready', { uri });
    },
    async codeActions(uri, range, context = {}) {
      const params = { textDocument: { uri }, range, context: { diagnostics: [], ...context } };
      return (await connection.sendRequest<(CodeAction | Command)[] | null>('textDocument/codeAction', params)) ?? [];
    },
    executeCommand: (command, args = []) =>
      connection.sendRequest('workspace/executeCommand', { command, arguments: args }),
    async runAction(action) {
      const command = typeof action?.command === 'string' ? (action as Command) : (action as CodeAction)?.command;
      if (command === undefined) throw new Error('there is no code action with a command here');
      const answer = await client.executeCommand(command.command, command.arguments ?? []);
      const jobId = (answer as { jobId?: unknown } | null)?.jobId;
      return { jobId: typeof jobId === 'string' ? jobId : undefined };
    },
    hover: (uri, position) => connection.sendRequest('textDocument/hover', { textDocument: { uri }, position }),
    diagnostics: (uri) => diagnostics.get(uri) ?? [],
    cancelProgress: (token) => notify('window/workDoneProgress/cancel', { token }),
    setConfiguration(joule) {
      configuration = joule;
      notify('workspace/didChangeConfiguration', { settings: { joule } });
    },
    until: (probe) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = probe();
          if (!found && hungUp === undefined) return;
          waiting.delete(check);
          if (found) resolve(found);
          else reject(hungUp);
        };
        waiting.add(check);
        check();
      }),
    waitForJobEnd: (jobId) =>
      client.until(() =>
        progress.find(
          (record) => record.end !== undefined && (jobId === undefined || record.token === progressTokenOf(jobId)),
        ),
      ),
    waitForIdle: async () => {
      await client.until(() => progress.every((record) => record.end !== undefined));
    },
    waitForMessage: (probe) => client.until(() => messages.find((message) => probe(message.message))),
    waitForDiagnostics: (uri, probe) =>
      client.until(() => {
        const published = diagnostics.get(uri);
        return published !== undefined && probe(published) ? published : undefined;
      }),
    async shutdown() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
    },
    dispose() {
      connection.end();
      connection.dispose();
    },
  };
  connection.listen();
  return client;
}

function extendProgress(record: ProgressRecord, value: { kind: string }): ProgressRecord {
  if (value.kind === 'begin') return { ...record, begin: value as WorkDoneProgressBegin };
  if (value.kind === 'end') return { ...record, end: value as WorkDoneProgressEnd };
  return { ...record, reports: [...record.reports, value as WorkDoneProgressReport] };
}

function sectionOf(configuration: unknown, section: string | undefined): unknown {
  if (section === 'joule') return configuration ?? null;
  return section === undefined ? { joule: configuration ?? null } : null;
}

function readFromDisk(uri: string): string | undefined {
  try {
    return readFileSync(fileURLToPath(uri), 'utf8');
  } catch {
    return undefined;
  }
}
