// One language server as a spawned process, spoken to in raw bytes: for measuring, and for saying things that no client says.
// Has its own framing, so that a mistake of the product's cannot hide in it.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface Answer {
  readonly jsonrpc?: string;
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export interface LspProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly pid: number;
  /** Everything it wrote, in order. */
  readonly received: readonly Answer[];
  /** What it wrote to stderr. */
  stderr(): string;
  /** Bytes as they are. */
  write(bytes: string | Buffer): void;
  /** One framed message. */
  send(message: object): void;
  notify(method: string, params?: object): void;
  /** Resolves with the answer, error or not. Rejects when the process ends first, or says nothing for `patienceSeconds`. */
  request(method: string, params?: object, id?: number | string): Promise<Answer>;
  /** The first message, arrived or yet to come, for which `probe` is true. */
  next(probe: (message: Answer) => boolean): Promise<Answer>;
  /** `initialize` and `initialized`. */
  initialize(params?: object): Promise<Answer>;
  /** Resolves with the exit code (null when a signal ended it). Rejects after `patienceSeconds`. */
  exited(): Promise<number | null>;
  kill(): void;
}

export interface SpawnOptions {
  /** Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly patienceSeconds?: number;
}

/** @param command program and arguments. */
export function startLspProcess(command: readonly string[], options: SpawnOptions = {}): LspProcess {
  const [program = process.execPath, ...args] = command;
  const patience = (options.patienceSeconds ?? 20) * 1000;
  const child = spawn(program, args, { env: options.env ?? process.env, stdio: 'pipe' });
  const received: Answer[] = [];
  const waiting = new Set<{
    probe(message: Answer): boolean;
    resolve(message: Answer): void;
    reject(e: Error): void;
  }>();
  let errors = '';
  let lastId = 0;
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdin.on('error', () => {});
  readFrames(child.stdout, (message) => {
    received.push(message);
    for (const entry of [...waiting]) {
      if (!entry.probe(message)) continue;
      waiting.delete(entry);
      entry.resolve(message);
    }
  });
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  exit.then(
    (code) => abandon(`the server ended with ${code}: ${errors.slice(0, 400)}`),
    (error: unknown) => abandon(String(error)),
  );

  function abandon(why: string): void {
    for (const entry of waiting) entry.reject(new Error(why));
    waiting.clear();
  }
  function inTime<T>(work: Promise<T>, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}: nothing for ${patience / 1000} s`)), patience);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }
  /** Registers before it returns: an answer that comes at once is not missed. */
  function arrival(probe: (message: Answer) => boolean): Promise<Answer> {
    if (child.exitCode !== null) return Promise.reject(new Error(`the server ended with ${child.exitCode}`));
    return inTime(new Promise<Answer>((resolve, reject) => waiting.add({ probe, resolve, reject })), 'an answer');
  }

  const server: LspProcess = {
    child,
    pid: child.pid ?? -1,
    received,
    stderr: () => errors,
    write: (bytes) => child.stdin.write(bytes),
    send: (message) => server.write(frame(message)),
    notify: (method, params) => server.send({ jsonrpc: '2.0', method, ...(params === undefined ? {} : { params }) }),
    request(method, params, id = ++lastId) {
      const answer = arrival((message) => message.method === undefined && message.id === id);
      server.send({ jsonrpc: '2.0', id, method, ...(params === undefined ? {} : { params }) });
      return answer;
    },
    next(probe) {
      const present = received.find(probe);
      return present === undefined ? arrival(probe) : Promise.resolve(present);
    },
    async initialize(params = {}) {
      const answer = await server.request('initialize', { ...defaultParams, processId: process.pid, ...params });
      server.notify('initialized', {});
      return answer;
    },
    exited: () => inTime(exit, 'waiting for the exit'),
    kill: () => child.kill('SIGKILL'),
  };
  return server;
}

const defaultParams = { rootUri: null, capabilities: {}, clientInfo: { name: 'joule-ls bench' } };

/** A message with its header. */
export function frame(message: object): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
}

function readFrames(stream: NodeJS.ReadableStream, onMessage: (message: Answer) => void): void {
  let buffer: Buffer = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    buffer = buffer.length === 0 ? chunk : Buffer.concat([buffer, chunk]);
    for (;;) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = Number(/content-length: *(\d+)/i.exec(buffer.toString('latin1', 0, end))?.[1]);
      if (Number.isNaN(length)) throw new Error(`stdout is not the protocol: ${buffer.toString('utf8', 0, 200)}`);
      if (buffer.length < end + 4 + length) return;
      const body = buffer.toString('utf8', end + 4, end + 4 + length);
      buffer = buffer.subarray(end + 4 + length);
      onMessage(JSON.parse(body) as Answer);
    }
  });
}
