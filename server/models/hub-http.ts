// One request to the Hugging Face hub: to the one host that was named, and for the bytes of a file to where that host sends us.
// The token goes to the named host only. Knows no model.

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { readUpTo } from './http.ts';

export interface Hub {
  readonly endpoint: URL;
  /** Sent as `Authorization: Bearer`, for repositories that ask for one. Never logged. */
  readonly token: string | undefined;
}

export type HubFailureKind =
  | 'no-network'
  | 'not-found'
  | 'not-allowed'
  | 'refused'
  | 'malformed'
  | 'cut'
  | 'tampered'
  | 'disk-full'
  | 'not-writable'
  | 'busy';

/** Why a model did not come, with what to do about it. What had arrived stays for the next try, unless it was wrong. */
export class HubFailure extends Error {
  override readonly name = 'HubFailure';
  readonly kind: HubFailureKind;
  readonly mend: string;
  constructor(kind: HubFailureKind, message: string, mend: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.mend = mend;
  }
}

/** `HF_ENDPOINT` (a mirror) and `HF_TOKEN`, as the hub's own tools read them. @returns a sentence for an address that is none. */
export function hubFrom(env: Readonly<Record<string, string | undefined>>): Hub | string {
  const address = env.HF_ENDPOINT || 'https://huggingface.co';
  if (!URL.canParse(address) || !/^https?:/.test(address)) return `HF_ENDPOINT is no web address: ${address}`;
  return { endpoint: new URL(address), token: env.HF_TOKEN || undefined };
}

export interface HubRequest {
  /** Below the endpoint, each part already encoded. */
  readonly path: string;
  /** Ask for the bytes from here on. */
  readonly fromByte?: number;
  /** Whether another host may answer: only with the bytes of a file whose checksum is known. */
  readonly mayLeave: boolean;
}

export interface HubAnswer {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

const mostRedirects = 5;
const longestSilenceMilliseconds = 60_000;
const noNetwork = 'check the network and run it again: what has arrived is kept';

/** @returns an answer of status 200, 206 or 416. Rejects with HubFailure, or with the signal's reason. */
export async function askHub(hub: Hub, request: HubRequest, signal: AbortSignal): Promise<HubAnswer> {
  let at = new URL(`${hub.endpoint.pathname.replace(/\/$/, '')}/${request.path}`, hub.endpoint);
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const answer = await send(hub, at, request, signal);
    const location = answer.header('location');
    if (answer.status < 300 || answer.status > 399 || location === undefined) return accepted(answer, at);
    await readUpTo(answer.body, 1);
    const next = new URL(location, at);
    if (next.origin !== hub.endpoint.origin && !request.mayLeave) {
      throw new HubFailure(
        'refused',
        `${at.host} sends us to ${next.host}, which was not asked for`,
        `set HF_ENDPOINT`,
      );
    }
    if (at.protocol === 'https:' && next.protocol !== 'https:') {
      throw new HubFailure('refused', `${at.host} sends us to an unencrypted address`, 'do not use this endpoint');
    }
    at = next;
  }
  throw new HubFailure('malformed', `${at.host} sends us round in circles`, 'run it again later');
}

/** By Node's own client: undici's throws past every handler when a connection ends while its reader is slow (7.30.2). */
async function send(hub: Hub, at: URL, { fromByte }: HubRequest, signal: AbortSignal): Promise<HubAnswer> {
  const isHub = at.origin === hub.endpoint.origin;
  const headers: Record<string, string> = { 'user-agent': 'joule-ls', 'accept-encoding': 'identity' };
  if (isHub && hub.token !== undefined) headers.authorization = `Bearer ${hub.token}`;
  if (fromByte !== undefined) headers.range = `bytes=${fromByte}-`;
  const { get } = at.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const request = get(at, { headers, signal, timeout: longestSilenceMilliseconds });
  request.on('timeout', () => request.destroy(new Error(`nothing came for ${longestSilenceMilliseconds / 1000} s`)));
  request.on('error', () => {}); // told by `once`, and once an answer has begun, by its body
  try {
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const header = (name: string): string | undefined => {
      const value = answer.headers[name];
      return typeof value === 'string' ? value : value?.[0];
    };
    return { status: answer.statusCode ?? 0, header, body: answer };
  } catch (error) {
    signal.throwIfAborted();
    throw new HubFailure('no-network', `${at.host} can't be reached (${codeOf(error)})`, noNetwork, error);
  }
}

/** The hub answers 401 for repositories that do not exist, unless a token says who asks. */
async function accepted(answer: HubAnswer, { host }: URL): Promise<HubAnswer> {
  const { status } = answer;
  if (status === 200 || status === 206 || status === 416) return answer;
  const said = (await readUpTo(answer.body, 2000)).slice(0, 200);
  if (status === 404) throw new HubFailure('not-found', `${host} has no such repository or file`, 'check the name');
  if (status === 401 || status === 403) {
    const mend = 'check the name; for one that asks for an account, accept its terms there and set HF_TOKEN';
    throw new HubFailure('not-allowed', `${host} has no such repository, or wants to know who asks`, mend);
  }
  const kind = status === 429 || status >= 500 ? 'no-network' : 'malformed';
  throw new HubFailure(kind, `${host} answered ${status}${said === '' ? '' : `: ${said}`}`, 'run it again later');
}

function codeOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}
