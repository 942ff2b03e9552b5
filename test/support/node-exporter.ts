// Debian's prometheus-node-exporter on a tree that the test lays out: another program's reading of the same counters.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

export interface NodeExporter {
  readonly url: string;
  close(): Promise<void>;
}

/** Undefined, and said aloud, where it is not installed. @param sys what it takes for /sys. */
export async function startNodeExporter(sys: string): Promise<NodeExporter | undefined> {
  const port = await freePort();
  const child = spawn(
    'prometheus-node-exporter',
    [
      `--path.sysfs=${sys}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--collector.disable-defaults',
      '--collector.rapl',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (!(await listens(child))) {
    console.log('SKIPPED: node_exporter on the same tree, because prometheus-node-exporter is not installed');
    return undefined;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    },
  };
}

async function listens(child: ChildProcess): Promise<boolean> {
  const started = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(false));
    if (child.stderr === null) return resolve(false);
    createInterface(child.stderr).on('line', (line) => {
      if (/Listening on|TLS is disabled/.test(line)) resolve(true);
    });
  });
  return started;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
