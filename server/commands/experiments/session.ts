// The one obvious path for a trial: the real server in this process, a headless editor on it, a ledger of its own. What the editor sees
// is what comes back. Knows no experiment.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Receipt } from '../../ledger/events.ts';
import type { Command, Position } from '../../lsp/headless-client.ts';
import { type InProcess, realCore, startInProcess } from '../in-process.ts';

export interface ActionOrder {
  readonly actionId: string;
  /** Base name; no two orders of a session alike, so that receipts and answers don't meet. */
  readonly fileName: string;
  readonly languageId: string;
  readonly text: string;
  readonly position: Position;
  readonly strategy?: string;
  /** Works instead of the chosen worker. */
  readonly model?: string;
  readonly instruction?: string;
  /** For fix: what is wrong at the position. */
  readonly message?: string;
}

export interface Acted {
  /** Undefined when no job was started: nothing is offered there, or no engine answers. */
  readonly receipt: Receipt | undefined;
  /** The document afterwards; as it was, when the answer was refused. */
  readonly text: string;
  /** Documents that the answer made or changed beside it, by base name. */
  readonly others: Readonly<Record<string, string>>;
  readonly said: readonly string[];
}

export interface TrialSession {
  /** `joule` settings from now on, e.g. `{ roles: { worker: 'gemma3:4b' } }`. */
  configure(settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** One action from the list of code actions to the end of its job. Rejects with the signal's reason; the job is cancelled then. */
  act(order: ActionOrder, signal: AbortSignal): Promise<Acted>;
  close(): Promise<void>;
}

/** What every experiment sets: answers are neither given again nor tried by chance, and no budget holds them back. */
export const trialSettings = { reuse: 'off', exploration: 'off', receipts: 'off' } as const;

/** The editor's side of a trial, and where its files would lie. */
export interface TrialEditor extends InProcess {
  readonly workspace: string;
}

/**
 * @param folder of the experiment.
 * @param state name of the folder in it where the ledger of its trials comes to lie, so that the user's own is not touched by them.
 */
export async function openTrialEditor(
  env: NodeJS.ProcessEnv,
  folder: string,
  settings: Readonly<Record<string, unknown>>,
  state = 'state',
): Promise<TrialEditor> {
  const workspace = join(folder, 'work');
  await mkdir(workspace, { recursive: true });
  const core = realCore({ ...env, XDG_STATE_HOME: join(folder, state) });
  const configuration = { ...settings, ...trialSettings };
  const inProcess = await startInProcess(core, workspace, {
    initializationOptions: configuration,
    configuration,
    clientInfo: { name: 'joule-ls experiment' },
  });
  return { ...inProcess, workspace };
}

/** @param folder of the experiment. */
export async function startTrialSession(
  env: NodeJS.ProcessEnv,
  folder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<TrialSession> {
  const { client, close, workspace } = await openTrialEditor(env, folder, settings);
  return {
    async configure(more) {
      client.setConfiguration({ ...more, ...trialSettings });
    },
    async act(order, signal) {
      const uri = pathToFileURL(join(workspace, order.fileName)).href;
      const [messagesBefore, filesBefore] = [client.messages.length, client.changedFiles().length];
      client.openDocument(uri, order.languageId, order.text);
      await client.ready(uri);
      const said = (): string[] => client.messages.slice(messagesBefore).map(({ message }) => message);
      const range = { start: order.position, end: order.position };
      const diagnostics = order.message === undefined ? [] : [{ range, message: order.message, severity: 1 as const }];
      const offered = await client.codeActions(uri, range, { diagnostics });
      const action = offered.find((one) => argumentOf(one)?.actionId === order.actionId);
      const cancel = (): void => void client.executeCommand('joule.cancel').catch(() => {});
      signal.throwIfAborted();
      signal.addEventListener('abort', cancel, { once: true });
      try {
        const { jobId } =
          action === undefined ? { jobId: undefined } : await client.runAction(withOptions(action, order));
        if (jobId !== undefined) await client.waitForJobEnd(jobId);
        signal.throwIfAborted();
        const receipt =
          jobId === undefined
            ? undefined
            : ((await client.executeCommand('joule.receipt', [{ receiptId: jobId }])) as Receipt | null);
        const others = client
          .changedFiles()
          .slice(filesBefore)
          .filter((file) => file.uri !== uri)
          .map((file) => [decodeURIComponent(file.uri.split('/').at(-1) ?? ''), file.after]);
        return {
          receipt: receipt ?? undefined,
          text: client.document(uri)?.text ?? order.text,
          others: Object.fromEntries(others),
          said: said(),
        };
      } finally {
        signal.removeEventListener('abort', cancel);
        client.closeDocument(uri);
      }
    },
    close,
  };
}

function argumentOf(action: object): Readonly<Record<string, unknown>> | undefined {
  const { command } = action as { command?: Command | string };
  return typeof command === 'object' ? command.arguments?.[0] : (action as Command).arguments?.[0];
}

function withOptions(action: { readonly title: string }, { strategy, model, instruction }: ActionOrder): Command {
  const options = Object.entries({ strategy, model, instruction }).filter(([, value]) => value !== undefined);
  const argument = { ...argumentOf(action), ...Object.fromEntries(options) };
  return { title: action.title, command: 'joule.run', arguments: [argument] };
}
