// The `fetch` that the ollama package is given. It carries the caller's AbortSignal from before the headers, waits for headers as
// long as a model takes to load, follows no redirect, and hands on only what is well-formed: error answers and broken lines become
// failures here, because the package would print them to stdout, which belongs to the protocol.

import type { EngineFailure } from './engine.ts';
import { guardNdjson, type NdjsonRules } from './ndjson.ts';

export interface OllamaFetchOptions {
  readonly bearer: string | undefined;
  readonly signal: AbortSignal;
  /** How an answer other than 2xx is said. */
  readonly failureOfStatus: (status: number, body: string) => EngineFailure;
  readonly rules: NdjsonRules;
}

/** Error bodies are read up to this many bytes: enough for any message, too little to hurt. */
const longestErrorBytes = 64 * 1024;

/**
 * Builds a fetch for one call. One connection per request (no keep-alive): an abort closes exactly this request's socket, which is
 * what makes the engine stop, and no idle socket can turn out to be dead when the next request is written to it.
 */
export function createOllamaFetch(options: OllamaFetchOptions): typeof fetch {
  const { bearer, signal, rules } = options;
  const guarded = async (url: string | URL | Request, init: RequestInit = {}): Promise<OllamaResponse> => {
    const { request, dispatcher } = await openTransport();
    signal.throwIfAborted();
    const headers: Record<string, string> = { ...(init.headers as Record<string, string> | undefined) };
    if (bearer !== undefined) headers.Authorization = `Bearer ${bearer}`;
    const { statusCode, body } = await request(String(url), {
      method: init.method === 'POST' ? 'POST' : 'GET',
      headers,
      body: typeof init.body === 'string' ? init.body : null,
      signal,
      dispatcher,
    });
    if (statusCode < 200 || statusCode > 299) {
      throw options.failureOfStatus(statusCode, await readUpTo(body, longestErrorBytes));
    }
    const lines = guardNdjson(body, rules);
    return { ok: true, body: { getReader: () => lines }, json: () => readDocument(body, rules) };
  };
  // The package uses nothing else of a response; a real one would put three more web streams between the socket and us.
  return guarded as unknown as typeof fetch;
}

interface OllamaResponse {
  readonly ok: true;
  readonly body: { getReader(): ReturnType<typeof guardNdjson> };
  json(): Promise<unknown>;
}

async function readDocument(body: AsyncIterable<Uint8Array>, rules: NdjsonRules): Promise<unknown> {
  const text = await readUpTo(body, rules.longestDocument + 1);
  if (text.length > rules.longestDocument) throw rules.malformed('an answer without end');
  try {
    return JSON.parse(text);
  } catch {
    throw rules.malformed(text);
  }
}

/** Reads to the end or the limit; leaving the loop closes the connection. */
export async function readUpTo(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length >= limitBytes) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

type Undici = typeof import('undici');

export interface Transport {
  readonly request: Undici['request'];
  readonly dispatcher: InstanceType<Undici['Agent']>;
}

let transport: Promise<Transport> | undefined;

/** Loaded on first need: undici costs tens of milliseconds that `initialize` must not pay. */
export function openTransport(): Promise<Transport> {
  // By its default export: of a CommonJS module the bundle has no other.
  transport ??= import('undici').then(({ default: { request, Agent } }) => ({
    request,
    dispatcher: new Agent({
      headersTimeout: 0, // loading a model and reading a long prompt both happen before the headers
      bodyTimeout: 0,
      pipelining: 0,
      connect: { timeout: 10_000 },
    }),
  }));
  return transport;
}
