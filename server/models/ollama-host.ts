// Where Ollama is: OLLAMA_HOST in every form that Ollama itself accepts, as a base URL, and whether code may go there.
// Opens nothing; a name is not looked up.

import { EngineFailure } from './engine.ts';

export interface OllamaAddress {
  /** `http://127.0.0.1:11434`, with path, without trailing slash. */
  readonly baseUrl: string;
  /** As in the URL, without brackets: `127.0.0.1`, `::1`, `localhost`. */
  readonly hostname: string;
  readonly port: number;
  readonly isLoopback: boolean;
}

export interface AddressSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The owner's setting; OLLAMA_HOST comes first. */
  readonly host?: string | undefined;
  readonly allowRemote: boolean;
}

const configFile = '$XDG_CONFIG_HOME/joule-ls/config.json';

/**
 * The address to talk to. A server's "everywhere" (0.0.0.0, ::) becomes loopback, as a client can't connect to everywhere.
 * @throws EngineFailure `malformed` for what no client could use, `refused` for another machine without the owner's consent.
 */
export function resolveOllamaAddress(settings: AddressSettings): OllamaAddress {
  const fromEnv = settings.env.OLLAMA_HOST?.trim();
  const name = fromEnv ? 'OLLAMA_HOST' : 'ollama.host';
  const address = parseOllamaHost(fromEnv || (settings.host ?? ''), name);
  if (!address.isLoopback && !settings.allowRemote) {
    throw new EngineFailure(
      'refused',
      `${name} points at ${address.hostname}, which is not this machine; code is not sent there without your consent`,
      `set "allowRemote": true in ${configFile}, or point ${name} at 127.0.0.1`,
    );
  }
  return address;
}

/**
 * Reads one OLLAMA_HOST value by Ollama's own rules (`Host()` in its envconfig): quotes and spaces trimmed; no scheme means
 * http on 11434; http means 80 and https 443 unless a port follows; a port that is no number gives way to the default; a bare
 * IPv6 address needs no brackets; a path stays.
 * @throws EngineFailure `malformed`
 */
export function parseOllamaHost(value: string, name = 'OLLAMA_HOST'): OllamaAddress {
  const text = value
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
  const schemeEnd = text.indexOf('://');
  const scheme = schemeEnd === -1 ? (text === 'ollama.com' ? 'https' : 'http') : text.slice(0, schemeEnd).toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') throw malformed(name, value, `"${scheme}" is not http or https`);
  const defaultPort = scheme === 'https' ? 443 : schemeEnd === -1 ? 11434 : 80;

  const rest = schemeEnd === -1 ? text : text.slice(schemeEnd + 3);
  const slash = rest.indexOf('/');
  const hostPort = slash === -1 ? rest : rest.slice(0, slash);
  const path = slash === -1 ? '' : rest.slice(slash).replace(/\/+$/, '');
  if (hostPort.includes('@'))
    throw malformed(name, value, 'a password does not belong in it, set OLLAMA_API_KEY instead');

  const { host, port } = splitHostPort(hostPort, defaultPort);
  let url: URL;
  try {
    url = new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`);
  } catch (error) {
    throw malformed(name, value, 'it is not a host', error);
  }
  if (url.search !== '' || url.hash !== '') throw malformed(name, value, 'it must end after the path');
  const hostname = toConnectable(url.hostname);
  return {
    baseUrl: `${scheme}://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}${url.pathname.replace(/\/$/, '')}`,
    hostname,
    port,
    isLoopback: isLoopbackName(hostname),
  };
}

function splitHostPort(hostPort: string, defaultPort: number): { host: string; port: number } {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):([^:]*)$/.exec(hostPort);
  if (match === null) {
    const host = hostPort.replace(/^\[|\]$/g, '');
    return { host: host === '' ? '127.0.0.1' : host, port: defaultPort };
  }
  const host = match[1] ?? match[2] ?? '';
  const digits = match[3] ?? '';
  const port = /^\d+$/.test(digits) && Number(digits) <= 65_535 ? Number(digits) : defaultPort;
  return { host: host === '' ? '127.0.0.1' : host, port };
}

/** A URL's host name as one that can be connected to; the URL parser has normalised odd spellings (`0`, `127.1`, `::0`) by now. */
export function toConnectable(urlHostname: string): string {
  const hostname = urlHostname.replace(/^\[|\]$/g, '');
  if (hostname === '0.0.0.0') return '127.0.0.1';
  return hostname === '::' ? '::1' : hostname;
}

/** Whether a host name, without brackets, is this machine's own by its spelling. */
export function isLoopbackName(hostname: string): boolean {
  // ::ffff:7f00:0/104 is 127.0.0.0/8 as the URL parser spells it inside IPv6.
  return (
    hostname === 'localhost' ||
    hostname === '::1' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname) ||
    /^::ffff:7f[0-9a-f]{2}:/.test(hostname)
  );
}

function malformed(name: string, value: string, why: string, cause?: unknown): EngineFailure {
  const shown = value.replace(/\/\/[^@/]*@/, '//…@').slice(0, 100);
  return new EngineFailure('malformed', `${name} is "${shown}": ${why}`, `${name}=127.0.0.1:11434`, cause);
}
