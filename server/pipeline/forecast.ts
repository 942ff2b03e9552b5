// What the choice of a strategy is made from: joules and chance to pass, per strategy. Types only; who learns them is elsewhere.

import type { RoleAssignment, StrategyId, Task } from './task.ts';

/** What one strategy is expected to cost and to be worth for one task. */
export interface Forecast {
  /** One clean run, as the predictor has it: the middle of its interval, in joules. What was spent is compared with it. */
  readonly cleanJoules: number;
  /** All calls of the strategy, repairs and steps up included, in joules: an 80 % interval and the mean. */
  readonly lowJoules: number;
  readonly highJoules: number;
  readonly meanJoules: number;
  /** Chance that the answer passes in the end, 0 to 1. */
  readonly chance: number;
  /** Decided runs of this strategy in this situation behind the chance; old ones count less. */
  readonly runs: number;
  /** One guess at what the truth may be, for trying out what is not known well. `random` gives numbers from 0 to 1. */
  draw(random: () => number): { readonly joules: number; readonly chance: number };
}

export interface ForecastQuestion {
  readonly task: Task;
  /** Pieces of code that the task asks for, as far as can be seen without a model. */
  readonly parts: number;
  readonly size: SizeClass;
  readonly roles: RoleAssignment;
  /** Tokens that one answer is expected to read and write; undefined where nobody has said. */
  readonly expected: ExpectedTokens | undefined;
}

/** As actions estimate them for their titles. */
export interface ExpectedTokens {
  readonly in: number;
  readonly outLow: number;
  readonly outHigh: number;
}

/** One small definition, one large one, two or three, or more of them. */
export type SizeClass = 'small' | 'large' | 'several' | 'many';

/** From memory, within microseconds. Undefined where not even a prior exists, as the size of a model is not known. */
export type ForecastStrategy = (strategy: StrategyId, question: ForecastQuestion) => Forecast | undefined;

/** A strategy that was weighed, for the receipt and `--explain`. */
export interface ConsideredStrategy {
  readonly strategy: StrategyId;
  readonly cleanJoules: number;
  readonly lowJoules: number;
  readonly highJoules: number;
  readonly meanJoules: number;
  readonly chance: number;
  readonly runs: number;
}
