// A fake OpenAI-compatible server over real HTTP on a free loopback port: frames its events as llama-server (Debian's b11669) and
// as vLLM do, cuts at stop strings and bounds as they do, and fails in every way that a script asks for.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chatEvents, type Flavour, infillEvents, listOf, propsOf, textEvents } from './fake-openai-events.ts';

export interface FakeOpenaiRequest {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
  /** `done`, or `closed-by-client` when the client hung up before the end. */
  readonly ended: Promise<'done' | 'closed-by-client'>;
}

/** An answer, or a way to fail. Raw bytes are sent as they are under 200; `hang` keeps the connection open behind them. */
export type FakeOpenaiReply =
  | string
  | { readonly text: string; readonly thinking?: string; readonly hang?: boolean }
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly raw: string; readonly hang?: boolean }
  | 'die';

export interface FakeOpenai {
  /** `http://127.0.0.1:40123` */
  readonly url: string;
  readonly port: number;
  /** Requests for completions, in order of arrival. */
  readonly requests: readonly FakeOpenaiRequest[];
  /** All paths that were asked. */
  readonly paths: readonly string[];
  setReply(reply: FakeOpenaiScript): void;
  close(): Promise<void>;
}

export type FakeOpenaiScript = (request: FakeOpenaiRequest, index: number) => FakeOpenaiReply;

export interface FakeOpenaiOptions {
  readonly flavour?: Flavour;
  readonly models?: readonly string[];
  readonly reply?: FakeOpenaiScript;
  /** Wanted as `Authorization: Bearer`. */
  readonly key?: string;
  /** Answers of GET paths to override. */
  readonly overrides?: Readonly<Record<string, FakeOpenaiReply>>;
}

export async function createFakeOpenai(options: FakeOpenaiOptions = {}): Promise<FakeOpenai> {
  const { flavour = 'llama-server', models = ['qwen2.5-coder-3b'] } = options;
  let script: FakeOpenaiScript = options.reply ?? (() => 'pass');
  const requests: FakeOpenaiRequest[] = [];
  const paths: string[] = [];
  const seen = new Set<string>();

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = incoming.url ?? '';
    paths.push(path);
    if (options.key !== undefined && incoming.headers.authorization !== `Bearer ${options.key}`) {
      const said = `Incorrect API key provided: ${incoming.headers.authorization ?? 'none'}`;
      return end(response, { status: 401, body: JSON.stringify({ error: { message: said, code: 401 } }) });
    }
    const override = options.overrides?.[path];
    if (override !== undefined) return end(response, override);
    if (path === '/v1/models') return end(response, { status: 200, body: JSON.stringify(listOf(models, flavour)) });
    if (path === '/props' && flavour === 'llama-server') return end(response, { status: 200, body: propsOf() });
    const writes = { '/v1/chat/completions': chatEvents, '/v1/completions': textEvents, '/infill': infillEvents }[path];
    if (writes === undefined || (path === '/infill' && flavour !== 'llama-server'))
      return end(response, { status: 404, body: '{"detail":"Not Found"}' });
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const body = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>;
    const ended = once(response, 'close').then((): 'done' | 'closed-by-client' =>
      response.writableFinished ? 'done' : 'closed-by-client',
    );
    const request = { path, body, headers: incoming.headers, ended };
    requests.push(request);
    const reply = script(request, requests.length - 1);
    if (typeof reply === 'string' ? reply === 'die' : !('text' in reply)) return end(response, reply);
    const said =
      typeof reply === 'string' ? { text: reply } : (reply as { text: string; thinking?: string; hang?: boolean });
    const prompt = JSON.stringify([body.messages, body.prompt, body.input_prefix]);
    const events = writes({ ...said, body, flavour, isCached: seen.has(prompt), model: models[0] ?? '' });
    seen.add(prompt);
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const ending = said.hang === true ? endOfText(events) : events.length;
    for (const event of events.slice(0, ending)) response.write(`data: ${event}\n\n`);
    if (said.hang !== true) response.end();
  }

  const server = createServer((incoming, response) => {
    response.on('error', () => {});
    answer(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    paths,
    setReply: (reply) => {
      script = reply;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Events up to the last piece of text: the generation goes on. */
function endOfText(events: readonly string[]): number {
  return events.findIndex((event) => /"finish_reason":"|"stop":true/.test(event));
}

function end(response: ServerResponse, reply: FakeOpenaiReply): void {
  if (reply === 'die') response.destroy();
  else if (typeof reply === 'object' && 'raw' in reply) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write(reply.raw);
    if (reply.hang !== true) response.end();
  } else if (typeof reply === 'object' && 'status' in reply) {
    response.writeHead(reply.status, { 'Content-Type': 'application/json', ...reply.headers });
    response.end(reply.body ?? '');
  }
}
