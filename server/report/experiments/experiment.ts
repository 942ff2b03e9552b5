// What an experiment is: trials, how one is run, and what their records come to. Knows no engine, no folder and no terminal.
//
//   const experiment: Experiment<Answer> = {
//     name: 'planner-worker', version: 1, title: 'One large model, or a planner and a worker',
//     options: { n: 5, models: { worker: 'gemma3:4b' } },      // whatever decides what is run; a folder of other options is refused
//     arms: [{ id: 'split', title: 'split, as published' }],
//     trials: repeated(arms, 5),                               // the runner draws the order
//     async prepare(signal) { … },                             // warm-up; its joules are not in any trial
//     async run(trial, signal) { … return { kind: 'done', result } },
//     parse: (value) => …,                                     // a line of the folder back into a result, undefined when it is none
//     estimate: (trial) => ({ seconds, joules }),              // both may be unknown
//     report: (records, machine) => ({ page, summary, text }),
//   };
//   await runExperiment(experiment, { folder, … });            // runner.ts

import type { Joules } from '../../energy/joules.ts';
import type { ModelCall } from '../../gateway/model-call.ts';
import type { Page } from '../page/page.ts';

/** One of the ways that are compared. */
export interface Arm {
  /** Small letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
}

export interface Trial {
  /** Unique in the experiment and the same in every run of it: `split#3`, `small/generate/Python-12`. */
  readonly id: string;
  readonly arm: string;
  /** What it is tried on, where that differs: a task's name. */
  readonly subject?: string;
  /** Counts from 1 within arm and subject. */
  readonly repeat: number;
}

/** A finished trial, as it stands in `trials.jsonl`. */
export interface TrialRecord<Result> {
  readonly trial: Trial;
  /** Its place in the order that was drawn, from 1. */
  readonly position: number;
  /** ISO 8601 UTC, a label. */
  readonly at: string;
  /** How the machine was let come to rest before it. */
  readonly rest: Rest;
  readonly result: Result;
}

/** Before a trial: what the power was when it began, and whether that was idle power. */
export interface Rest {
  readonly seconds: number;
  readonly watts?: number;
  readonly idleWatts?: number;
  /** `reached`: within a tenth of idle power. `unknown`: there is nothing to read. `given-up`: the limit of time came first. */
  readonly state: 'reached' | 'given-up' | 'unknown' | 'not-wanted';
}

export type TrialOutcome<Result> =
  /** Also an answer that was refused, failed or is wrong: that is a result. */
  | { readonly kind: 'done'; readonly result: Result }
  /** The engine is gone, a disk is full: nothing can be said of this trial, and the experiment ends here, to be gone on with. */
  | { readonly kind: 'stopped'; readonly why: string };

/** What one trial is expected to take. */
export interface TrialEstimate {
  readonly seconds: number | undefined;
  readonly joules: Joules;
}

export interface ExperimentReport {
  readonly page: Page;
  /** For `summary.json`. */
  readonly summary: unknown;
  /** For the terminal. */
  readonly text: string;
}

export interface Experiment<Result> {
  readonly name: string;
  /** Of what the results' lines look like; a folder of another version is refused. */
  readonly version: number;
  readonly title: string;
  /** JSON; whatever decides what is run, models with their digests included. */
  readonly options: unknown;
  readonly arms: readonly Arm[];
  /** In any order; ids are unique. */
  readonly trials: readonly Trial[];
  /** Once, before the first trial of this start, after a resumption too. Resolves to what prevents the experiment, or nothing. */
  prepare(signal: AbortSignal): Promise<string | undefined>;
  /** Rejects only by a bug or the signal. */
  run(trial: Trial, signal: AbortSignal): Promise<TrialOutcome<Result>>;
  parse(value: unknown): Result | undefined;
  estimate(trial: Trial): TrialEstimate;
  /** @param records of finished trials, in the order that they were run; perhaps not of all. */
  report(records: readonly TrialRecord<Result>[], machine: Machine): ExperimentReport;
}

/** What the experiment ran on. Everything that was not to be found out is absent. */
export interface Machine {
  readonly server: string;
  readonly node: string;
  readonly platform: string;
  readonly processor?: string;
  readonly cores?: number;
  readonly memoryBytes?: number;
  /** Labels of the counters' devices. */
  readonly devices: readonly string[];
  readonly driver?: string;
  readonly powerLimitWatts?: number;
  readonly onBattery?: boolean;
  readonly engines: readonly { readonly id: string; readonly version?: string }[];
  readonly models: readonly { readonly name: string; readonly engine: string; readonly digest?: string }[];
  /** What engine or counters are instead of the real thing: then every figure is simulated, the page says so, and quality is not scored. */
  readonly standIn?: string;
}

/** How a page says that its figures are not the real thing's. */
export function standInBanner({ standIn }: Machine): Pick<Page, 'label' | 'banner'> {
  return standIn === undefined ? {} : { label: 'simulated', banner: `These figures are simulated: ${standIn}.` };
}

/** The same for the terminal, above everything else. */
export function standInLines({ standIn }: Machine): readonly string[] {
  return standIn === undefined ? [] : [`simulated: ${standIn}`, ''];
}

/** Whether a line's `calls` are ones, as far as figures are made of them. */
export function areCalls(calls: unknown): calls is readonly ModelCall[] {
  return (
    Array.isArray(calls) &&
    calls.every((call) => typeof call?.tokens?.out === 'number' && typeof call?.joules?.gross === 'object')
  );
}

/** The machine as a page's facts. */
export function factsOf(machine: Machine): readonly (readonly [name: string, value: string])[] {
  const { processor, cores, memoryBytes, devices, driver, powerLimitWatts, onBattery, engines, models } = machine;
  const facts: (readonly [string, string | undefined])[] = [
    ['Processor', processor && `${processor}${cores === undefined ? '' : `, ${cores} threads`}`],
    ['Memory', memoryBytes === undefined ? undefined : `${Math.round(memoryBytes / 2 ** 30)} GiB`],
    ['Counters', devices.length === 0 ? 'none' : devices.join(', ')],
    ['Driver', driver],
    ['Power limit', powerLimitWatts === undefined ? undefined : `${powerLimitWatts} W`],
    ['On battery', onBattery === true ? 'yes' : undefined],
    ['Engines', engines.map(({ id, version }) => (version === undefined ? id : `${id} ${version}`)).join(', ')],
    [
      'Models',
      models.map(({ name, digest }) => (digest === undefined ? name : `${name} (${digest.slice(0, 12)})`)).join(', '),
    ],
    ['joule-ls', `${machine.server}, Node ${machine.node}, ${machine.platform}`],
  ];
  return facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, value] as const]));
}

/** `n` repeats of each arm on each subject (or on none). */
export function repeated(
  arms: readonly Arm[],
  n: number,
  subjects: readonly (string | undefined)[] = [undefined],
): Trial[] {
  return arms.flatMap(({ id: arm }) =>
    subjects.flatMap((subject) =>
      Array.from({ length: n }, (_, index) => ({
        id:
          [arm, subject].filter((part) => part !== undefined).join('/') +
          (n === 1 && subject !== undefined ? '' : `#${index + 1}`),
        arm,
        ...(subject === undefined ? {} : { subject }),
        repeat: index + 1,
      })),
    ),
  );
}
