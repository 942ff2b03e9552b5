// What a ledger of a million events costs to fold and summarise: time and memory, beside reading the same bytes and JSON.parse alone, each in a
// process of its own, in turns in the same minute. The events are made up, in the form that our writers give them: nine of ten
// answers are completions, the others jobs of three calls.
//
//   npx tsx test/bench/ledger.ts [--events 1000000] [--rounds 3] [--json FILE]

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { createProgressLine } from '../../server/commands/progress-line.ts';
import { writeSampleLedger } from '../support/sample-ledger.ts';
import { summarise } from './statistics.ts';

const parts = ['read', 'parse', 'summarise', 'receipts'] as const;
type Part = (typeof parts)[number];

interface Measured {
  readonly seconds: number;
  /** User and system time of the process, starting included: what a busy machine does not stretch as much. */
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly events: number;
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const progress = createProgressLine(process.stderr);
const folder = mkdtempSync(join(tmpdir(), 'joule-ledger-bench-'));
try {
  const directory = join(folder, 'ledger');
  progress.show(`writing ${values.events} events`);
  const bytes = writeSampleLedger(directory, Number(values.events));
  const program = join(folder, 'part.mjs');
  const entryPoints = [fileURLToPath(new URL('../support/ledger-bench-part.ts', import.meta.url))];
  await build({ entryPoints, bundle: true, platform: 'node', format: 'esm', outfile: program, logLevel: 'warning' });
  const load = loadavg()[0];
  const samples = new Map<Part, Measured[]>(parts.map((part) => [part, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const part of parts) {
      progress.show(`round ${round + 1} of ${values.rounds}: ${part}`);
      const said = execFileSync(process.execPath, [program, part, directory], { encoding: 'utf8' });
      samples.get(part)?.push(JSON.parse(said));
    }
  }
  progress.end();
  const rows = [...samples].map(([part, measured]) => ({
    part,
    seconds: summarise(measured.map(({ seconds }) => seconds)),
    cpuSeconds: summarise(measured.map(({ cpuSeconds }) => cpuSeconds)),
    megabytes: summarise(measured.map(({ megabytes }) => megabytes)),
    events: measured[0]?.events,
  }));
  const median = (part: Part): number => rows.find((row) => row.part === part)?.seconds.median ?? Number.NaN;
  for (const { part, seconds, cpuSeconds, megabytes, events } of rows) {
    const [time, memory] = [
      `${seconds.median.toFixed(2)} ± ${seconds.spread.toFixed(2)} s (CPU ${cpuSeconds.median.toFixed(2)} s)`,
      megabytes.maximum.toFixed(0),
    ];
    console.log(`${part.padEnd(10)} ${time}, at most ${memory} MB resident, ${events} events`);
  }
  const ratio = median('summarise') / median('parse');
  console.log(
    `${(bytes / 1e6).toFixed(0)} MB; summarise ÷ parse: ${ratio.toFixed(2)}; load ${load?.toFixed(1)} to ${loadavg()[0]?.toFixed(1)}`,
  );
  if (values.json !== undefined) {
    const machine = { node: process.version, cores: availableParallelism(), processor: cpus()[0]?.model };
    const command = `npx tsx test/bench/ledger.ts ${process.argv.slice(2).join(' ')}`.trim();
    const record = {
      at: new Date().toISOString(),
      load,
      loadAverageAtTheEnd: loadavg(),
      command,
      ...machine,
      bytes,
      ratio,
      rows,
    };
    writeFileSync(values.json, `${JSON.stringify(record, undefined, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
