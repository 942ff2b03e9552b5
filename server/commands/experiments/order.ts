// What an experiment is told on the command line, and what it is given to build itself from.

import type { Experiment, Machine } from '../../report/experiments/experiment.ts';
import type { Survey } from '../engine-room.ts';
import type { Workbench } from '../workbench.ts';

export const orderLists = ['tasks', 'languages', 'strategies', 'parallel'] as const;
export type OrderList = (typeof orderLists)[number];

/** What every experiment may be told; each takes what it needs. */
export interface ExperimentOrder {
  readonly n: number | undefined;
  /** Of the order and of the answers; the folder's, where it goes on. */
  readonly seed: number;
  /** Role to model name, as in `--models worker=gemma3:4b,large=gemma3:27b`. */
  readonly models: Readonly<Record<string, string>>;
  readonly data: string | undefined;
  readonly limit: number | undefined;
  readonly weights: string | undefined;
  /** `--tasks`, `--languages`, `--strategies`, `--parallel`: lists as they were typed, for the experiments that know them. */
  readonly lists: Readonly<Partial<Record<OrderList, readonly string[]>>>;
  /** Absolute path of the result folder. */
  readonly folder: string;
}

export interface ExperimentParts {
  readonly env: NodeJS.ProcessEnv;
  readonly bench: Workbench;
  readonly survey: Survey;
  readonly machine: Machine;
}

/** An experiment, and what has to be ended behind it. */
export interface PreparedExperiment<Result> {
  readonly experiment: Experiment<Result>;
  close(): Promise<void>;
}

export interface ExperimentKind<Result> {
  readonly name: string;
  /** Of what its results' lines look like. */
  readonly version: number;
  /** One line for the usage. */
  readonly what: string;
  /** Starts nothing yet. @returns a sentence when it can't be: a model or the data are missing. */
  build(order: ExperimentOrder, parts: ExperimentParts): Promise<PreparedExperiment<Result> | string>;
  /** The report of records that are there already, without an engine. */
  readonly reader: Pick<Experiment<Result>, 'parse' | 'report'>;
}
