// What a family of prompts is: how one kind of model wants each role's question put. One file per family, listed in index.ts.

import type { JsonSchema, ModelProfile, Prompt } from '../../models/engine.ts';
import type { AnswerForm } from '../form.ts';
import type { StrategyId, Subtask, Task } from '../task.ts';

/** A question ready for the gateway. */
export interface Question {
  readonly prompt: Prompt;
  /** The answer already begins with this; the engine continues behind it. Empty for chat prompts. */
  readonly prefill: string;
  readonly stop: readonly string[];
  readonly maxTokens?: number;
  readonly schema?: JsonSchema;
  /**
   * Comes before the setting `temperature`. A family with `lowestTokenProbability` must ask for 0: llama.cpp reports
   * probabilities after the temperature has sharpened them, so that at 0.1 nearly every token looks certain.
   */
  readonly temperature?: number;
}

export interface WorkerInput {
  readonly task: Task;
  /** Code around the target, already cut to the budget; identical for all parts of one job. */
  readonly context: string;
  /** The target itself as it stands: the stub, the faulty function, the selected lines. */
  readonly targetText: string;
  /** `blocks`: only what changes, as search-and-replace blocks. Unset: the whole code. */
  readonly form?: AnswerForm;
  /** The planner's outline, for strategy outline. */
  readonly outline?: string;
  /** One part of a split plan, with the signatures of what it may use. */
  readonly part?: {
    readonly subtask: Subtask;
    readonly all: readonly Subtask[];
    /** Code of the parts that this one needs. */
    readonly done: readonly { readonly subtask: Subtask; readonly code: string }[];
  };
}

export interface RepairInput extends WorkerInput {
  readonly answer: string;
  readonly evidence: readonly string[];
}

export interface AssembleInput extends WorkerInput {
  readonly parts: readonly { readonly subtask: Subtask; readonly code: string }[];
}

export interface JudgeInput extends WorkerInput {
  /** The answer as it would go into the file. */
  readonly code: string;
}

export interface PromptFamily {
  readonly id: string;
  /** First family in the list whose `matches` is true is used; the last one matches everything. */
  matches(profile: ModelProfile): boolean;
  /** `undefined` when a worker of this family can do the task in this way, else one sentence why not. */
  unfit(task: Task, strategy: StrategyId): string | undefined;
  worker(input: WorkerInput): Question;
  repair(input: RepairInput): Question | undefined;
  outline(input: WorkerInput): Question | undefined;
  plan(input: WorkerInput, schema: JsonSchema): Question | undefined;
  assemble(input: AssembleInput): Question | undefined;
  /** Whether an answer rests on what was shown. */
  judge(input: JudgeInput, schema: JsonSchema): Question | undefined;
  /** Answers `test` with calls of the function, one a line: what they give is seen by running them in the sandbox. */
  readonly testsByCalls?: boolean;
  /** Understands `form: 'blocks'`. */
  readonly writesBlocks: boolean;
  /** Answers with a token less probable than this are not shown as done. */
  readonly lowestTokenProbability?: number;
  /** The same for the parts of a plan, where another bound holds. */
  readonly lowestPartProbability?: number;
  /** What speaks against an answer, as a sentence; for families with a bound, whose models are sure of wrong answers too. */
  doubt?(task: Task, answer: string): string | undefined;
  /** The same request in other words. The answer counts only where each gives the same code as surely, named as `calls` says. */
  again?(input: WorkerInput): readonly (Question & { readonly calls: string })[];
}
