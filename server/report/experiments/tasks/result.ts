// What one trial of `experiment tasks` came to, as its line in the folder has it. Types, and the check of what is read back.

import type { Joules } from '../../../energy/joules.ts';
import type { DocumentationCheck } from '../../../exercises/documentation.ts';
import type { TestsScore } from '../../../exercises/generated-tests.ts';
import type { TestOutcome } from '../../../exercises/program.ts';

/** SEEDS S2's four tasks, as this product's code actions. */
export const taskKinds = ['generate', 'fix', 'document', 'test'] as const;
export type TaskKind = (typeof taskKinds)[number];

export interface TaskCall {
  readonly role: string;
  readonly model: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly gross: Joules;
  /** Of the model, as its engine says; absent where it does not. */
  readonly activeParameters?: number;
  readonly bitsPerWeight?: number;
}

export interface TaskResult {
  readonly kind: TaskKind;
  /** `Python/38` */
  readonly exercise: string;
  readonly language: string;
  /** The receipt's: `accepted` when the answer was written, `kept` when its own checks refused it; `not offered` without a job. */
  readonly outcome: string;
  /** Of all calls, repairs and steps up included; the round trip of `document` is not in it. */
  readonly gross: Joules;
  readonly tokensOut: number;
  /** That the calls were served. */
  readonly seconds: number;
  readonly calls: readonly TaskCall[];
  /**
   * generate, fix: the data set's tests on the answer. document: the same on code that was written from the documentation alone.
   * test: passed when all generated tests pass on the right solution.
   */
  readonly verdict: TestOutcome;
  readonly tests?: TestsScore;
  readonly documentation?: DocumentationCheck;
  /** Joules of writing code from the documentation. */
  readonly roundTrip?: Joules;
  /** The file that the answer is in; '' when it was refused. */
  readonly answer: string;
  readonly said: readonly string[];
}

/** @returns undefined for what is none of ours. */
export function parseTaskResult(value: unknown): TaskResult | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, exercise, outcome, gross, tokensOut, seconds, calls, verdict } = value as Partial<TaskResult>;
  const known =
    taskKinds.some((one) => one === kind) &&
    typeof exercise === 'string' &&
    typeof outcome === 'string' &&
    typeof gross?.status === 'string' &&
    typeof tokensOut === 'number' &&
    typeof seconds === 'number' &&
    Array.isArray(calls) &&
    ['passed', 'failed', 'not run'].includes(verdict?.status ?? '');
  return known ? (value as TaskResult) : undefined;
}
