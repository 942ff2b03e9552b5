// `npx tsx test/lab/run.ts`: the replay laboratory as a table: joules until an answer passes, and pass rates, of fixed strategies,
// of `auto` cold and warm, and of an oracle. All figures are simulated.
//   --mix FILE …      mixes of requests (default: all in test/lab/mixes)
//   --models FILE     models and what they cost (default: test/lab/models/workstation.json; S1's mix brings its own)
//   --requests N --seeds N --processes N --json FILE

import { fork } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { MixReport } from './report.ts';
import { reportLines } from './report.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const { values } = parseArgs({
  options: {
    mix: { type: 'string', multiple: true },
    models: { type: 'string' },
    requests: { type: 'string', default: '2000' },
    seeds: { type: 'string', default: '30' },
    json: { type: 'string' },
    processes: { type: 'string', default: '2' },
  },
});
const mixes = values.mix ?? readdirSync(here('mixes')).map((name) => here(`mixes/${name}`));
const options = { requests: Number(values.requests), seeds: Number(values.seeds) };

const waiting = mixes.map((mix) => ({
  mix,
  models: values.models ?? here(basename(mix) === 's1.json' ? 'models/s1.json' : 'models/workstation.json'),
}));
const reports: MixReport[] = [];

/** One mix after the other in a process of its own, so that all cores work. */
async function lane(): Promise<void> {
  for (let order = waiting.shift(); order !== undefined; order = waiting.shift()) {
    const worker = fork(here('mix-worker.ts'), [JSON.stringify({ ...order, ...options })], {
      execArgv: ['--import', 'tsx'],
    });
    const report = await new Promise<MixReport>((resolve, reject) => {
      worker.on('message', (message: MixReport | string) => {
        if (typeof message === 'string') process.stderr.write(`${message}\n`);
        else resolve(message);
      });
      worker.on('exit', (code) => reject(new Error(`${order.mix} ended with ${code}`)));
    });
    reports.push(report);
    process.stdout.write(`${reportLines(report).join('\n')}\n\n`);
  }
}

await Promise.all(Array.from({ length: Number(values.processes) }, lane));
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ simulated: true, ...options, reports }, undefined, 1)}\n`);
