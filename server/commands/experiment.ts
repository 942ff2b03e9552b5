// `joule-ls experiment NAME`: says what it will take in time and joules, runs what is not on record yet, leaves a folder that
// `joule-ls report` opens. Knows the command line and the terminal; the experiments are in experiments/.

import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { oneLine, plainText } from '../base/escape.ts';
import { formatJoules } from '../energy/format.ts';
import { isKnown } from '../energy/joules.ts';
import { secondsText } from '../ledger/receipt-text.ts';
import { type ExperimentFolder, readHead } from '../report/experiments/folder.ts';
import { type ExperimentProgress, openExperiment, outlineOf, runExperiment } from '../report/experiments/runner.ts';
import { experiments } from './experiments/index.ts';
import { machineOf } from './experiments/machine.ts';
import { type ExperimentKind, type ExperimentOrder, orderLists, type PreparedExperiment } from './experiments/order.ts';
import { barOf, createProgressLine } from './progress-line.ts';
import { learnIdle } from './rest.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const usage = `joule-ls experiment <name> [options]

  ${Object.keys(experiments).join(', ')}
  --out FOLDER          where results go; the same command with the same folder goes on where it stopped
  --n N                 runs of each way
  --models ROLE=NAME,…  which models are compared
  --data DIR            public data sets, where the experiment needs them
  --limit N             so many exercises of each language only, spread over all
  --tasks T,…           generate, fix, document, test
  --languages L,…       python, js, go, rust
  --strategies S,…      direct, outline, split, single, auto
  --parallel N,…        requests at once: 1,2,4,8
  --weights W           quality=2,latency=1,energy=1, for rankings
  --seed N              of the order and the answers; drawn and recorded when it is not said
  --rest SECONDS        wait so long at most for idle power before each run (60); 0: don't
  --stand-in TEXT       engine or counters are not the real thing, but TEXT: figures are labelled simulated, quality is not scored
  --dry-run             say what it would take and stop
  --yes                 don't ask
  --json                the summary on stdout as JSON
`;

interface Order extends ExperimentOrder {
  readonly name: string;
  readonly restSeconds: number;
  readonly standIn: string | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

/** @returns 0 when it is finished (or was only to be told), 1 when it stopped before, 2 for a command line that makes no sense. */
export async function runExperimentCommand(args: readonly string[]): Promise<number> {
  const order = parseOrder(args);
  if (typeof order === 'string') {
    process.stderr.write(`${order}\n\n${usage}`);
    return 2;
  }
  const kind = await experiments[order.name]?.();
  if (kind === undefined) return 2;
  const bench = await openWorkbench(process.env);
  const stop = new AbortController();
  // A wait keeps no process alive by itself, and an experiment is mostly waits.
  const alive = setInterval(() => {}, 1 << 30);
  const interrupt = (): void => stop.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await conduct(kind, order, bench, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say(`interrupted; the same command with --out ${order.folder} goes on from here`);
    return 1;
  } finally {
    clearInterval(alive);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await bench.close();
  }
}

async function conduct(
  kind: ExperimentKind<unknown>,
  order: Order,
  bench: Workbench,
  signal: AbortSignal,
): Promise<number> {
  const survey = await bench.rooms.survey(bench.settings, signal);
  const machine = await machineOf(bench, survey, order.standIn);
  const present = await readHead(order.folder);
  const seed = typeof present === 'string' ? order.seed : present.seed;
  const prepared = await kind.build({ ...order, seed }, { env: process.env, bench, survey, machine });
  if (typeof prepared === 'string') return refuse(prepared);
  try {
    const { experiment } = prepared;
    const now = (): string => new Date(bench.clock.wallMilliseconds()).toISOString();
    if (order.dryRun) {
      say(outlineText(prepared, new Set()));
      return 0;
    }
    const unbuilt = await whyNoPage();
    if (unbuilt !== undefined) return refuse(unbuilt);
    const folder = await openExperiment(experiment, { path: order.folder, seed, machine, now });
    if (typeof folder === 'string') return refuse(folder);
    for (const problem of folder.problems) say(problem);
    const done = new Set(folder.records.map(({ trial }) => trial.id));
    say(outlineText(prepared, done));
    if (outlineOf(experiment, done).left > 0 && !(await agreed(order))) return refuse('not begun');
    return await finish(prepared, folder, order, bench, signal);
  } finally {
    await prepared.close();
  }
}

/** The page is made at the end of hours: whether it can be is looked at before. */
async function whyNoPage(): Promise<string | undefined> {
  const { renderPage } = await import('../report/page/render.ts');
  try {
    renderPage({ title: '', facts: [], sections: [] });
    return undefined;
  } catch (error) {
    return `the page's parts are missing (${error instanceof Error ? error.message : String(error)}): npm run build`;
  }
}

async function finish(
  { experiment }: PreparedExperiment<unknown>,
  folder: ExperimentFolder<unknown>,
  order: Order,
  bench: Workbench,
  signal: AbortSignal,
): Promise<number> {
  const line = createProgressLine(process.stderr);
  const { sources } = await bench.meter.inventory();
  const { rest } = await learnIdle({ sources, clock: bench.clock, mostSeconds: order.restSeconds }, signal);
  const end = await runExperiment(experiment, folder, {
    now: () => new Date(bench.clock.wallMilliseconds()).toISOString(),
    rest,
    onProgress: (progress) => line.show(progressText(progress)),
    signal,
  }).finally(() => line.end());
  if (end.kind === 'refused') return refuse(end.why);
  if (end.kind === 'stopped') {
    say(`stopped after ${end.done} of ${end.count}: ${end.why}`);
    say(`the same command with --out ${order.folder} goes on from here`);
    return 1;
  }
  process.stdout.write(order.json ? `${JSON.stringify(end.report.summary, undefined, 2)}\n` : `${end.report.text}\n`);
  say(`raw results and page.html are in ${order.folder}; joule-ls report ${order.folder} shows them again`);
  return 0;
}

function progressText({ done, count, trial, stage }: ExperimentProgress): string {
  return `${barOf(count === 0 ? 1 : done / count)} ${done} of ${count} · ${stage}${trial === undefined ? '' : ` · ${oneLine(trial.id, 60)}`}`;
}

function outlineText({ experiment }: PreparedExperiment<unknown>, done: ReadonlySet<string>): string {
  const { count, left, seconds, joules } = outlineOf(experiment, done);
  const time = seconds === undefined ? 'how long is not known yet' : `about ${secondsText(seconds)} without resting`;
  const energy = isKnown(joules) ? `about ${formatJoules(joules)}` : `joules not known: ${joules.why}`;
  const runs = left === count ? `${count} runs` : `${left} of ${count} runs are left`;
  return `${experiment.title}: ${runs}, ${time}, ${energy}`;
}

/** Asks on a terminal; elsewhere nobody can answer, and `--yes` has to be said. */
async function agreed({ yes }: Order): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    say('say --yes to begin, or --dry-run to see only this');
    return false;
  }
  const { createInterface } = await import('node:readline/promises');
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await dialogue.question('begin? [y/N] ').finally(() => dialogue.close());
  return /^y(es)?$/i.test(answer.trim());
}

function say(text: string): void {
  process.stderr.write(`${plainText(text)}\n`);
}

function refuse(why: string): number {
  say(`joule-ls experiment: ${why}`);
  return 1;
}

/** @returns the order, or what is wrong with the command line. */
function parseOrder(args: readonly string[]): Order | string {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { values, positionals } = parsed;
  const [name, ...others] = positionals;
  if (name === undefined || !Object.hasOwn(experiments, name) || others.length > 0)
    return name === undefined ? 'which experiment?' : `there is no experiment ${JSON.stringify(positionals.join(' '))}`;
  const numbers = { n: values.n, seed: values.seed, limit: values.limit, rest: values.rest };
  for (const [flag, text] of Object.entries(numbers))
    if (text !== undefined && !/^\d{1,9}$/.test(text))
      return `--${flag} takes a whole number, not ${JSON.stringify(text)}`;
  const numberOf = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  if (values.n === '0' || values.limit === '0') return '--n and --limit begin at 1';
  const models = modelsFrom(values.models ?? '');
  if (typeof models === 'string') return models;
  return {
    name,
    n: numberOf(values.n),
    seed: numberOf(values.seed) ?? randomInt(2 ** 31),
    limit: numberOf(values.limit),
    restSeconds: numberOf(values.rest) ?? 60,
    models,
    data: values.data,
    weights: values.weights,
    lists: Object.fromEntries(
      orderLists.flatMap((list) => (values[list] === undefined ? [] : [[list, wordsOf(values[list])]])),
    ),
    standIn: values['stand-in'],
    folder: resolve(values.out ?? `joule-experiment-${name}`),
    dryRun: values['dry-run'] === true,
    yes: values.yes === true,
    json: values.json === true,
  };
}

function wordsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function modelsFrom(text: string): Record<string, string> | string {
  const models: Record<string, string> = {};
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [, role, name] = /^\s*([a-z][a-z0-9-]*)=(\S+)\s*$/.exec(part) ?? [];
    if (role === undefined || name === undefined) return `--models takes ROLE=NAME, not ${JSON.stringify(part)}`;
    models[role] = name;
  }
  return models;
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      n: { type: 'string' },
      models: { type: 'string' },
      data: { type: 'string' },
      limit: { type: 'string' },
      weights: { type: 'string' },
      tasks: { type: 'string' },
      languages: { type: 'string' },
      strategies: { type: 'string' },
      parallel: { type: 'string' },
      seed: { type: 'string' },
      rest: { type: 'string' },
      'stand-in': { type: 'string' },
      'dry-run': { type: 'boolean' },
      yes: { type: 'boolean' },
      json: { type: 'boolean' },
    },
  });
}
