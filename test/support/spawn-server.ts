// The server as a process of its own, spoken to byte by byte: for what in-memory streams cannot show.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface WireMessage {
  readonly jsonrpc: string;
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface SpawnedServer {
  readonly child: ChildProcessWithoutNullStreams;
  /** Everything it said so far. */
  readonly received: readonly WireMessage[];
  /** Bytes of stdout that are not frames: always empty for a server that keeps stdout to itself. */
  stray(): string;
  send(message: object): void;
  sendRaw(bytes: string | Buffer): void;
  /** Sends a request and waits for its answer. */
  ask(id: number | string, method: string, params?: unknown): Promise<WireMessage>;
  waitFor(probe: (message: WireMessage) => boolean): Promise<WireMessage>;
  initialize(params?: object): Promise<WireMessage>;
  /** Exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const homes: string[] = [];
const running = new Set<ChildProcessWithoutNullStreams>();

export function frame(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

/** How a server from source is started. */
export function serverCommand(args: readonly string[]): { readonly command: string; readonly args: string[] } {
  return { command: process.execPath, args: ['--import', 'tsx', join(root, 'server/main.ts'), ...args] };
}

/** An environment of its own: no settings, ledger or engine of this machine. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const home = mkdtempSync(join(tmpdir(), 'joule-home-'));
  homes.push(home);
  return {
    PATH: process.env.PATH,
    HOME: home,
    XDG_RUNTIME_DIR: home,
    OLLAMA_HOST: '127.0.0.1:9',
    JOULE_LS_LOG: join(home, 'log'),
  };
}

export function spawnServer(args: readonly string[] = ['--stdio'], env = cleanEnvironment()): SpawnedServer {
  const start = serverCommand(args);
  const child = spawn(start.command, start.args, { cwd: root, env, stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  const received: WireMessage[] = [];
  const waiting = new Set<() => void>();
  let buffer = Buffer.alloc(0);
  let stray = '';
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(buffer.subarray(0, 64).toString('latin1'));
      if (header === null) {
        if (buffer.length > 64) stray += buffer.toString();
        break;
      }
      const start = header[0].length;
      const end = start + Number(header[1]);
      if (buffer.length < end) break;
      received.push(JSON.parse(buffer.subarray(start, end).toString()) as WireMessage);
      buffer = buffer.subarray(end);
    }
    for (const check of [...waiting]) check();
  });
  const exited = new Promise<number | string>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'unknown');
      for (const check of [...waiting]) check();
    });
  });
  const server: SpawnedServer = {
    child,
    received,
    exited,
    stray: () => stray + buffer.toString(),
    send: (message) => server.sendRaw(frame({ jsonrpc: '2.0', ...message })),
    sendRaw: (bytes) => {
      child.stdin.write(bytes);
    },
    ask(id, method, params) {
      server.send({ id, method, ...(params === undefined ? {} : { params }) });
      return server.waitFor((message) => message.id === id && message.method === undefined);
    },
    waitFor: (probe) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = received.find(probe);
          if (found === undefined && running.has(child)) return;
          waiting.delete(check);
          if (found === undefined) reject(new Error('the server ended before it said that'));
          else resolve(found);
        };
        waiting.add(check);
        check();
      }),
    async initialize(params = {}) {
      const answer = await server.ask('init', 'initialize', {
        processId: process.pid,
        rootUri: null,
        capabilities: {},
        ...params,
      });
      server.send({ method: 'initialized', params: {} });
      return answer;
    },
  };
  return server;
}

/** Ends what a test left running and removes the homes. */
export async function cleanUpServers(): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
}

/** Runs a command of the program to its end. */
export async function runProgram(
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly signal?: AbortSignal } = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const child = spawn(process.execPath, ['--import', loader, join(root, 'server/main.ts'), ...args], {
    cwd: options.cwd ?? root,
    env: { PATH: process.env.PATH, ...(options.env ?? cleanEnvironment()) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.signal?.addEventListener('abort', () => child.kill('SIGKILL'), { once: true });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? -1)));
  return { code, stdout, stderr };
}
