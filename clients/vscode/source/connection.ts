// The language client: one server for this window, started again when the way it is started changes.

import {
  commands,
  type Disposable,
  type ExtensionContext,
  env,
  type LogOutputChannel,
  ProgressLocation,
  UIKind,
  window,
  workspace,
} from 'vscode';
import {
  LanguageClient,
  MessageType,
  type ShowDocumentRequest,
  ShowMessageNotification,
  State,
} from 'vscode-languageclient/node';
import { explicitSettings } from './explicit-settings.ts';
import { createJobNotices, type Notice } from './job-notices.ts';
import { type ProgramStart, programStart } from './server-command.ts';
import type { Status } from './status-item.ts';
import type { Today } from './status-text.ts';

export interface Connection extends Disposable {
  /** Starts the server, or ends it and starts it with the present settings. */
  restart(): Promise<void>;
  /** `workspace/executeCommand` of our server, and of no other. */
  execute(command: string, args: readonly unknown[]): Promise<unknown>;
  /** How the same program is started for a command of its own, e.g. `doctor`. */
  program(words: string[]): ProgramStart;
}

export interface ConnectionOptions {
  readonly context: ExtensionContext;
  readonly output: LogOutputChannel;
  readonly status: Status;
}

export function createConnection({ context, output, status }: ConnectionOptions): Connection {
  let client: LanguageClient | undefined;
  let turn: Promise<void> = Promise.resolve();
  const notices = createJobNotices({
    open: openNotice,
    cancel: (token) => void client?.sendNotification('window/workDoneProgress/cancel', { token }),
    onJobs(running, last) {
      status.update(last === undefined ? { running } : { running, last });
      if (last !== undefined) void askToday();
    },
  });

  async function askToday(): Promise<void> {
    const today = await client?.sendRequest<Today>('joule/today').catch(() => undefined);
    if (today !== undefined) status.update({ today });
  }
  function program(words: string[]): ProgramStart {
    const own = workspace.getConfiguration('joule-ls');
    return programStart(
      {
        settings: {
          serverCommand: [own.get<string | string[]>('serverCommand', [])].flat(),
          ollamaHost: own.get('ollamaHost', ''),
        },
        bundled: context.asAbsolutePath('server/main.js'),
        runtime: process.execPath,
        environment: process.env,
      },
      words,
    );
  }
  async function end(): Promise<void> {
    const leaving = client;
    client = undefined;
    notices.closeAll();
    if (leaving?.state === State.Running) await leaving.stop();
    await leaving?.dispose();
  }
  async function begin(): Promise<void> {
    await end();
    const { command, args, env } = program(['--stdio']);
    client = createClient({ command, args, options: { env } });
    client.onNotification(ShowMessageNotification.type, showMessage);
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Stopped) notices.closeAll();
    });
    await client.start();
    await askToday();
  }
  function createClient(server: {
    command: string;
    args: string[];
    options: { env: NodeJS.ProcessEnv };
  }): LanguageClient {
    return new LanguageClient('joule-ls', 'joule-ls', server, {
      documentSelector: languagesOf(context).flatMap((language) => [
        { scheme: 'file', language },
        { scheme: 'untitled', language },
      ]),
      outputChannel: output,
      middleware: {
        window: { showDocument },
        handleWorkDoneProgress: (token, value) => notices.handle(token, value),
        workspace: {
          configuration: ({ items }) =>
            items.map(({ section }) => (section === 'joule' ? jouleSettings(context) : null)),
          didChangeConfiguration: async () => {
            await client?.sendNotification('workspace/didChangeConfiguration', { settings: null });
          },
        },
      },
    });
  }

  return {
    program,
    restart() {
      turn = turn.then(begin).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        void window.showErrorMessage(`joule-ls could not be started: ${why}`);
      });
      return turn;
    },
    async execute(command, args) {
      if (client?.state !== State.Running) throw new Error('joule-ls is not running: see its output channel');
      return client.sendRequest('workspace/executeCommand', { command, arguments: args });
    },
    dispose: () => void end(),
  };
}

/** Where VS Code runs in a browser or its server elsewhere, no browser can open a file of ours: the server then says where it is. */
const showDocument: ShowDocumentRequest.MiddlewareSignature = (params, token, next) => {
  const elsewhere = env.uiKind === UIKind.Web || env.remoteName !== undefined;
  return params.external === true && elsewhere ? { success: false } : next(params, token);
};

/** VS Code cuts a message to one line unless it has a button, and an error says at its end what to do. */
function showMessage({ type, message }: { readonly type: MessageType; readonly message: string }): void {
  if (type === MessageType.Error) {
    const doctor = 'Doctor';
    void window.showErrorMessage(message, doctor).then((pressed) => {
      if (pressed === doctor) void commands.executeCommand('joule-ls.doctor');
    });
  } else if (type === MessageType.Warning) void window.showWarningMessage(message);
  else void window.showInformationMessage(message);
}

/** A notification with a button; it closes when the job ends. */
function openNotice(title: string, onCancel: () => void): Notice {
  let report = (_text: string): void => {};
  let close = (): void => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  void window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, (progress, token) => {
    token.onCancellationRequested(onCancel);
    report = (message) => progress.report({ message });
    return closed;
  });
  return { report: (text) => report(text), close };
}

/** Written once, in package.json: the languages that wake the extension are those it serves. */
function languagesOf({ extension }: ExtensionContext): string[] {
  const events: string[] = extension.packageJSON.activationEvents;
  return events.flatMap((event) => (event.startsWith('onLanguage:') ? [event.slice('onLanguage:'.length)] : []));
}

function jouleSettings({ extension }: ExtensionContext): Record<string, unknown> {
  const names = Object.keys(extension.packageJSON.contributes.configuration.properties as object);
  const keys = names.flatMap((name) => (name.startsWith('joule.') ? [name.slice('joule.'.length)] : []));
  return explicitSettings(keys, workspace.getConfiguration('joule'));
}
