// The one place of the meter that opens sockets: a GET to an exporter, over TCP or a Unix socket, bounded in time and bytes.
// Knows neither formats nor energy. Sends nothing but the request and, where the owner set one, a token.

import type { IncomingMessage, RequestOptions } from 'node:http';
import type { UnreadableReason } from '../../../native-bindings/energy-source.ts';
import type { Clock } from '../../base/clock.ts';

/** Where an exporter answers. */
export interface Endpoint {
  /** `http:` or `https:`; with `socket` only its path counts. */
  readonly url: URL;
  /** Path of a Unix socket. */
  readonly socket?: string | undefined;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  /** What a person would call it: `zeusd at 10.0.0.5:4938`. */
  readonly name: string;
}

export type Got =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: UnreadableReason; readonly why: string; readonly mend?: string };

/** A reading at the edge of a call has to be over before the meter gives the source up for this time (2 s). */
const longestMilliseconds = 1500;
/** Kepler lists every process and pod of a node: some megabytes. */
const mostBytes = 8 * 1024 * 1024;

/** Never rejects. A redirect is not followed: the owner named this host and no other. */
export async function httpGet(endpoint: Endpoint, path: string, clock: Clock): Promise<Got> {
  const { name } = endpoint;
  const limit = new AbortController();
  const over = new AbortController();
  clock.sleep(longestMilliseconds, over.signal).then(
    () => limit.abort(),
    () => undefined,
  );
  try {
    const response = await send(endpoint, path, limit.signal);
    const { statusCode = 0 } = response;
    if (statusCode !== 200) {
      response.destroy();
      return refused(name, statusCode);
    }
    const body = await readBounded(response);
    if (body === undefined)
      return { ok: false, reason: 'garbage', why: `${name} answers with more than ${mostBytes / 1024 / 1024} MiB` };
    if (body.includes(0))
      return { ok: false, reason: 'garbage', why: `${name} answers with something that is not text` };
    return { ok: true, text: body.toString('utf8') };
  } catch (error) {
    if (limit.signal.aborted)
      return { ok: false, reason: 'failed', why: `${name} did not answer within ${longestMilliseconds / 1000} s` };
    const { code, message } = error as NodeJS.ErrnoException;
    return { ok: false, reason: code === 'EACCES' ? 'no-permission' : 'failed', why: `${name}: ${code ?? message}` };
  } finally {
    over.abort();
  }
}

async function send(endpoint: Endpoint, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { url, socket, token } = endpoint;
  const { request } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const options: RequestOptions = {
    method: 'GET',
    path,
    // One connection a reading: an idle one could turn out to be dead when the next edge needs it.
    agent: false,
    signal,
    headers: { Accept: 'text/plain;version=0.0.4, application/json;q=0.9, */*;q=0.1', ...bearer(token) },
    ...(socket === undefined ? { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port } : { socketPath: socket }),
  };
  return new Promise((resolve, reject) => {
    request(options, resolve).on('error', reject).end();
  });
}

function bearer(token: string | undefined): Readonly<Record<string, string>> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

/** Undefined when there is too much. A body that ends before its announced length rejects. */
async function readBounded(response: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > mostBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function refused(name: string, status: number): Got {
  if (status === 401 || status === 403) {
    const mend = 'set "token" in "remoteMeter" of $XDG_CONFIG_HOME/joule-ls/config.json';
    return { ok: false, reason: 'no-permission', why: `${name} wants a token (HTTP ${status})`, mend };
  }
  const what = status >= 300 && status < 400 ? 'a redirect, which is not followed' : `HTTP ${status}`;
  return { ok: false, reason: 'failed', why: `${name} answers with ${what}` };
}
