// `joule-ls meter serve`: a page of this machine's counters, for loopback or a Unix socket only. Who wants it from elsewhere brings a
// tunnel. Knows HTTP; the page is counter-page.ts.

import { chmodSync, statSync, unlinkSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { defaultRoots } from '../../native-bindings/roots.ts';
import { systemClock } from '../base/clock.ts';
import { serverVersion } from '../base/program-files.ts';
import { type CounterPage, createCounterPage } from '../energy/counter-page.ts';
import { createSourceSet, type SourceSet } from '../energy/source-set.ts';
import { createLog, logOptionsFrom } from './log.ts';

export type ServePlace = { readonly port: number | undefined } | { readonly socket: string };

const defaultPort = 9432;
const mostConnections = 32;
const requestMilliseconds = 5000;
/** After this long without a question the cards may sleep. */
const restMilliseconds = 10_000;

/** Serves until SIGINT, SIGTERM or SIGHUP. @returns 0 then, 1 when it can't listen. */
export async function serveCounters(place: ServePlace): Promise<number> {
  const log = createLog(logOptionsFrom(process.env));
  const set = createSourceSet({ roots: defaultRoots(process.env), clock: systemClock, log });
  const rest = createRest(set);
  const page = createCounterPage(set, systemClock, serverVersion);
  const server = createCounterServer({
    async text() {
      rest.putOff();
      return page.text();
    },
  });
  try {
    const where = await listen(server, place);
    const told = new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    });
    process.stderr.write(`joule-ls: counters of this machine at ${where}\n`);
    await told;
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    process.stderr.write(`joule-ls: it can not listen: ${code === 'EADDRINUSE' ? 'the place is taken' : message}\n`);
    return 1;
  } finally {
    rest.stop();
    server.close();
    server.closeAllConnections();
    await set.close();
  }
}

/** GET /metrics and nothing else, for names of this machine only, so that no web page can ask through a browser. */
export function createCounterServer(page: CounterPage): Server {
  const server = createServer({ headersTimeout: requestMilliseconds, requestTimeout: requestMilliseconds });
  server.keepAliveTimeout = 1000;
  server.maxConnections = mostConnections;
  server.maxHeadersCount = 100;
  server.on('request', (request, response) => {
    answer(page, request, response).catch(() => response.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

async function answer(page: CounterPage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const end = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
    const allow = status === 405 ? { Allow: 'GET' } : {};
    response.writeHead(status, { 'Content-Type': type, ...allow }).end(text);
  };
  if (!isForThisMachine(request)) return end(403, 'only for this machine\n');
  if (request.method !== 'GET') return end(405, 'only GET\n');
  if (request.url !== '/metrics') return end(404, 'the counters are at /metrics\n');
  end(200, await page.text(), 'text/plain; version=0.0.4; charset=utf-8');
}

/** Over a Unix socket there is no address, and file permissions have said who may. */
function isForThisMachine({ socket, headers }: IncomingMessage): boolean {
  if (socket.remoteAddress === undefined) return true;
  const name = (headers.host ?? '').replace(/:\d+$/, '');
  const isNear = /^(::ffff:)?127\.|^::1$/.test(socket.remoteAddress);
  return isNear && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(name);
}

async function listen(server: Server, place: ServePlace): Promise<string> {
  if ('socket' in place) await removeDeadSocket(place.socket);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    if ('socket' in place) server.listen(place.socket, resolve);
    else server.listen(place.port ?? defaultPort, '127.0.0.1', resolve);
  });
  if ('socket' in place) {
    chmodSync(place.socket, 0o600);
    return `unix:${place.socket}`;
  }
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : ''}/metrics`;
}

/** What a server that was killed left behind; one that still answers, or any other file, stays. */
async function removeDeadSocket(path: string): Promise<void> {
  try {
    if (!statSync(path).isSocket()) return;
  } catch {
    return;
  }
  const isAlive = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
  if (!isAlive) unlinkSync(path);
}

function createRest(set: SourceSet): { putOff(): void; stop(): void } {
  let wait = new AbortController();
  return {
    putOff() {
      wait.abort();
      wait = new AbortController();
      systemClock.sleep(restMilliseconds, wait.signal).then(
        () => set.rest(),
        () => undefined,
      );
    },
    stop: () => wait.abort(),
  };
}
