// The benchmark table: the built server beside a floor, in the same minute.
//
//   npx tsx test/bench/run.ts [--json FILE] [--runs N] [--only NAME]… [--server FILE]
//
// Progress goes to stderr, the table to stdout. Exit code 0 when everything could be measured, met or not: a busy machine is
// no failure. `--server` measures another build; `--runs` changes how often each benchmark repeats itself.

import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addedTime } from './added-time.ts';
import { cancel } from './cancel.ts';
import { codeActions } from './code-actions.ts';
import { buildFloor } from './floor.ts';
import { idleMemory } from './idle-memory.ts';
import { initialize } from './initialize.ts';
import { meteringCost } from './metering-cost.ts';
import type { Benchmark, Row } from './row.ts';
import { wireConformance } from './wire-conformance.ts';

const benchmarks: readonly Benchmark[] = [
  initialize,
  idleMemory,
  wireConformance,
  codeActions,
  addedTime,
  cancel,
  meteringCost,
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const builtHere = resolve(root, 'dist/main.js');
const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    runs: { type: 'string' },
    only: { type: 'string', multiple: true },
    server: { type: 'string', default: builtHere },
  },
});
process.exitCode = await main();

async function main(): Promise<number> {
  const wanted = benchmarks.filter(({ name }) => values.only?.includes(name) ?? true);
  if (wanted.length === 0 || !existsSync(values.server)) {
    const names = benchmarks.map(({ name, what }) => `  ${name}: ${what}`).join('\n');
    process.stderr.write(
      wanted.length === 0 ? `--only takes:\n${names}\n` : `${values.server} is not built: npm run build\n`,
    );
    return 2;
  }
  const floor = await buildFloor();
  const started = { at: new Date(), commit: values.server === builtHere ? commit() : 'of another build' };
  const rows: Row[] = [];
  let broken = 0;
  try {
    for (const { name, run } of wanted) {
      const say = (progress: string): void => void process.stderr.write(`${name}: ${progress}\n`);
      try {
        rows.push(
          ...(await run({
            server: [process.execPath, values.server, '--stdio'],
            floor: [process.execPath, floor.file, '--stdio'],
            runs: values.runs === undefined ? undefined : Number(values.runs),
            say,
          })),
        );
      } catch (error) {
        broken++;
        const why = error instanceof Error ? error.message : String(error);
        rows.push({ name, aim: '', got: `not measured: ${why}`, met: undefined, figures: {} });
      }
    }
  } finally {
    floor.remove();
  }
  process.stdout.write(table(rows));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(record(started, rows), null, 2)}\n`);
  return broken === 0 ? 0 : 1;
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ name, aim, got, met }) => [name, aim, got, met === undefined ? '–' : met ? 'yes' : 'no']);
  return [['what', 'aim', 'got', 'met'], ['-', '-', '-', '-'], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('');
}

function record(started: { at: Date; commit: string }, rows: readonly Row[]): object {
  return {
    started: started.at.toISOString(),
    minutes: (Date.now() - started.at.getTime()) / 60_000,
    command: `npx tsx test/bench/run.ts ${process.argv.slice(2).join(' ')}`.trim(),
    server: relative(root, values.server),
    commit: started.commit,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cores: availableParallelism(),
    processor: cpus()[0]?.model,
    loadAverageAtTheEnd: loadavg(),
    rows,
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
