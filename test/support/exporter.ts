// An exporter on loopback or a Unix socket: what it answers is the test's to say, also when that is nothing, too much or nonsense.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Exporter {
  /** Without a path; empty on a Unix socket. */
  readonly url: string;
  /** Requests so far, as `GET /metrics`. */
  readonly requests: readonly string[];
  /** Requests that have arrived and not been answered to the end. */
  readonly hanging: number;
  readonly headers: readonly IncomingMessage['headers'][];
  /** From now on: a page, or the whole answer by hand. */
  answer(how: string | ((request: IncomingMessage, response: ServerResponse) => void)): void;
  close(): Promise<void>;
}

/** @param socket path of a Unix socket instead of a port of loopback. */
export async function startExporter(first: Parameters<Exporter['answer']>[0], socket?: string): Promise<Exporter> {
  let how = first;
  let hanging = 0;
  const requests: string[] = [];
  const headers: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    hanging += 1;
    response.on('close', () => {
      hanging -= 1;
    });
    requests.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    if (typeof how === 'function') how(request, response);
    else response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(how);
  });
  await new Promise<void>((resolve) => {
    if (socket === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(socket, resolve);
  });
  return {
    url: socket === undefined ? `http://127.0.0.1:${(server.address() as AddressInfo).port}` : '',
    requests,
    get hanging() {
      return hanging;
    },
    headers,
    answer: (next) => {
      how = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
