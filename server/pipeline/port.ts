// The pipeline as jobs see it: one function from a task to a result. Everything it needs is an argument.

import type { Clock } from '../base/clock.ts';
import type { Gateway, ModelRef } from '../gateway/model-call.ts';
import type { Execute } from '../sandbox/port.ts';
import type { Syntax } from '../syntax/facts.ts';
import type { Budgets, Price } from './budget.ts';
import type { ExpectedTokens, ForecastStrategy } from './forecast.ts';
import type { EngineHabits } from './order.ts';
import type { Recall } from './recall.ts';
import type { PipelineEvent, PipelineResult, RoleAssignment, StrategyId, Task } from './task.ts';

export interface PipelineSettings {
  readonly strategy: 'auto' | StrategyId;
  readonly frugality: number;
  /** Whether `auto` may now and then try what looks second best. */
  readonly exploration: boolean;
  /** Whether a model judges each answer that passed the checks. */
  readonly judge: boolean;
  /** Whether answers that passed are given again. */
  readonly reuse: boolean;
  readonly temperature: number;
  readonly topP: number;
  readonly contextTokens: number;
  readonly outputTokens: number;
  readonly think: readonly string[];
  /** Whether the target's examples are run, if there is a sandbox. */
  readonly examples?: boolean;
  /** By language id: a command that is run on the file, `{file}` among its arguments. */
  readonly checkers?: Readonly<Record<string, readonly string[]>>;
  /** One seed per job, recorded with each call. */
  readonly seed: number;
}

export interface PipelineDependencies {
  readonly gateway: Gateway;
  readonly syntax: Syntax;
  readonly clock: Clock;
  /** The only way to run anything; without it nothing is. */
  readonly execute?: Execute;
  readonly roles: RoleAssignment;
  readonly settings: PipelineSettings;
  /** Joules and chances of strategies, from what was learned; without it `auto` is a rule. */
  readonly forecast?: ForecastStrategy;
  /** What an engine has shown of a model so far; without it the usual is assumed. */
  readonly habits?: (model: ModelRef) => EngineHabits | undefined;
  /** `joule.budget` with what has gone of it, asked before each step; without it nothing is bounded. */
  readonly budgets?: () => Budgets;
  readonly price?: Price;
  /** Numbers from 0 to 1, the same for the same seed. */
  readonly random: () => number;
}

export interface PipelineOptions {
  /** Overrides the setting, e.g. from `--strategy` or the command's argument. */
  readonly strategy?: StrategyId;
  /** Tokens of one answer, as the action estimated them. */
  readonly expected?: ExpectedTokens;
  /** Answers that passed earlier; left out where the user wants a new one. */
  readonly recall?: Recall;
}

/** Runs one task to its end. Never rejects for anything a model or engine can do. */
export type RunPipeline = (
  dependencies: PipelineDependencies,
  task: Task,
  options: PipelineOptions,
  listen: (event: PipelineEvent) => void,
  signal: AbortSignal,
) => Promise<PipelineResult>;
