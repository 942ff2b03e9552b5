// A fake Ollama over real HTTP on a free loopback port, faithful to the wire of 0.33: NDJSON streams, durations in nanoseconds,
// one slot unless told otherwise, headers only with the first chunk, errors of every shape. It answers what a script says.
//
//   const fake = await createFakeOllama({
//     models: [{ name: 'gemma3:12b' }, { name: 'gemma3:4b', capabilities: ['completion', 'insert'] }],
//     reply: (request, index) => (request.format === undefined ? 'return 1' : { json: { mode: 'direct', subtasks: [] } }),
//   });
//   … OLLAMA_HOST=fake.url …
//   const first = await fake.request(0);   // waits until it arrived
//   await first.sent(3);                   // three pieces are on the wire
//   await first.ended;                     // 'done' | 'closed-by-client' | 'error' | 'died'
//   await fake.close();
//
// Times are measured and real unless the reply overrides them. Nothing sleeps unless `millisecondsPerPiece` asks for it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeModel, LoadedModel } from './fake-ollama-models.ts';
import { fullName, psOf, showOf, tagOf } from './fake-ollama-models.ts';
import type { ErrorReply, Reply } from './fake-ollama-reply.ts';
import { errorReplies, sendError } from './fake-ollama-reply.ts';
import { FakeSlots } from './fake-ollama-slots.ts';
import { streamReply } from './fake-ollama-stream.ts';

export type { FakeModel } from './fake-ollama-models.ts';
export type { Death, ErrorReply, Gate, Reply } from './fake-ollama-reply.ts';
export { errorReplies, gate, piecesOf } from './fake-ollama-reply.ts';

/** A generation request as the script sees it. */
export interface FakeRequest {
  readonly endpoint: 'chat' | 'generate';
  readonly model: string;
  /** Chat only; empty for generate. */
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** Generate only; empty for chat. */
  readonly prompt: string;
  readonly suffix: string | undefined;
  readonly system: string | undefined;
  readonly raw: boolean;
  /** JSON schema, or 'json'. */
  readonly format: unknown;
  readonly think: boolean | string | undefined;
  readonly truncate: boolean | undefined;
  readonly logprobs: boolean;
  readonly keepAlive: string | number | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  /** Everything the model would read, joined by newlines: for scripts that look for words. */
  readonly text: string;
  readonly headers: IncomingMessage['headers'];
  /** The whole body as it came. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** How a generation request ended, seen from the server. */
export type RequestEnd = 'done' | 'closed-by-client' | 'error' | 'died';

/** A generation request with its fate. Times are `performance.now()` milliseconds. */
export interface RecordedRequest extends FakeRequest {
  readonly index: number;
  readonly arrivedMilliseconds: number;
  /** When it got its slot; undefined while it waits. */
  servedMilliseconds: number | undefined;
  /** When the client's end of the connection was seen closing before the answer was complete. */
  closedByClientMilliseconds: number | undefined;
  piecesSent: number;
  /** Resolves when so many pieces of the answer were handed to the socket. Never, when the answer ends before. */
  sent(pieces: number): Promise<void>;
  /** Resolves when it got its slot. */
  readonly served: Promise<void>;
  readonly ended: Promise<RequestEnd>;
}

export type ReplyScript = (request: FakeRequest, index: number) => Reply | string | Promise<Reply | string>;

export interface FakeOllamaOptions {
  readonly models?: readonly FakeModel[];
  /** OLLAMA_NUM_PARALLEL; default 1. Further requests wait silently, without headers, first come first served. */
  readonly slots?: number;
  readonly version?: string;
  /** `index` counts generation requests from 0, in order of arrival. Default: 'pass' for everything. */
  readonly reply?: ReplyScript;
  /** Lines sent for /api/pull; default: a short successful download, after which the model exists. */
  readonly pull?: (model: string) => readonly object[] | ErrorReply;
  /** Answers of other endpoints to override: `'GET /api/tags': errorReplies.proxyPage()`. */
  readonly overrides?: Readonly<Record<string, ErrorReply>>;
  /** A proxy in front of it wants `Authorization: Bearer <this>`. */
  readonly bearer?: string;
  /** Port, default 0: a free one. */
  readonly port?: number;
  /** Address, default 127.0.0.1. */
  readonly address?: string;
}

export interface FakeOllama {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  readonly port: number;
  /** Generation requests in order of arrival. */
  readonly requests: readonly RecordedRequest[];
  /** All requests as `GET /api/tags`. */
  readonly log: readonly string[];
  /** Each time a model was loaded: a second entry for the same model means it was reloaded (num_ctx changed, or unloaded). */
  readonly loads: readonly { readonly model: string; readonly contextTokens: number }[];
  /** Waits for generation request number `index`. */
  request(index: number): Promise<RecordedRequest>;
  setReply(reply: ReplyScript): void;
  setModels(models: readonly FakeModel[]): void;
  /** Number of open TCP connections. */
  connections(): Promise<number>;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

const postRoutes = new Set(['POST /api/show', 'POST /api/pull', 'POST /api/chat', 'POST /api/generate']);

/** Starts a fake Ollama. */
export async function createFakeOllama(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  let models = [...(options.models ?? [{ name: 'gemma3:4b' }])];
  let script: ReplyScript = options.reply ?? (() => 'pass');
  const loaded = new Map<string, LoadedModel>();
  const loads: { model: string; contextTokens: number }[] = [];
  const requests: RecordedRequest[] = [];
  const waiters: { index: number; resolve: (request: RecordedRequest) => void }[] = [];
  const log: string[] = [];
  const slots = new FakeSlots(options.slots ?? 1);

  const find = (name: unknown): FakeModel | undefined =>
    models.find((model) => fullName(model.name) === fullName(String(name)));

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendError(response, { status: 500, body: { error: String(error) } });
      else response.destroy();
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = `${request.method} ${request.url}`;
    log.push(route);
    const text = await readBody(request);
    const override = options.overrides?.[route];
    if (override !== undefined) return sendError(response, override);
    if (options.bearer !== undefined && request.headers.authorization !== `Bearer ${options.bearer}`) {
      return sendError(response, errorReplies.unauthorized());
    }
    switch (route) {
      case 'HEAD /':
      case 'GET /':
        return void response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('Ollama is running');
      case 'GET /api/version':
        return sendJson(response, { version: options.version ?? '0.33.4' });
      case 'GET /api/tags':
        return sendJson(response, { models: models.map(tagOf) });
      case 'GET /api/ps':
        return sendJson(response, { models: [...loaded.values()].map(psOf) });
    }
    if (!postRoutes.has(route)) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
      return;
    }
    const body = parseObject(text);
    if (body === undefined) return sendError(response, { status: 400, body: { error: 'unexpected EOF' } });
    const model = find(body.model ?? body.name);
    switch (route) {
      case 'POST /api/show':
        if (model === undefined) return sendError(response, errorReplies.missingModel(String(body.model)));
        return sendJson(response, showOf(model));
      case 'POST /api/pull':
        return pull(String(body.model ?? body.name), response);
      case 'POST /api/chat':
      case 'POST /api/generate':
        return generate(request, response, body, model);
    }
  }

  async function generate(
    http: IncomingMessage,
    response: ServerResponse,
    body: Record<string, unknown>,
    model: FakeModel | undefined,
  ): Promise<void> {
    const request = toRequest(http, body);
    const { record, resolvers } = recordOf(request, requests.length);
    requests.push(record);
    for (const waiter of waiters.filter((entry) => entry.index === record.index)) waiter.resolve(record);
    const closed = new AbortController();
    response.on('close', () => {
      if (response.writableFinished) return;
      record.closedByClientMilliseconds ??= performance.now();
      closed.abort();
    });
    const refusal = refusalOf(request, model);
    if (refusal !== undefined || model === undefined) {
      sendError(response, refusal ?? errorReplies.missingModel(request.model));
      return resolvers.end('error');
    }
    const contextTokens = Number(request.options.num_ctx ?? 4096);
    const name = fullName(model.name);
    if (request.text === '') {
      if (request.keepAlive === 0) loaded.delete(name);
      else load(model, contextTokens, request.keepAlive);
      const reason = request.keepAlive === 0 ? 'unload' : 'load';
      sendJson(response, { model: request.model, created_at: now(), response: '', done: true, done_reason: reason });
      return resolvers.end('done');
    }
    const slot = await slots.take(request.text, closed.signal);
    if (slot === undefined) return resolvers.end('closed-by-client');
    try {
      record.servedMilliseconds = performance.now();
      resolvers.serve();
      load(model, contextTokens, request.keepAlive);
      const scripted = await script(request, record.index);
      const reply = typeof scripted === 'string' ? { text: scripted } : scripted;
      const canThink = (model.capabilities ?? []).includes('thinking');
      resolvers.end(
        await streamReply({
          response,
          record,
          reply,
          canThink,
          contextTokens,
          slot,
          closed: closed.signal,
          sent: resolvers.sent,
        }),
      );
    } finally {
      slots.release(slot);
      if (request.keepAlive === 0) loaded.delete(name);
    }
  }

  function load(model: FakeModel, contextTokens: number, keepAlive: string | number | undefined): void {
    const name = fullName(model.name);
    const present = loaded.get(name);
    const seconds = typeof keepAlive === 'number' && keepAlive > 0 ? keepAlive : 300;
    const expiresAt = new Date(Date.now() + seconds * 1000);
    if (present?.contextTokens === contextTokens) present.expiresAt = expiresAt;
    else {
      loaded.set(name, { model, contextTokens, expiresAt });
      loads.push({ model: name, contextTokens });
    }
  }

  function pull(name: string, response: ServerResponse): void {
    const answer = options.pull?.(name) ?? defaultPull(name);
    if ('status' in answer && 'body' in answer) {
      sendError(response, answer as ErrorReply);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const lines = answer as readonly object[];
    for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
    const last = lines.at(-1);
    if (last !== undefined && 'status' in last && last.status === 'success' && find(name) === undefined) {
      models.push({ name });
    }
    response.end();
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.address ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.address ?? '127.0.0.1';
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    requests,
    log,
    loads,
    request: (index) => {
      const present = requests[index];
      if (present !== undefined) return Promise.resolve(present);
      return new Promise((resolve) => waiters.push({ index, resolve }));
    },
    setReply: (reply) => {
      script = reply;
    },
    setModels: (list) => {
      models = [...list];
    },
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      ),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What Ollama itself refuses before a slot is asked for. */
function refusalOf(request: FakeRequest, model: FakeModel | undefined): ErrorReply | undefined {
  if (model === undefined) return errorReplies.missingModel(request.model);
  const capabilities = model.capabilities ?? ['completion'];
  if (!capabilities.includes('completion')) return errorReplies.noGenerate(request.model);
  if (request.suffix !== undefined && request.suffix !== '' && !capabilities.includes('insert')) {
    return errorReplies.noInsert(fullName(request.model));
  }
  if (request.think !== undefined && request.think !== false && !capabilities.includes('thinking')) {
    return errorReplies.noThinking(request.model);
  }
  const context = Number(request.options.num_ctx ?? 4096);
  const tokens = Math.ceil(request.text.length / 4);
  if (request.truncate === false && tokens >= context) return errorReplies.contextExceeded(tokens, context);
  return undefined;
}

function toRequest(http: IncomingMessage, body: Record<string, unknown>): FakeRequest {
  const messages = (Array.isArray(body.messages) ? body.messages : []) as { role: string; content: string }[];
  const prompt = typeof body.prompt === 'string' ? body.prompt : '';
  const suffix = typeof body.suffix === 'string' ? body.suffix : undefined;
  const system = typeof body.system === 'string' ? body.system : undefined;
  const format = body.format === '' ? undefined : body.format;
  return {
    endpoint: http.url === '/api/chat' ? 'chat' : 'generate',
    model: String(body.model),
    messages,
    prompt,
    suffix,
    system,
    raw: body.raw === true,
    format,
    think: body.think as boolean | string | undefined,
    truncate: body.truncate as boolean | undefined,
    logprobs: body.logprobs === true,
    keepAlive: body.keep_alive as string | number | undefined,
    options: (body.options ?? {}) as Record<string, unknown>,
    text: [system, ...messages.map((message) => message.content), prompt, suffix].filter(Boolean).join('\n'),
    headers: http.headers,
    body,
  };
}

interface Resolvers {
  serve(): void;
  sent(): void;
  end(how: RequestEnd): void;
}

function recordOf(request: FakeRequest, index: number): { record: RecordedRequest; resolvers: Resolvers } {
  let serve = (): void => {};
  let end = (_how: RequestEnd): void => {};
  const waiting: { pieces: number; resolve: () => void }[] = [];
  const record: RecordedRequest = {
    ...request,
    index,
    arrivedMilliseconds: performance.now(),
    servedMilliseconds: undefined,
    closedByClientMilliseconds: undefined,
    piecesSent: 0,
    sent: (pieces) =>
      record.piecesSent >= pieces
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ pieces, resolve: () => resolve() })),
    served: new Promise((resolve) => {
      serve = resolve;
    }),
    ended: new Promise((resolve) => {
      end = resolve;
    }),
  };
  const sent = (): void => {
    record.piecesSent++;
    for (const entry of waiting) if (record.piecesSent >= entry.pieces) entry.resolve();
  };
  return { record, resolvers: { serve: () => serve(), sent, end: (how) => end(how) } };
}

function defaultPull(name: string): readonly object[] {
  const digest = 'sha256:0123456789ab';
  return [
    { status: 'pulling manifest' },
    { status: 'pulling 0123456789ab', digest, total: 3000, completed: 1000 },
    { status: 'pulling 0123456789ab', digest, total: 3000, completed: 3000 },
    { status: 'verifying sha256 digest' },
    { status: 'writing manifest', name },
    { status: 'success' },
  ];
}

function sendJson(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function now(): string {
  return new Date().toISOString();
}
