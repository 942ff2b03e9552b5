// One request to an OpenAI-compatible engine: headers, key, status, and the failures before a body. Follows no redirect; the key goes
// to the host that was named and nowhere else, and into no message.

import type { EngineFailure } from './engine.ts';
import { openTransport, readUpTo } from './http.ts';
import {
  failureOfOpenaiStatus,
  failureOfOpenaiThrown,
  notOpenai,
  type OpenaiContext,
  withoutKey,
} from './openai-errors.ts';
import { Passing, retryAfterSeconds } from './retry.ts';

export interface OpenaiCall {
  readonly context: OpenaiContext;
  readonly key: string | undefined;
  readonly signal: AbortSignal;
  readonly wallMilliseconds: number;
}

/** Error bodies are read up to this many bytes, documents up to the second. */
const longestErrorBytes = 64 * 1024;
const longestDocumentBytes = 4_000_000;

/**
 * Sends a request and waits for its headers.
 * @throws Passing for what may pass (no connection, 429, 503), EngineFailure for the rest, the signal's reason once it is aborted.
 */
export async function openBody(call: OpenaiCall, path: string, sent?: object): Promise<AsyncIterable<Uint8Array>> {
  const { context, key, signal } = call;
  try {
    const { request, dispatcher } = await openTransport();
    signal.throwIfAborted();
    const { statusCode, headers, body } = await request(`${context.baseUrl}${path}`, {
      method: sent === undefined ? 'GET' : 'POST',
      headers: {
        ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      },
      body: sent === undefined ? null : JSON.stringify(sent),
      signal,
      dispatcher,
    });
    if (statusCode >= 200 && statusCode < 300) return body;
    const failure = failureOfOpenaiStatus(statusCode, await readUpTo(body, longestErrorBytes), context);
    const said = withoutKey(failure, key);
    if (statusCode !== 429 && statusCode !== 503) throw said;
    throw new Passing(said, retryAfterSeconds(headers['retry-after'], call.wallMilliseconds));
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof Passing) throw error;
    const failure: EngineFailure = withoutKey(failureOfOpenaiThrown(error, context, false), key);
    throw failure === error || failure.kind !== 'unreachable' ? failure : new Passing(failure);
  }
}

/** One JSON document. Rejects with EngineFailure, or with the signal's reason. */
export async function getDocument(call: OpenaiCall, path: string): Promise<unknown> {
  try {
    const text = await readUpTo(await openBody(call, path), longestDocumentBytes);
    return JSON.parse(text);
  } catch (error) {
    if (call.signal.aborted) throw call.signal.reason;
    if (error instanceof Passing) throw error.failure;
    throw error instanceof SyntaxError
      ? notOpenai(call.context, 'no JSON')
      : failureOfOpenaiThrown(error, call.context, false);
  }
}
