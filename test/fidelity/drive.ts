// One editor, one real server, one fake Ollama: asks for an action at a task's place and says what the file became.
// The server runs over in-memory streams, or as a process of its own as under an editor; its state is in a temporary folder.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CodeAction, Command, Range } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { realCore, startInProcess } from '../../server/commands/in-process.ts';
import { languageFacts } from '../../server/exercises/languages.ts';
import { createHeadlessClient, type HeadlessClient } from '../../server/lsp/headless-client.ts';
import { createFakeOllama, type FakeRequest } from '../support/fake-ollama.ts';
import type { DressedParts } from './parts.ts';
import type { FidelityTask } from './task.ts';

export interface Edited {
  /** The document after the job, whatever became of it. */
  readonly text: string;
  /** What the user was told when the job ended, and before. */
  readonly said: string;
}

export interface Driver {
  /** Runs the task's action with a model that says `reply`, or with a plan and its parts. Never rejects for a failing job. */
  edit(task: FidelityTask, reply: string | DressedParts): Promise<Edited>;
  close(): Promise<void>;
}

const builtServer = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const model = 'qwen2.5-coder:3b';

/** @param built spawns `dist/main.js`; otherwise the server runs from source in this process. */
export async function createDriver(options: { readonly built: boolean }): Promise<Driver> {
  let answer: (request: FakeRequest) => string = () => '';
  const open = (): Promise<Session> => openSession((request) => answer(request), options.built);
  let session = await open();
  let jobs = 0;
  return {
    async edit(task, reply) {
      // A client remembers all progress and a fake Ollama all requests they ever saw: new ones now and then keep both small.
      if (++jobs % 200 === 0) {
        await session.close();
        session = await open();
      }
      answer = typeof reply === 'string' ? () => reply : (request) => partFor(request, reply);
      return await editOnce(session, task, { split: typeof reply !== 'string', number: jobs });
    },
    close: () => session.close(),
  };
}

/** The plan for whoever asks by a schema; else the part whose goal is named last: what is asked comes after what is shared. */
function partFor(request: FakeRequest, parts: DressedParts): string {
  if (request.format !== undefined) return JSON.stringify(parts.plan);
  let found = '';
  let best = -1;
  for (const subtask of parts.plan.subtasks) {
    const at = request.text.lastIndexOf(subtask.goal);
    if (at > best) [best, found] = [at, parts.replies.get(subtask.id) ?? ''];
  }
  return found;
}

async function editOnce(
  { client, workspace }: Session,
  task: FidelityTask,
  { split, number }: { readonly split: boolean; readonly number: number },
): Promise<Edited> {
  const uri = pathToFileURL(join(workspace, String(number), task.fileName)).href;
  const { languageId } = languageFacts[task.source.language];
  const document = TextDocument.create(uri, languageId, 1, task.text);
  client.openDocument(uri, languageId, task.text);
  const messagesBefore = client.messages.length;
  const said = (end: string): string =>
    [end, ...client.messages.slice(messagesBefore).map((message) => message.message)].filter(Boolean).join(' | ');
  try {
    const action = await findAction(client, uri, task, document);
    if (action === undefined) return { text: task.text, said: said(`${task.action} was not offered`) };
    const { jobId } = await client.runAction(split ? withStrategy(action, 'split') : action);
    if (jobId === undefined) return { text: task.text, said: said('no job was started') };
    const ended = await withinSeconds(30, client.waitForJobEnd(jobId));
    if (ended === undefined) return { text: client.document(uri)?.text ?? '', said: said('no end within 30 s') };
    const text = client.document(uri)?.text ?? '';
    // Why nothing was applied is told in a message after the end of the progress.
    if (text === task.text) {
      await withinSeconds(
        0.5,
        client.until(() => client.messages.length > messagesBefore),
      );
    }
    return { text, said: said(ended.end?.message ?? '') };
  } catch (error) {
    return { text: client.document(uri)?.text ?? '', said: said(String(error)) };
  } finally {
    client.closeDocument(uri);
  }
}

/** Editors ask again while a file is being parsed; so does this, for two seconds at most. */
async function findAction(
  client: HeadlessClient,
  uri: string,
  task: FidelityTask,
  document: TextDocument,
): Promise<CodeAction | Command | undefined> {
  const { finding } = task;
  const place = finding ?? { start: task.cursor, end: task.cursor };
  const range: Range = { start: document.positionAt(place.start), end: document.positionAt(place.end) };
  const diagnostics =
    finding === undefined ? [] : [{ range, message: finding.message, severity: 1 as const, source: 'tests' }];
  for (let attempt = 0; attempt < 200; attempt++) {
    const actions = await client.codeActions(uri, range, { diagnostics });
    const found = actions.find((action) => argumentOf(action)?.actionId === task.action);
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

function commandOf(action: CodeAction | Command): Command | undefined {
  return typeof action.command === 'string' ? (action as Command) : action.command;
}

function argumentOf(action: CodeAction | Command): { readonly actionId?: string } | undefined {
  return commandOf(action)?.arguments?.[0] as { readonly actionId?: string } | undefined;
}

function withStrategy(action: CodeAction | Command, strategy: string): Command {
  const command = commandOf(action);
  if (command === undefined) throw new Error('the action has no command');
  return { ...command, arguments: [{ ...argumentOf(action), strategy }] };
}

interface Session {
  readonly client: HeadlessClient;
  readonly workspace: string;
  close(): Promise<void>;
}

async function openSession(reply: (request: FakeRequest) => string, built: boolean): Promise<Session> {
  const ollama = await createFakeOllama({ models: [{ name: model }], reply });
  const home = mkdtempSync(join(tmpdir(), 'fidelity-home-'));
  const workspace = join(home, 'workspace');
  mkdirSync(workspace);
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_RUNTIME_DIR: home,
    OLLAMA_HOST: ollama.url,
  };
  // The same function is asked for again and again here, with another answer each time.
  const configuration = { engine: 'ollama', reuse: 'off' };
  const { client, close } = built
    ? await spawnBuilt(env, { rootUri: pathToFileURL(workspace).href, configuration })
    : await startInProcess(realCore(env), workspace, { configuration });
  return {
    client,
    workspace,
    async close() {
      await close();
      await ollama.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function spawnBuilt(
  env: NodeJS.ProcessEnv,
  options: { readonly rootUri: string; readonly configuration: unknown },
): Promise<{ client: HeadlessClient; close(): Promise<void> }> {
  const child = spawn(process.execPath, [builtServer, '--stdio'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = new Promise<true>((resolve) => child.on('close', () => resolve(true)));
  const client = createHeadlessClient({ input: child.stdout, output: child.stdin, ...options });
  await client.initialize();
  return {
    client,
    async close() {
      await withinSeconds(5, client.shutdown());
      if ((await withinSeconds(5, ended)) === undefined) child.kill('SIGKILL');
      client.dispose();
    },
  };
}

async function withinSeconds<T>(seconds: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
