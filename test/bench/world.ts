// A home, a workspace and counters of its own for one benchmark, and spawned servers in them with an editor's client attached.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHeadlessClient, type HeadlessClient, type HeadlessOptions } from '../../server/lsp/headless-client.ts';
import { makeMachine, type PowercapTree } from '../support/powercap-tree.ts';

export interface BenchWorld {
  readonly env: NodeJS.ProcessEnv;
  readonly machine: PowercapTree;
  uri(name: string): string;
  /** Starts a server and initializes it. */
  open(command: readonly string[], options?: Partial<HeadlessOptions>): Promise<BenchSession>;
  remove(): void;
}

export interface BenchSession {
  readonly client: HeadlessClient;
  readonly pid: number;
  /** `shutdown`, `exit`, and the end of the process. */
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly ollamaUrl: string;
  /** Default: one package and no card. Empty: nothing to read, so that a meter has nothing to do. */
  readonly zones?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export function createBenchWorld(options: WorldOptions): BenchWorld {
  const home = mkdtempSync(join(tmpdir(), 'joule-bench-'));
  const project = join(home, 'project');
  for (const folder of ['project', 'config/joule-ls', 'state', 'data', 'run'])
    mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(join(home, 'config/joule-ls/config.json'), JSON.stringify({ ollama: { meter: 'local' } }));
  const zones = (options.zones ?? ['package-0']).map((name, index) => ({
    folder: `intel-rapl:${index}`,
    name,
    microjoules: 1_000_000n,
  }));
  const machine = makeMachine({ zones });
  const env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_RUNTIME_DIR: join(home, 'run'),
    OLLAMA_HOST: options.ollamaUrl,
    JOULE_LS_SYS_ROOT: machine.roots.sys,
    JOULE_LS_MSR_ROOT: machine.roots.msr,
    JOULE_LS_NVML: join(home, 'no-such-library.so'),
    ...options.env,
  };
  return {
    env,
    machine,
    uri: (name) => pathToFileURL(join(project, name)).href,
    open: (command, clientOptions = {}) =>
      openSession(command, env, { rootUri: pathToFileURL(project).href, ...clientOptions }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}

async function openSession(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  options: Partial<HeadlessOptions>,
): Promise<BenchSession> {
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.stdin.on('error', () => {});
  const client = createHeadlessClient({ input: child.stdout, output: child.stdin, ...options });
  await client.initialize();
  return {
    client,
    pid: child.pid ?? -1,
    async close() {
      await client.shutdown();
      await ended;
      client.dispose();
    },
  };
}
