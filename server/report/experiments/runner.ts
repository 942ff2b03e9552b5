// Runs the trials of an experiment that are not in its folder yet: draws the order, lets the machine rest, records each at once.
// Knows neither engines nor counters; resting, time and progress are arguments.

import { isKnown, type Joules, sumJoules } from '../../energy/joules.ts';
import type { Experiment, ExperimentReport, Machine, Rest, Trial, TrialRecord } from './experiment.ts';
import { type ExperimentFolder, openFolder } from './folder.ts';
import { drawOrder } from './order.ts';

export interface RunOptions {
  readonly path: string;
  readonly seed: number;
  readonly machine: Machine;
  /** ISO 8601 UTC of now. */
  readonly now: () => string;
  /** Resolves when the machine has come to rest, or when that took too long. */
  readonly rest: (signal: AbortSignal) => Promise<Rest>;
  readonly onProgress: (progress: ExperimentProgress) => void;
  readonly signal: AbortSignal;
}

export interface ExperimentProgress {
  readonly done: number;
  readonly count: number;
  /** The trial that runs; undefined while warming up and at the end. */
  readonly trial: Trial | undefined;
  readonly stage: 'warming up' | 'resting' | 'running' | 'finished';
}

export type RunEnd =
  | { readonly kind: 'finished'; readonly report: ExperimentReport }
  /** What is done is on record, and the same command goes on from there. */
  | { readonly kind: 'stopped'; readonly why: string; readonly done: number; readonly count: number }
  /** Nothing was begun. */
  | { readonly kind: 'refused'; readonly why: string };

/** What is still to be run of it and what that is expected to take. */
export interface Outline {
  readonly count: number;
  readonly left: number;
  /** Undefined as soon as one of them is. */
  readonly seconds: number | undefined;
  readonly joules: Joules;
}

/** @param done ids of finished trials. */
export function outlineOf(experiment: Experiment<unknown>, done: ReadonlySet<string>): Outline {
  const left = experiment.trials.filter((trial) => !done.has(trial.id)).map((trial) => experiment.estimate(trial));
  const seconds = left.map((one) => one.seconds);
  const unknown = left.find(({ joules }) => !isKnown(joules))?.joules;
  return {
    count: experiment.trials.length,
    left: left.length,
    seconds: seconds.every((one) => one !== undefined) ? seconds.reduce((sum, one) => sum + one, 0) : undefined,
    joules:
      unknown ??
      sumJoules(
        left.map(({ joules }) => joules),
        'nothing is left to run',
      ),
  };
}

/** Opens or resumes the folder, so that the caller can say what is left before anything runs. @returns a sentence when it is refused. */
export async function openExperiment<Result>(
  experiment: Experiment<Result>,
  { path, seed, machine, now }: Pick<RunOptions, 'path' | 'seed' | 'machine' | 'now'>,
): Promise<ExperimentFolder<Result> | string> {
  const order = drawOrder(experiment.trials, seed).map((trial) => trial.id);
  return openFolder(path, experiment, { seed, order, started: now(), machine });
}

/** Rejects with the disk's error, or by a bug of the experiment's; what was recorded until then is kept. */
export async function runExperiment<Result>(
  experiment: Experiment<Result>,
  folder: ExperimentFolder<Result>,
  { now, rest, onProgress, signal }: Omit<RunOptions, 'path' | 'seed' | 'machine'>,
): Promise<RunEnd> {
  const records = [...folder.records];
  const count = folder.head.order.length;
  const stopped = (why: string): RunEnd => ({ kind: 'stopped', why, done: records.length, count });
  const byId = new Map(experiment.trials.map((trial) => [trial.id, trial]));
  const finished = new Set(records.map(({ trial }) => trial.id));
  const left = [...folder.head.order.entries()].filter(([, id]) => !finished.has(id));
  const tell = (stage: ExperimentProgress['stage'], trial?: Trial): void =>
    onProgress({ done: records.length, count, trial, stage });

  if (left.length > 0) {
    tell('warming up');
    const hindrance = await experiment.prepare(signal);
    if (hindrance !== undefined) return stopped(hindrance);
  }
  for (const [index, id] of left) {
    const trial = byId.get(id);
    if (trial === undefined)
      return { kind: 'refused', why: `${folder.path} has a trial ${id} that this experiment has not` };
    if (signal.aborted) return stopped('it was interrupted');
    tell('resting', trial);
    const rested = await rest(signal);
    if (signal.aborted) return stopped('it was interrupted');
    tell('running', trial);
    const outcome = await experiment.run(trial, signal);
    // What was cut off says nothing of this trial.
    if (signal.aborted) return stopped('it was interrupted');
    if (outcome.kind === 'stopped') return stopped(outcome.why);
    const record: TrialRecord<Result> = { trial, position: index + 1, at: now(), rest: rested, result: outcome.result };
    await folder.append(record);
    records.push(record);
  }
  tell('finished');
  return { kind: 'finished', report: await writeReport(experiment, folder, records) };
}

/** Also of a folder that is not finished. */
export async function writeReport<Result>(
  experiment: Pick<Experiment<Result>, 'report'>,
  folder: Pick<ExperimentFolder<Result>, 'head' | 'write'>,
  records: readonly TrialRecord<Result>[],
): Promise<ExperimentReport> {
  const { renderPage } = await import('../page/render.ts');
  const report = experiment.report(records, folder.head.machine);
  await folder.write('summary.json', `${JSON.stringify(report.summary, undefined, 2)}\n`);
  await folder.write('page.html', renderPage(report.page));
  return report;
}
