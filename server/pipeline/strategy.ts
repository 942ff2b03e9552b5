// Which strategy a task gets, and the sentence that says why. Pure; for now a rule, not yet learned.

import type { ModelRef } from '../gateway/model-call.ts';
import type { PipelineOptions, PipelineSettings } from './port.ts';
import type { PromptFamily } from './prompts/family.ts';
import type { RoleAssignment, StrategyId, Task } from './task.ts';

export interface StrategyChoice {
  readonly strategy: StrategyId;
  readonly why: string;
}

export interface StrategyQuestion {
  readonly task: Task;
  readonly settings: PipelineSettings;
  readonly options: PipelineOptions;
  readonly roles: RoleAssignment;
  /** Prompt family of the planner, if there is one: some can't plan. */
  readonly plannerFamily: PromptFamily | undefined;
}

/**
 * `auto`, explained: one definition is never planned, because a plan costs the planner's dear tokens and saves none of the
 * worker's (SEEDS S1, reference D). Several definitions are split when a planner other than the worker is there.
 */
export function chooseStrategy(question: StrategyQuestion): StrategyChoice {
  const { settings, options, roles } = question;
  if (options.strategy !== undefined) return possible(question, { strategy: options.strategy, why: 'as asked' });
  if (settings.strategy !== 'auto') return possible(question, { strategy: settings.strategy, why: 'as set' });
  const parts = partsOf(question.task);
  if (parts < 2) return { strategy: 'direct', why: 'one piece of code: a plan would cost more than it saves' };
  if (roles.planner === undefined || sameModel(roles.planner.ref, roles.worker.ref)) {
    return { strategy: 'direct', why: 'no planner beside the worker' };
  }
  return possible(question, { strategy: 'split', why: `${parts} pieces of code for small workers` });
}

/** How many definitions the task asks for, as far as can be seen without a model. */
export function partsOf(task: Task): number {
  if (task.actionId !== 'implement' && task.actionId !== 'rewrite') return 1;
  const { target, facts } = task;
  const range = target.kind === 'symbol' ? target.symbol.range : target.kind === 'lines' ? target.range : undefined;
  const stubs =
    range === undefined || facts === undefined
      ? 0
      : facts.symbols.filter(
          (symbol) => symbol.isStub && symbol.range.start >= range.start && symbol.range.end <= range.end,
        ).length;
  const listed = task.instruction.match(/^\s*(?:[-*•]|\d+[.)])\s+\S/gm)?.length ?? 0;
  const several = target.kind === 'symbol' && target.symbol.kind !== 'class' ? 0 : listed;
  return Math.max(1, stubs, several);
}

/** A strategy that this machine's models can't follow becomes the nearest one they can, and says so. */
function possible(question: StrategyQuestion, choice: StrategyChoice): StrategyChoice {
  const { roles, task, plannerFamily } = question;
  if (choice.strategy === 'single' && roles.large === undefined) {
    return { strategy: 'direct', why: `${choice.why}, but no large model is configured: the worker answers alone` };
  }
  if (choice.strategy !== 'split' && choice.strategy !== 'outline') return choice;
  if (task.actionId === 'explain' || task.actionId === 'document') {
    return { strategy: 'direct', why: `${choice.why}, but ${task.actionId} is one piece` };
  }
  if (roles.planner === undefined || plannerFamily === undefined) {
    return { strategy: 'direct', why: `${choice.why}, but there is no model that can plan` };
  }
  return choice;
}

function sameModel(a: ModelRef, b: ModelRef): boolean {
  return a.engineId === b.engineId && a.model === b.model;
}
