// `npm run test:editors`: drives real editors against the real server and writes the table editors × behaviours.
//   npm run test:editors                        all editors, all behaviours
//   npm run test:editors -- neovim helix        these editors; the others keep their columns
//   npm run test:editors -- neovim --only=fix   one behaviour; the other rows keep what they showed
//   npm run test:editors -- vscode --only= --page   the page alone
//   npm run test:editors -- --check --seconds=300   writes nothing; so many seconds for each editor (CI)
//   JOULE_LS_EDITORS=DIR                        where the Debian root and npm packages lie; default build/editors

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BehaviourId, behaviours } from './behaviours.ts';
import { CannotRun, type EditorContext, type EditorDriver, type Outcome } from './editor.ts';
import { type Column, earlierColumns, isSameEditor, tableText, withScreen } from './table.ts';
import { type Frozen, freezeServer, openWorld } from './world.ts';

/** Modules of this folder, in the order of the columns. */
const drivers = ['neovim', 'helix', 'emacs', 'vscode', 'older'] as const;

const secondsPerBehaviour = 90;
const secondsPerEditor = 900;
const secondsPerPage = 300;
const clients = fileURLToPath(new URL('../../clients', import.meta.url));
const tablePath = join(clients, 'TABLE.md');

/** A driver's module exports it, or a list of several, under its file's name. */
async function load(name: string): Promise<EditorDriver | readonly EditorDriver[] | undefined> {
  const path = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  if (!existsSync(path)) return undefined;
  const module = (await import(path)) as Record<string, EditorDriver | readonly EditorDriver[]>;
  return module[name];
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(args: readonly string[]): Promise<number> {
  const only = args
    .find((arg) => arg.startsWith('--only='))
    ?.slice('--only='.length)
    .split(',');
  const withPage = only === undefined || args.includes('--page');
  const isCheck = args.includes('--check');
  const seconds = Number(
    args.find((arg) => arg.startsWith('--seconds='))?.slice('--seconds='.length) ?? secondsPerEditor,
  );
  const wanted = args.filter((arg) => !arg.startsWith('--'));
  const asked = behaviours.filter(({ id }) => only === undefined || only.includes(id)).map(({ id }) => id);
  const folder = mkdtempSync(join(tmpdir(), 'joule-editors-'));
  const columns: Column[] = [];
  try {
    const frozen = await freezeServer(folder, say);
    for (const name of drivers) {
      if (wanted.length > 0 && !wanted.includes(name)) continue;
      const loaded = await load(name);
      if (loaded === undefined) say(`SKIPPED: ${name} because test/editors/${name}.ts is not there`);
      for (const driver of [loaded ?? []].flat())
        columns.push(await drive(driver, asked, { frozen, withPage, isCheck, seconds }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const earlier = existsSync(tablePath) ? earlierColumns(readFileSync(tablePath, 'utf8')) : [];
  const titles = columns.map((column) => column.title);
  const kept = earlier.filter((column) => !titles.includes(column.title));
  // Rows that were run alone take their places among what the same version of the editor showed earlier.
  const whole = columns.map((column) => {
    const before = only === undefined ? undefined : earlier.find((one) => isSameEditor(one, column));
    return { ...column, outcomes: { ...before?.outcomes, ...column.outcomes } };
  });
  const place = ({ title }: Column): number => earlier.findIndex((column) => column.title === title);
  const inOrder = [...whole, ...kept].sort((a, b) => (place(a) + 1 || 99) - (place(b) + 1 || 99));
  say(`\n${tableText(only === undefined ? inOrder : columns)}`);
  if (!isCheck) writeFileSync(tablePath, tableText(inOrder));
  say(`editors: ${countOf(columns)}`);
  const failed = columns.some(({ outcomes, page }) => [...Object.values(outcomes), page].some((one) => isFailure(one)));
  return failed ? 1 : 0;
}

interface DriveOptions {
  readonly frozen: Frozen;
  readonly withPage: boolean;
  readonly isCheck: boolean;
  /** For all behaviours together. */
  readonly seconds: number;
}

async function drive(
  driver: EditorDriver,
  asked: readonly BehaviourId[],
  { frozen, withPage, isCheck, seconds }: DriveOptions,
): Promise<Column> {
  const unprepared = await driver.prepare?.().then(
    () => undefined,
    (error: unknown) => error,
  );
  const until = performance.now() + seconds * 1000;
  const outcomes: Partial<Record<BehaviourId, Outcome>> = {};
  const screens: [string, string][] = [];
  let version = 'not known';
  const attempt = async (what: string, work: (context: EditorContext) => Promise<Outcome>): Promise<Outcome> => {
    const world = await openWorld(frozen, (name, text) => screens.push([name, text]), driver.suite);
    const began = performance.now();
    let outcome: Outcome;
    try {
      if (unprepared !== undefined) throw unprepared;
      outcome = await work(world.context);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      outcome = error instanceof CannotRun ? { cannot: why } : { failed: why };
      if (process.env.JOULE_LS_EDITORS_STACKS && error instanceof Error) say(String(error.stack));
    }
    await limited(driver.close?.() ?? Promise.resolve()).catch((error: unknown) => say(`closing: ${String(error)}`));
    await world.close();
    say(`${driver.title}: ${what}: ${wordsOf(outcome)} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
    return outcome;
  };
  // On a busy machine an editor may be slower than a person would wait; a second failure is one. Said aloud, as both lines stay.
  const attemptTwice: typeof attempt = async (what, work) => {
    const first = await attempt(what, work);
    return isCheck && isFailure(first) ? attempt(`${what}, tried again`, work) : first;
  };
  for (const id of asked) {
    outcomes[id] = await attemptTwice(id, async (context) => {
      if (performance.now() > until) throw new CannotRun(`the time limit of ${seconds} s per editor was over`);
      if (version === 'not known') version = await limited(driver.version(context));
      return limited(driver.run(id, context));
    });
  }
  const { followPage } = driver;
  const page =
    followPage === undefined || !withPage
      ? undefined
      : await attemptTwice('the page, word by word', (context) =>
          limited(followPage(context, outcomes), secondsPerPage).then(() => 'passed' as const),
        );
  if (!isCheck) keepScreens(driver.id, screens);
  return { id: driver.id, title: driver.title, version, outcomes, ...(page === undefined ? {} : { page }) };
}

function keepScreens(id: string, screens: readonly [string, string][]): void {
  const path = join(clients, id, 'README.md');
  if (!existsSync(path) || screens.length === 0) return;
  const page = readFileSync(path, 'utf8');
  const next = screens.reduce((text, [name, screen]) => withScreen(text, name, screen), page);
  if (next !== page) writeFileSync(path, next);
}

function limited<T>(work: Promise<T>, seconds = secondsPerBehaviour): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/** As a test runner closes: pages count as one each. */
function countOf(columns: readonly Column[]): string {
  const all = columns.flatMap(({ outcomes, page }) => [
    ...Object.values(outcomes),
    ...(page === undefined ? [] : [page]),
  ]);
  const failed = all.filter(isFailure).length;
  const passed = all.filter((one) => one === 'passed').length;
  return `${passed} passed, ${failed} failed, ${all.length - passed - failed} skipped`;
}

function isFailure(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && outcome !== 'passed' && 'failed' in outcome;
}

function wordsOf(outcome: Outcome): string {
  if (outcome === 'passed') return 'passed';
  return 'failed' in outcome ? `FAILED: ${outcome.failed}` : `SKIPPED: ${outcome.cannot}`;
}

process.exitCode = await main(process.argv.slice(2));
