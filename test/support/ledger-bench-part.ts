// One part of the ledger's benchmark in a process of its own: `part.mjs read|parse|summarise|receipts DIRECTORY`. Says what it took as JSON.

import { join } from 'node:path';
import { visitLines } from '../../server/ledger/file-lines.ts';
import { ledgerFiles } from '../../server/ledger/history.ts';
import { eachReceipt } from '../../server/ledger/read-history.ts';
import { summariseHistory } from '../../server/ledger/summarise.ts';

const [part = '', directory = ''] = process.argv.slice(2);

async function lines(visit: (bytes: Buffer, start: number, end: number) => void): Promise<void> {
  for (const file of await ledgerFiles(directory))
    await visitLines(join(directory, file), { line: ({ bytes, start, end }) => visit(bytes, start, end) });
}

const work: Readonly<Record<string, () => Promise<number>>> = {
  async read() {
    let count = 0;
    await lines(() => count++);
    return count;
  },
  async parse() {
    let count = 0;
    await lines((bytes, start, end) => {
      count += JSON.parse(bytes.toString('utf8', start, end)).schema;
    });
    return count;
  },
  summarise: async () => (await summariseHistory({ directory })).events,
  async receipts() {
    let count = 0;
    await eachReceipt({ directory }, ({ calls }) => {
      count += calls.length + 1;
    });
    return count;
  },
};

const start = performance.now();
const events = await work[part]?.();
const seconds = (performance.now() - start) / 1000;
const { user, system } = process.cpuUsage();
process.stdout.write(
  JSON.stringify({
    seconds,
    cpuSeconds: (user + system) / 1e6,
    megabytes: process.resourceUsage().maxRSS / 1000,
    events,
  }),
);
