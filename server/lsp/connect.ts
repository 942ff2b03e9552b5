// Connects one editor to the server: the only list of handlers, and the only place that starts and ends a session.
// Knows streams and features; loads nothing heavy.

import {
  type CancellationToken,
  type CodeActionParams,
  type CompletionParams,
  createProtocolConnection,
  type InitializeParams,
  type InitializeResult,
  type InlineCompletionParams,
  type Message,
  type ProtocolConnection,
  type RequestMessage,
  type ResponseMessage,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { listCodeActions, resolveCodeAction } from './code-actions.ts';
import { commands } from './command-arguments.ts';
import { completion } from './completion.ts';
import type { Core } from './core.ts';
import { createExecuteCommand } from './execute-command.ts';
import { guarded, guardedNotice, inBackground } from './guard.ts';
import { hover } from './hover.ts';
import { inlineCompletion } from './inline-completion.ts';
import { createLifecycle, watchParent } from './lifecycle.ts';
import { createOpenSession, type OpenSession } from './open-session.ts';
import { today } from './today.ts';
import { WireReader } from './wire.ts';

export interface ServerOptions {
  /** What the editor writes. */
  readonly input: NodeJS.ReadableStream;
  /** What the editor reads. Nothing else may be written there. */
  readonly output: NodeJS.WritableStream;
  readonly core: Core;
  /**
   * Called once, when the session is over and everything is on record: 0 after `shutdown`, else 1. A spawned server ends its process
   * here.
   */
  readonly onExit: (code: number) => void;
}

export interface RunningServer {
  /** Ends the session from this side, with everything on record. */
  stop(why: string): void;
}

/** How long running jobs may take to be cancelled and written down when the editor leaves. */
const farewellMilliseconds = 2000;

/** Serves one editor until it says `exit`, hangs up, or dies. */
export function startServer({ input, output, core, onExit }: ServerOptions): RunningServer {
  const { log, clock } = core;
  const lifecycle = createLifecycle();
  const writer = new StreamMessageWriter(output);
  const reader = new WireReader(input, ({ code, message, lostMessage }) => {
    log.warn({ code }, message);
    answer({ jsonrpc: '2.0', id: null, error: { code, message } });
    if (lostMessage) session?.documents.distrustAll();
  });
  let session: OpenSession | undefined;
  let exiting = false;

  function answer(response: ResponseMessage): void {
    writer.write(response).catch(() => {});
  }
  async function farewell(): Promise<void> {
    if (session === undefined) return;
    const closing = session.close().catch((error: unknown) => log.error({ error: String(error) }, 'closing failed'));
    await Promise.race([closing, clock.sleep(farewellMilliseconds)]);
  }
  function exit(why: string): void {
    if (exiting) return;
    exiting = true;
    const code = lifecycle.shutdownReceived ? 0 : 1;
    log.info({ code }, why);
    inBackground(
      log,
      'ending the session',
      farewell().finally(() => {
        connection.dispose();
        onExit(code);
      }),
    );
  }

  const connection = createProtocolConnection(reader, writer, quietLogger(core), {
    messageStrategy: {
      handleMessage(message: Message, next: (message: Message) => Promise<void> | void) {
        const refusal = lifecycle.refusal(message);
        if (refusal === undefined) return next(message);
        if (refusal !== 'drop') answer({ jsonrpc: '2.0', id: (message as RequestMessage).id, error: refusal });
      },
    },
  });
  connection.onClose(() => exit('the editor hung up'));
  connection.onError(([error]) => log.warn({ error: error.message }, 'the connection has trouble'));

  connection.onRequest('initialize', (params: InitializeParams | null): InitializeResult => {
    const asked = params ?? ({} as InitializeParams);
    session = createOpenSession(core, connection, asked);
    if (typeof asked.processId === 'number') watchParent(asked.processId, clock, () => exit('the editor died'));
    registerFeatures(connection, session);
    return { capabilities: capabilitiesFor(asked), serverInfo: { name: 'joule-ls', version: core.version } };
  });
  connection.onNotification('initialized', () => session?.settings.start());
  connection.onRequest('shutdown', async () => {
    await farewell();
    return null;
  });
  connection.onNotification('exit', () => exit('the editor said exit'));
  connection.listen();
  return { stop: exit };
}

function registerFeatures(connection: ProtocolConnection, session: OpenSession): void {
  const { log, documents } = session;
  const notice = <Params>(method: string, handler: (params: Params) => void): void => {
    connection.onNotification(method, guardedNotice(log, method, handler));
  };
  const request = <Params>(method: string, fallback: unknown, handler: (params: Params) => unknown): void => {
    connection.onRequest(method, guarded<Params, unknown>(log, method, fallback, handler));
  };
  const cancellable = <Params>(
    method: string,
    fallback: unknown,
    handler: (params: Params, token: CancellationToken) => Promise<unknown>,
  ): void => {
    connection.onRequest(method, (params: Params, token) =>
      guarded<Params, unknown>(log, method, fallback, (sent) => handler(sent, token))(params),
    );
  };
  notice('textDocument/didOpen', documents.open);
  notice('textDocument/didChange', documents.change);
  notice('textDocument/didSave', (params: { textDocument: { uri: string } }) =>
    documents.save(params.textDocument.uri),
  );
  notice('textDocument/didClose', (params: { textDocument: { uri: string } }) =>
    documents.close(params.textDocument.uri),
  );
  notice('workspace/didChangeConfiguration', (params: { settings?: unknown } | null) =>
    session.settings.changed(params?.settings),
  );
  notice(
    'workspace/didChangeWorkspaceFolders',
    (params: { event: Parameters<typeof session.workspace.changeFolders>[0] }) =>
      session.workspace.changeFolders(params.event),
  );
  notice('window/workDoneProgress/cancel', (params: { token: string | number }) =>
    session.progress.cancelled(params.token),
  );
  request('textDocument/codeAction', [], (params: CodeActionParams) => listCodeActions(session, params));
  request('codeAction/resolve', null, resolveCodeAction);
  request('textDocument/hover', null, (params: Parameters<typeof hover>[1]) => hover(session, params));
  cancellable('textDocument/completion', { isIncomplete: false, items: [] }, (params: CompletionParams, token) =>
    completion(session, session.typing, params, token),
  );
  cancellable('textDocument/inlineCompletion', { items: [] }, (params: InlineCompletionParams, token) =>
    inlineCompletion(session, session.typing, params, token),
  );
  request('workspace/executeCommand', null, createExecuteCommand(session, session.pulls));
  request('joule/ready', null, (params: { uri: string }) => session.ready(params.uri));
  request('joule/today', null, () => today(session));
}

function capabilitiesFor(params: InitializeParams): InitializeResult['capabilities'] {
  const asked = params.capabilities ?? {};
  const literals = asked.textDocument?.codeAction?.codeActionLiteralSupport !== undefined;
  return {
    ...(asked.general?.positionEncodings?.includes('utf-16') ? { positionEncoding: 'utf-16' } : {}),
    textDocumentSync: { openClose: true, change: 2, save: { includeText: false } },
    codeActionProvider: literals ? { codeActionKinds: ['quickfix', 'refactor.rewrite', 'source.joule'] } : true,
    executeCommandProvider: { commands: Object.values(commands) },
    hoverProvider: true,
    completionProvider: {},
    ...(asked.textDocument?.inlineCompletion === undefined ? {} : { inlineCompletionProvider: true }),
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  };
}

/** The library's own complaints go to the log, not to the editor. */
function quietLogger({ log }: Core): {
  error(text: string): void;
  warn(text: string): void;
  info(text: string): void;
  log(text: string): void;
} {
  return {
    error: (text) => log.warn({}, text),
    warn: (text) => log.warn({}, text),
    info: (text) => log.debug({}, text),
    log: (text) => log.debug({}, text),
  };
}
