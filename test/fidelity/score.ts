// Plays tasks × dressings through drivers and scores them: first the text, then, for all different files, the tests.

import type { Language } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import type { FidelityAction } from './answer.ts';
import { checkEdited } from './check.ts';
import { type Dressing, type DressingSet, dressingFor, labelsFor } from './dressings.ts';
import type { Driver } from './drive.ts';
import { dressedParts, partsLabel } from './parts.ts';
import { seededRandom } from './random.ts';
import { runners } from './runners/index.ts';
import { parseCheck } from './runners/parse-check.ts';
import type { Program } from './runners/program.ts';
import { drawVariant, type FidelityTask, makeTask } from './task.ts';

export interface ScoreOptions {
  readonly actions: readonly FidelityAction[];
  readonly sets: readonly DressingSet[];
  readonly seed: string;
  /** How many times two, and three, dressings at once. */
  readonly combinations: number;
  /** Only dressings whose label contains this. */
  readonly only?: string;
  /** Files of these languages are parsed and not run: their compilers take longer than an editor's test may. */
  readonly parseOnly?: readonly Language[];
}

/** One task in one dressing. */
export interface Trial {
  readonly id: string;
  readonly language: Language;
  readonly action: FidelityAction;
  readonly set: DressingSet;
  readonly label: string;
}

export interface Outcome extends Trial {
  readonly names: readonly string[];
  readonly seed: string;
  /** Undefined when it passed. */
  failure: string | undefined;
  /** Inside the target every byte is the right answer's: no more than information, as layout may follow the file. */
  readonly tested: boolean;
}

/** Every dressing of every task, in an order that mixes nothing: by task, action, set. */
export function trialsOf(sources: readonly Source[], options: ScoreOptions): { source: Source; trial: Trial }[] {
  return sources.flatMap((source) =>
    options.actions
      .filter((action) => makesSense(source, action))
      .flatMap((action) => {
        const { answer } = makeTask(source, action, plainVariant);
        return options.sets.flatMap((set) => {
          const labels = labelsFor(answer, set, options.combinations);
          if (set === 'known' && dressedParts(answer, '') !== undefined) labels.push(partsLabel);
          return labels
            .filter((label) => label.includes(options.only ?? ''))
            .map((label) => ({ source, trial: { id: source.id, language: source.language, action, set, label } }));
        });
      }),
  );
}

/** Plays all trials; `tick` is called after each. */
export async function score(
  sources: readonly Source[],
  drivers: readonly Driver[],
  options: ScoreOptions,
  tick: (done: number, all: number, failed: number) => void,
): Promise<Outcome[]> {
  const trials = trialsOf(sources, options);
  const outcomes: Outcome[] = new Array(trials.length);
  const programs = new Map<string, { program: Program; language: Language; users: Outcome[] }>();
  let next = 0;
  let done = 0;
  let failed = 0;
  const play = async (driver: Driver): Promise<void> => {
    while (next < trials.length) {
      const index = next++;
      const entry = trials[index];
      if (entry === undefined) continue;
      const { outcome, edited } = await playTrial(entry.source, entry.trial, driver, options.seed);
      outcomes[index] = outcome;
      if (outcome.failure !== undefined) failed++;
      else if (outcome.tested) remember(programs, entry.source, edited, outcome);
      tick(++done, trials.length, failed);
    }
  };
  await Promise.all(drivers.map(play));
  await runTests(programs, options.parseOnly ?? []);
  return outcomes;
}

async function playTrial(
  source: Source,
  trial: Trial,
  driver: Driver,
  seed: string,
): Promise<{ outcome: Outcome; edited: string }> {
  const ownSeed = `${seed}/${trial.id}/${trial.action}`;
  const { task, dressing, parts } = prepare(source, trial, ownSeed);
  const edited = await driver.edit(task, parts ?? dressing.text);
  const damage = checkEdited(task, edited.text, parts, dressing.bringsImports);
  const failure = damage === undefined ? undefined : `${damage}; the server said: ${edited.said || 'nothing'}`;
  const outcome = { ...trial, names: dressing.names, seed: ownSeed, failure, tested: source.testIsSteady };
  return { outcome, edited: edited.text };
}

/** The task and its dressing again, from what a failure names. */
export function prepare(
  source: Source,
  trial: Trial,
  seed: string,
): {
  task: FidelityTask;
  dressing: Pick<Dressing, 'text' | 'names' | 'bringsImports'>;
  parts: ReturnType<typeof dressedParts>;
} {
  const drawn = drawVariant(source, seededRandom(seed, trial.set, trial.label, 'file'));
  const variant = trial.label === partsLabel ? { ...drawn, inClass: false } : drawn;
  const task = makeTask(source, trial.action, variant);
  if (trial.label === partsLabel) {
    const parts = dressedParts(task.answer, seed);
    if (parts === undefined) throw new Error(`${trial.id} can't be cut`);
    return { task, dressing: parts, parts };
  }
  const dressing = dressingFor(task.answer, trial.set, trial.label, seed);
  if (dressing === undefined) throw new Error(`${trial.label} does not apply to ${trial.id}`);
  if (!dressing.bringsImports) return { task, dressing, parts: undefined };
  return { task: makeTask(source, trial.action, { ...variant, lean: true }), dressing, parts: undefined };
}

const plainVariant = {
  surroundings: 1,
  lineBreak: '\n',
  finalNewline: true,
  inClass: false,
  stub: 0,
  lean: false,
} as const;

/** Three rows have their bug in a helper outside the function: there is nothing to fix in it. */
function makesSense(source: Source, action: FidelityAction): boolean {
  return action !== 'fix' || source.buggyBody !== source.body;
}

/** The same file is tested once, however many dressings ended in it. */
function remember(
  programs: Map<string, { program: Program; language: Language; users: Outcome[] }>,
  source: Source,
  text: string,
  outcome: Outcome,
): void {
  const key = `${source.id}\n${text}`;
  const known = programs.get(key);
  if (known !== undefined) known.users.push(outcome);
  else programs.set(key, { program: { key, text, test: source.test }, language: source.language, users: [outcome] });
}

async function runTests(
  programs: ReadonlyMap<string, { program: Program; language: Language; users: Outcome[] }>,
  parseOnly: readonly Language[],
): Promise<void> {
  for (const runner of Object.values(runners)) {
    const own = [...programs.values()].filter((entry) => entry.language === runner.language);
    if (own.length === 0) continue;
    const parsing = parseOnly.includes(runner.language);
    const missing = parsing ? undefined : await runner.missing();
    if (missing !== undefined) {
      console.log(`SKIPPED: the tests of ${runner.language}, because ${missing}; files are parsed instead`);
    }
    const chosen = parsing || missing !== undefined ? parseCheck(runner.language) : runner;
    for (let start = 0; start < own.length; start += batchSize) {
      const batch = own.slice(start, start + batchSize);
      const results = await chosen.run(batch.map((entry) => entry.program));
      for (const { program, users } of batch) {
        const result = results.get(program.key);
        if (result?.ok === true) continue;
        for (const outcome of users)
          outcome.failure = `${chosen === runner ? 'its test fails' : 'not parsed'}: ${result?.why ?? 'no result'}`;
      }
    }
  }
}

/** Programs compiled together: bounded, so that a compiler's memory is. */
const batchSize = 400;
