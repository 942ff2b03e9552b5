// A Hugging Face hub on loopback: lists a repository as its API does, sends whoever asks for a file to another host (the CDN), which knows
// Range, and misbehaves on request. https://huggingface.co/docs/hub/api and what its `resolve` addresses answer.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeHub {
  readonly url: string;
  /** Each request: which host, path, its Range and whether it brought a token. */
  readonly requests: {
    readonly host: 'hub' | 'cdn';
    readonly path: string;
    readonly range?: string;
    readonly token: boolean;
  }[];
  behave(how: HubBehaviour): void;
  close(): Promise<void>;
}

export interface HubBehaviour {
  /** The CDN breaks the connection after so many bytes of each answer. */
  readonly cutAfterBytes?: number;
  /** Only so many answers are cut; default: all. */
  readonly cuts?: number;
  /** The bytes are others than those that were listed. */
  readonly tampering?: boolean;
  /** The CDN ignores Range. */
  readonly noRanges?: boolean;
  /** The API itself sends whoever asks elsewhere. */
  readonly apiLeaves?: boolean;
}

/** @param files path to content, in `acme/tiny-GGUF`. A string is a small file that is no LFS object. */
export async function startFakeHub(files: Readonly<Record<string, Buffer | string>>): Promise<FakeHub> {
  const requests: FakeHub['requests'] = [];
  let how: HubBehaviour = {};
  let cutsLeft = Number.POSITIVE_INFINITY;
  const note = (host: 'hub' | 'cdn', { url, headers }: IncomingMessage): string => {
    const path = decodeURIComponent(url ?? '');
    const { range, authorization } = headers;
    requests.push({ host, path, token: authorization !== undefined, ...(range === undefined ? {} : { range }) });
    return path;
  };
  const hub = await listening((request, response) => {
    const path = note('hub', request);
    if (path.startsWith('/api/') && how.apiLeaves) return redirect(response, `${address(cdn)}${path}`);
    if (path === '/api/models/acme/tiny-GGUF/tree/main?recursive=true') return json(response, 200, listing(files));
    const file = /^\/acme\/tiny-GGUF\/resolve\/main\/(.+)$/.exec(path)?.[1];
    if (file !== undefined && files[file] !== undefined) {
      return redirect(response, `${address(cdn)}/blobs/${encodeURIComponent(file)}?Signature=x`);
    }
    if (path.startsWith('/api/models/acme/') || file !== undefined)
      return json(response, 404, { error: 'Entry not found' });
    json(response, 401, { error: 'Invalid username or password.' });
  });
  const cdn: Server = await listening((request, response) => {
    const path = note('cdn', request);
    if (path.startsWith('/api/')) return json(response, 200, listing(files));
    const content = Buffer.from(files[/^\/blobs\/(.+)\?/.exec(path)?.[1] ?? ''] ?? '');
    const wrong = Buffer.from(content);
    if (how.tampering) wrong.writeUInt8(wrong.readUInt8(wrong.length - 1) ^ 1, wrong.length - 1);
    serve(response, wrong, how.noRanges ? undefined : request.headers.range);
  });

  function serve(response: ServerResponse, content: Buffer, range: string | undefined): void {
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (from >= content.length) {
      response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
      return;
    }
    const rest = content.subarray(from);
    const partial = { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` };
    response.writeHead(range === undefined ? 200 : 206, {
      'content-length': rest.length,
      'accept-ranges': 'bytes',
      ...(range === undefined ? {} : partial),
    });
    if (how.cutAfterBytes === undefined || how.cutAfterBytes >= rest.length || cutsLeft-- <= 0)
      return void response.end(rest);
    response.write(rest.subarray(0, how.cutAfterBytes), () => response.destroy());
  }

  return {
    url: address(hub),
    requests,
    behave(next) {
      how = next;
      cutsLeft = next.cuts ?? Number.POSITIVE_INFINITY;
    },
    async close() {
      for (const server of [hub, cdn]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function listing(files: Readonly<Record<string, Buffer | string>>): object[] {
  return Object.entries(files).map(([path, content]) => {
    const bytes = Buffer.from(content);
    const plain = { type: 'file', oid: createHash('sha1').update(bytes).digest('hex'), size: bytes.length, path };
    if (typeof content === 'string') return plain;
    return {
      ...plain,
      lfs: { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, pointerSize: 132 },
    };
  });
}

const address = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { location }).end();
}

async function listening(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
