// Where an OpenAI-compatible engine is and whether code may go there, from its entry in the owner's settings. Opens nothing.

import type { NamedEngine } from '../settings.ts';
import { EngineFailure } from './engine.ts';
import type { OwnerEntry } from './locality.ts';
import { isLoopbackName, toConnectable } from './ollama-host.ts';

export interface OpenaiAddress {
  /** `http://127.0.0.1:8080/gateway`: without `/v1`, without a trailing slash. */
  readonly baseUrl: string;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly isLoopback: boolean;
}

/**
 * The address of an entry. People write it with and without the `/v1` of the API; both mean the same.
 * @throws EngineFailure `refused` for another machine without the entry's consent.
 */
export function openaiAddress({ id, url: written, allowRemote }: NamedEngine): OpenaiAddress {
  const url = new URL(written);
  const hostname = toConnectable(url.hostname);
  const isLoopback = isLoopbackName(hostname);
  if (!isLoopback && !allowRemote) {
    throw new EngineFailure(
      'refused',
      `engine ${id} is at ${hostname}, which is not this machine; code is not sent there without your consent`,
      `set "allowRemote": true in the entry of ${id} under "engines" in $XDG_CONFIG_HOME/joule-ls/config.json`,
    );
  }
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  return { baseUrl: `${url.protocol}//${host}:${port}${path}`, hostname, port, isLoopback };
}

/** The key that goes with each request. It is in no message and in no log. @throws EngineFailure `refused` when it can't be had. */
export function openaiKey(
  { id, key, keyFromEnvironment: name }: NamedEngine,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const value = (name === undefined ? key : env[name])?.trim();
  if (name !== undefined && !value) {
    throw new EngineFailure('refused', `the key of engine ${id} is not there: ${name} is not set`, `set ${name}`);
  }
  if (value !== undefined && !/^[\x21-\x7e]+$/.test(value)) {
    throw new EngineFailure('refused', `the key of engine ${id} has characters that no header can carry`);
  }
  return value;
}

/** How messages point at the entry. */
export function entryOf(id: string): OwnerEntry {
  return { name: id, write: (words) => `${words} in the entry of ${id} under "engines"` };
}
