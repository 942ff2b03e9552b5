// The real llama-server of Debian sid's llama.cpp with joule-tiny, in a debootstrap root: found, or made where that was allowed.
// It shares the network with us and nothing else.

import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { CannotRun, eventually } from '../editors/editor.ts';
import { editorsFolder, makeRoot, needRootRights, openInside } from '../editors/root.ts';
import { tinyModelPath } from './install-engine.ts';

/** llama-server without the rest of the metapackage: 28 s and 300 MB. */
const packageNames = 'llama.cpp-tools,libggml0,procps';

export interface LlamaServer {
  readonly url: string;
  close(): Promise<void>;
}

export interface LlamaServerOptions {
  /** Whether a root may be made: network, and a minute. */
  readonly mayMake: boolean;
  readonly say: (line: string) => void;
}

/** @returns the server with `joule-tiny`, two slots of 512 tokens, ready; or why there is none. */
export async function startLlamaServer({ mayMake, say }: LlamaServerOptions): Promise<LlamaServer | string> {
  try {
    needRootRights();
    const found = ['llama', 'sid'].map((name) => join(editorsFolder(), name)).find(hasServer);
    if (found === undefined && !mayMake) {
      return `${editorsFolder()} has no root with llama-server (npx tsx test/models/contract-table.ts makes one)`;
    }
    const root = found ?? makeRoot({ name: 'llama', suite: 'sid', packages: packageNames, say });
    return await start(root);
  } catch (error) {
    if (error instanceof CannotRun) return error.message;
    throw error;
  }
}

function hasServer(root: string): boolean {
  return existsSync(join(root, 'usr/bin/llama-server'));
}

async function start(root: string): Promise<LlamaServer> {
  const inside = await openInside(root, dirname(tinyModelPath));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // One thread: with two the tiny model is ten times slower.
  const options = [
    '--alias',
    'joule-tiny',
    '--port',
    String(port),
    '--threads',
    '1',
    '--parallel',
    '2',
    '--ctx-size',
    '1024',
  ];
  const command = ['llama-server', '--model', tinyModelPath, ...options];
  const child = inside.spawn(command, { environment: { PATH: '/usr/bin:/bin', HOME: '/root' } });
  let said = '';
  let ended = false;
  child.stdout?.resume();
  child.stderr?.on('data', (chunk) => {
    said = (said + chunk).slice(-2000);
  });
  child.on('close', () => {
    ended = true;
  });
  const isReady = async (): Promise<boolean> => {
    if (ended) throw new CannotRun(`llama-server ended: ${said.trim().split('\n').at(-1)}`);
    return fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  };
  try {
    await eventually('llama-server is ready', isReady, { seconds: 20 });
  } catch (error) {
    await inside.close();
    throw error;
  }
  return { url, close: () => inside.close() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
