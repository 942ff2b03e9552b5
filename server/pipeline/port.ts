// The pipeline as jobs see it: one function from a task to a result. Everything it needs is an argument.

import type { Clock } from '../base/clock.ts';
import type { Gateway } from '../gateway/model-call.ts';
import type { Execute } from '../sandbox/port.ts';
import type { Syntax } from '../syntax/facts.ts';
import type { ExpectedTokens, ForecastStrategy } from './forecast.ts';
import type { PipelineEvent, PipelineResult, RoleAssignment, StrategyId, Task } from './task.ts';

export interface PipelineSettings {
  readonly strategy: 'auto' | StrategyId;
  readonly frugality: number;
  /** Whether `auto` may now and then try what looks second best. */
  readonly exploration: boolean;
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
  /** Numbers from 0 to 1, the same for the same seed. */
  readonly random: () => number;
}

export interface PipelineOptions {
  /** Overrides the setting, e.g. from `--strategy` or the command's argument. */
  readonly strategy?: StrategyId;
  /** Tokens of one answer, as the action estimated them. */
  readonly expected?: ExpectedTokens;
}

/** Runs one task to its end. Never rejects for anything a model or engine can do. */
export type RunPipeline = (
  dependencies: PipelineDependencies,
  task: Task,
  options: PipelineOptions,
  listen: (event: PipelineEvent) => void,
  signal: AbortSignal,
) => Promise<PipelineResult>;
