// An editor without an editor: the real server with all its parts, over in-memory streams, in a world of temporary folders.
// Only the models (a fake Ollama over real HTTP) and the counters (a tree of files) stand in for something.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CodeAction, Range } from 'vscode-languageserver/node';
import { type InProcess, realCore, startInProcess } from '../../server/commands/in-process.ts';
import type { HeadlessClient, HeadlessOptions } from '../../server/lsp/headless-client.ts';
import { createFakeOllama, type FakeOllama, type FakeOllamaOptions } from './fake-ollama.ts';
import { ensureGrammars } from './grammars.ts';
import { makeMachine, type PowercapTree } from './powercap-tree.ts';

/** Folders, a fake Ollama and counters that several sessions can share, one after the other or at once. */
export interface World {
  readonly ollama: FakeOllama;
  readonly machine: PowercapTree;
  /** The workspace. */
  readonly project: string;
  readonly env: NodeJS.ProcessEnv;
  /** Writes a file of the workspace and returns its uri. */
  file(name: string, text: string): string;
  uri(name: string): string;
  /** Starts a server and connects a client. */
  open(options?: Partial<HeadlessOptions>): Promise<HeadlessClient>;
  /** Ends one session the polite way. */
  leave(client: HeadlessClient): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions extends FakeOllamaOptions {
  /** Written to the owner's config.json; by default the counters here see the engine. */
  readonly config?: unknown;
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  ensureGrammars();
  const home = mkdtempSync(join(tmpdir(), 'joule-world-'));
  const project = join(home, 'project');
  for (const folder of ['project', 'config/joule-ls', 'state', 'data', 'run'])
    mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(
    join(home, 'config/joule-ls/config.json'),
    JSON.stringify(options.config ?? { ollama: { meter: 'local' } }),
  );
  const machine = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 1_000_000n }] });
  const ollama = await createFakeOllama(options);
  const sessions = new Map<HeadlessClient, InProcess>();
  const uri = (name: string): string => pathToFileURL(join(project, name)).href;
  const world: World = {
    ollama,
    machine,
    project,
    env: {
      HOME: home,
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_STATE_HOME: join(home, 'state'),
      XDG_DATA_HOME: join(home, 'data'),
      XDG_RUNTIME_DIR: join(home, 'run'),
      OLLAMA_HOST: ollama.url,
      JOULE_LS_LOG: join(home, 'log'),
      JOULE_LS_SYS_ROOT: machine.roots.sys,
      JOULE_LS_PROC_ROOT: machine.roots.proc,
      JOULE_LS_MSR_ROOT: machine.roots.msr,
      JOULE_LS_NVML: join(home, 'no-such-library.so'),
    },
    uri,
    file(name, text) {
      writeFileSync(join(project, name), text);
      return uri(name);
    },
    async open(clientOptions = {}) {
      // Tests ask for the same function again and again and want another answer each time.
      const configuration = { reuse: 'off', ...(clientOptions.configuration as object | undefined) };
      const session = await startInProcess(realCore(world.env), project, { ...clientOptions, configuration });
      sessions.set(session.client, session);
      return session.client;
    },
    async leave(client) {
      const session = sessions.get(client);
      sessions.delete(client);
      await session?.close();
    },
    async close() {
      await Promise.all([...sessions.keys()].map((client) => world.leave(client)));
      await ollama.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return world;
}

/** A cursor. */
export function at(line: number, character = 0): Range {
  return { start: { line, character }, end: { line, character } };
}

/** Opens a document and waits until the server knows everything about it. */
export async function openReady(client: HeadlessClient, uri: string, languageId: string, text: string): Promise<void> {
  client.openDocument(uri, languageId, text);
  await client.ready(uri);
}

/** The first code action whose title begins so. */
export async function actionAt(client: HeadlessClient, uri: string, range: Range, title: string): Promise<CodeAction> {
  const actions = (await client.codeActions(uri, range)) as CodeAction[];
  const found = actions.find((action) => action.title.startsWith(title));
  if (found !== undefined) return found;
  throw new Error(`no "${title}…" here, only: ${actions.map((action) => action.title).join(' | ') || 'nothing'}`);
}

/** Chooses an action and waits until its job has ended. */
export async function runToEnd(
  client: HeadlessClient,
  uri: string,
  range: Range,
  title: string,
): Promise<{ jobId: string; end: string }> {
  const { jobId } = await client.runAction(await actionAt(client, uri, range, title));
  if (jobId === undefined) throw new Error(`no job was started: ${client.messages.at(-1)?.message}`);
  const ended = await client.waitForJobEnd(jobId);
  return { jobId, end: ended.end?.message ?? '' };
}
