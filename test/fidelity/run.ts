// The fidelity table: every task in every dressing through the real server, applied as an editor does, tested.
//
//   npx tsx test/fidelity/run.ts [--data DIR] [--languages python,js] [--actions implement,fix,document]
//       [--set known|blind|both] [--seed N] [--limit N] [--combinations N] [--only TEXT] [--built] [--json FILE] [--failures N]
//
// DIR holds humanevalpack/*.jsonl; without --data it comes from JOULE_LS_DATA, and without that only the own cases are played.
// `--limit` takes so many tasks per language, spread over the data set. `--built` spawns dist/main.js instead of
// running the source in this process.
// Ends with 1 below 100 %, 2 when nothing could be played.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import { type Language, languages } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import type { FidelityAction } from './answer.ts';
import type { DressingSet } from './dressings.ts';
import { createDriver } from './drive.ts';
import { ownCases } from './own-cases.ts';
import { type Outcome, type ScoreOptions, score } from './score.ts';
import { fidelityTable, passedOf, share } from './table.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    languages: { type: 'string', default: languages.join(',') },
    actions: { type: 'string', default: 'implement,fix,document' },
    set: { type: 'string', default: 'both' },
    seed: { type: 'string', default: '1' },
    limit: { type: 'string' },
    combinations: { type: 'string', default: '3' },
    only: { type: 'string' },
    built: { type: 'boolean', default: false },
    json: { type: 'string' },
    failures: { type: 'string', default: '60' },
  },
});

const options: ScoreOptions = {
  actions: values.actions.split(',') as FidelityAction[],
  sets: values.set === 'both' ? ['known', 'blind'] : [values.set as DressingSet],
  seed: values.seed,
  combinations: Number(values.combinations),
  ...(values.only === undefined ? {} : { only: values.only }),
};
const startedAt = new Date().toISOString();
const commit = git('rev-parse', 'HEAD');
/** Product files that were not as in the commit. */
const uncommitted = git('status', '--porcelain', 'server', 'native-bindings').split('\n').filter(Boolean);
const wanted = values.languages.split(',') as Language[];
const sources = chooseSources();
if (sources.length === 0) process.exitCode = 2;
else await play();

function chooseSources(): Source[] {
  const folder = dataSetFolder(values.data ?? process.env.JOULE_LS_DATA);
  if (folder === undefined) {
    console.log(
      'SKIPPED: the data set, because neither --data nor JOULE_LS_DATA names a folder with it; own cases only',
    );
    return ownCases.filter((source) => wanted.includes(source.language));
  }
  return wanted.flatMap((language) => {
    const all = [
      ...(readSources(folder, language) ?? []),
      ...ownCases.filter((source) => source.language === language),
    ];
    const limit = values.limit === undefined ? all.length : Math.min(all.length, Number(values.limit));
    return Array.from({ length: limit }, (_, index) => all[Math.floor((index * all.length) / limit)]).filter(
      (source) => source !== undefined,
    );
  });
}

async function play(): Promise<void> {
  const started = process.hrtime.bigint();
  const drivers = await Promise.all([createDriver({ built: values.built }), createDriver({ built: values.built })]);
  const outcomes = await score(sources, drivers, options, showProgress);
  await Promise.all(drivers.map((driver) => driver.close()));
  process.stderr.write('\n');
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  for (const set of options.sets) {
    const own = outcomes.filter((outcome) => outcome.set === set);
    console.log(`\n${set} dressings: ${share(own)}\n\n${fidelityTable(own)}`);
  }
  const failures = outcomes.filter((outcome) => outcome.failure !== undefined);
  listFailures(failures);
  console.log(`\n${sources.length} tasks, ${outcomes.length} trials, ${share(outcomes)}, ${seconds.toFixed(0)} s`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify(report(outcomes, seconds), undefined, 1)}\n`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}

function listFailures(failures: readonly Outcome[]): void {
  if (failures.length > 0) console.log(`\nfailures: ${failures.length}`);
  for (const outcome of failures.slice(0, Number(values.failures))) {
    console.log(`- ${outcome.id} ${outcome.action} · ${outcome.set} · ${outcome.label} · seed ${outcome.seed}`);
    console.log(`  ${outcome.names.join(' + ')}`);
    console.log(`  ${(outcome.failure ?? '').slice(0, 600)}`);
  }
  if (failures.length > Number(values.failures))
    console.log(`… and ${failures.length - Number(values.failures)} more (--failures N)`);
}

/** What is kept of a run: counts per row, and of each row that is not full its first failure. The seed gives the rest again. */
function report(outcomes: readonly Outcome[], seconds: number): object {
  const rows = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = `${outcome.set} · ${outcome.label.replace(/ #\d+$/, '')} · ${outcome.language} ${outcome.action}`;
    rows.set(key, [...(rows.get(key) ?? []), outcome]);
  }
  const firstFailures = [...rows.values()]
    .map((row) => row.find((outcome) => outcome.failure !== undefined))
    .filter((outcome) => outcome !== undefined)
    .map(({ id, action, set, label, names, seed, failure }) => ({
      trial: `${id} ${action} · ${set} · ${label} · seed ${seed}`,
      names: names.join(' + '),
      failure: failure?.slice(0, 300),
    }));
  return {
    date: startedAt,
    commit,
    uncommitted,
    seed: options.seed,
    combinations: options.combinations,
    languages: wanted,
    actions: options.actions,
    tasks: sources.length,
    trials: outcomes.length,
    passed: outcomes.filter((outcome) => outcome.failure === undefined).length,
    seconds: Math.round(seconds),
    sets: Object.fromEntries(
      options.sets.map((set) => [set, share(outcomes.filter((outcome) => outcome.set === set))]),
    ),
    rows: Object.fromEntries([...rows].map(([key, row]) => [key, passedOf(row)])),
    firstFailures,
  };
}

function git(...gitArguments: string[]): string {
  try {
    return execFileSync('git', gitArguments, { encoding: 'utf8', cwd: new URL('../../', import.meta.url) }).trimEnd();
  } catch {
    return 'unknown';
  }
}

function showProgress(done: number, all: number, failed: number): void {
  if (done % 10 !== 0 && done !== all) return;
  const width = 30;
  const filled = Math.round((width * done) / all);
  process.stderr.write(`\r[${'#'.repeat(filled)}${' '.repeat(width - filled)}] ${done}/${all}, ${failed} failed `);
}
