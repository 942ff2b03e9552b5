// The `fetch` that the ollama package is given. It carries the caller's AbortSignal from before the headers, waits for headers as
// long as a model takes to load, follows no redirect, and hands on only what is well-formed: error answers and broken lines become
// failures here, because the package would print them to stdout, which belongs to the protocol.

import type { EngineFailure } from './engine.ts';
import type { NdjsonRules } from './ndjson.ts';
import { guardNdjson } from './ndjson.ts';

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
  const guarded = async (url: string | URL | Request, init: RequestInit = {}): Promise<unknown> => {
    const { fetch, dispatcher } = await openTransport();
    options.signal.throwIfAborted();
    const headers: Record<string, string> = { ...(init.headers as Record<string, string> | undefined) };
    if (options.bearer !== undefined) headers.Authorization = `Bearer ${options.bearer}`;
    const response = await fetch(String(url), {
      method: init.method ?? 'GET',
      headers,
      ...(typeof init.body === 'string' ? { body: init.body } : {}),
      signal: options.signal,
      redirect: 'manual',
      dispatcher,
    });
    const source = response.body as ReadableStream<Uint8Array> | null;
    if (!response.ok || source === null) {
      throw options.failureOfStatus(response.status, await readUpTo(source, longestErrorBytes));
    }
    return guardResponse(source, options.rules);
  };
  return guarded as unknown as typeof fetch;
}

/** What the ollama package uses of a response: `ok`, and either `body` or `json()`. */
function guardResponse(source: ReadableStream<Uint8Array>, rules: NdjsonRules): object {
  let body: ReadableStream<Uint8Array> | undefined;
  return {
    ok: true,
    get body() {
      body ??= guardNdjson(source, rules);
      return body;
    },
    json: async (): Promise<unknown> => {
      const text = await readUpTo(source, rules.longestDocument + 1);
      if (text.length > rules.longestDocument) throw rules.malformed('an answer without end');
      try {
        return JSON.parse(text);
      } catch {
        throw rules.malformed(text);
      }
    },
  };
}

async function readUpTo(body: ReadableStream<Uint8Array> | null, limitBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.length;
    if (length >= limitBytes) break;
  }
  return Buffer.concat(parts).toString('utf8');
}

type Undici = typeof import('undici');

let transport: Promise<{ fetch: Undici['fetch']; dispatcher: InstanceType<Undici['Agent']> }> | undefined;

/** Loaded on first need: undici costs tens of milliseconds that `initialize` must not pay. */
function openTransport(): NonNullable<typeof transport> {
  transport ??= import('undici').then(({ fetch, Agent }) => ({
    fetch,
    dispatcher: new Agent({
      headersTimeout: 0, // loading a model and reading a long prompt both happen before the headers
      bodyTimeout: 0,
      pipelining: 0,
      connect: { timeout: 10_000 },
    }),
  }));
  return transport;
}
