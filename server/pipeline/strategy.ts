// Which strategy a task gets, and the sentence that says why: the fewest joules to a passed answer, bent by the dial. Pure; what
// each strategy costs and is worth comes in as a forecast.

import { roughTokens } from '../base/text.ts';
import type { ModelRef } from '../gateway/model-call.ts';
import type { ConsideredStrategy, ExpectedTokens, Forecast, ForecastStrategy, SizeClass } from './forecast.ts';
import type { PipelineOptions, PipelineSettings } from './port.ts';
import type { PromptFamily } from './prompts/family.ts';
import { stubsIn } from './stubs.ts';
import type { RoleAssignment, StrategyId, Task } from './task.ts';

export interface StrategyChoice {
  readonly strategy: StrategyId;
  readonly why: string;
  /** What was weighed, best first; of a strategy that was asked for, only that one. */
  readonly considered: readonly ConsideredStrategy[];
  readonly size: SizeClass;
}

export interface StrategyQuestion {
  readonly task: Task;
  readonly settings: PipelineSettings;
  readonly options: PipelineOptions;
  readonly roles: RoleAssignment;
  /** Prompt family of the planner, if there is one: some can't plan. */
  readonly plannerFamily: PromptFamily | undefined;
  /** Prompt family of the worker: some can do a task only in parts. */
  readonly workerFamily: PromptFamily;
  readonly forecast: ForecastStrategy | undefined;
  /** Tokens of one answer, as the action estimated them. */
  readonly expected: ExpectedTokens | undefined;
  /** Joules that the budgets still allow; undefined without a budget. */
  readonly leftJoules?: number | undefined;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
}

/** One action in five may try what looks second best … */
const explorationShare = 0.2;
/** … at no more than twice the joules that a passed answer takes with what looks best. */
const explorationCost = 2;

const strategies: readonly StrategyId[] = ['direct', 'outline', 'split', 'single'];

export function chooseStrategy(question: StrategyQuestion): StrategyChoice {
  const { task, settings, options } = question;
  const parts = partsOf(task);
  const size = sizeOf(task, parts);
  const forecastOf = (strategy: StrategyId): readonly Weighed[] => {
    const { forecast, roles, expected } = question;
    const one = forecast?.(strategy, { task, parts, size, roles, expected });
    return one === undefined ? [] : [{ strategy, ...one }];
  };
  const alone = ({ strategy, why }: Bare): StrategyChoice => ({
    strategy,
    why,
    size,
    considered: forecastOf(strategy).map(kept),
  });
  if (options.strategy !== undefined) return alone(possible(question, { strategy: options.strategy, why: 'as asked' }));
  if (settings.strategy !== 'auto') return alone(possible(question, { strategy: settings.strategy, why: 'as set' }));
  const candidates = strategies.filter((strategy) => suits(strategy, question, { parts, size }));
  if (candidates[0] === 'split') return alone({ strategy: 'split', why: 'the worker can do it only in parts' });
  if (candidates.length < 2) return alone({ strategy: 'direct', why: onlyWay(question, parts) });
  const forecasts = candidates.flatMap(forecastOf);
  if (forecasts.length < candidates.length) return alone(byRule(parts, candidates));
  return { ...weigh(affordable(forecasts, question.leftJoules), question), size };
}

interface Bare {
  readonly strategy: StrategyId;
  readonly why: string;
}

type Weighed = Forecast & { readonly strategy: StrategyId };

/**
 * Least ln(joules) − k·ln(chance), with k = (1 − frugality) / frugality: at 0.5 that is joules per passed answer, at 1 joules alone,
 * towards 0 the chance alone.
 */
function weigh(forecasts: readonly Weighed[], { settings, random }: StrategyQuestion): Omit<StrategyChoice, 'size'> {
  const score = (joules: number, chance: number): number => {
    const weight = (1 - settings.frugality) / Math.max(settings.frugality, 1e-3);
    return Math.log(Math.max(joules, 1e-9)) - weight * Math.log(Math.max(chance, 1e-6));
  };
  const ordered = [...forecasts].sort(
    (a, b) => score(a.meanJoules, a.chance) - score(b.meanJoules, b.chance) || a.strategy.localeCompare(b.strategy),
  );
  const [best] = ordered;
  const considered = ordered.map(kept);
  if (best === undefined) return { strategy: 'direct', why: 'nothing is known of the models yet', considered };
  const tried = settings.exploration && random() < explorationShare ? mostPromising(ordered, score, random) : best;
  if (tried !== undefined && tried !== best) {
    const why = `tried to learn more: ${told(tried)}; the best known is ${told(best)}`;
    return { strategy: tried.strategy, why, considered };
  }
  const others = ordered.slice(1).map((one) => `${one.strategy} ${joulesPerPass(one)}`);
  return {
    strategy: best.strategy,
    why: [told(best), others.join(', ')].filter((text) => text !== '').join('; '),
    considered,
  };
}

/** Those that a budget allows; where it allows none, all: whoever is chosen will be refused with the figures. */
function affordable(forecasts: readonly Weighed[], leftJoules: number | undefined): readonly Weighed[] {
  if (leftJoules === undefined) return forecasts;
  const within = forecasts.filter((one) => one.cleanJoules <= leftJoules);
  return within.length === 0 ? forecasts : within;
}

/** What looks best when each strategy is as good as one draw from what is known of it (Thompson sampling), within the bound. */
function mostPromising(
  ordered: readonly Weighed[],
  score: (joules: number, chance: number) => number,
  random: () => number,
): Weighed | undefined {
  const [best] = ordered;
  const bound = best === undefined ? 0 : (explorationCost * best.meanJoules) / Math.max(best.chance, 1e-6);
  return ordered
    .filter((one) => one === best || one.meanJoules <= bound)
    .map((one) => {
      const { joules, chance } = one.draw(random);
      return { one, drawn: score(joules, chance) };
    })
    .sort((a, b) => a.drawn - b.drawn)[0]?.one;
}

function kept({ draw: _, ...rest }: Weighed): ConsideredStrategy {
  return rest;
}

function told(one: Weighed): string {
  const chance = `${Math.round(one.chance * 100)} % pass`;
  const behind =
    one.runs < 0.5 ? 'no runs yet' : `${Math.round(one.runs)} ${Math.round(one.runs) === 1 ? 'run' : 'runs'}`;
  return `${one.strategy} ${joulesPerPass(one)} per passed answer, predicted (${rounded(one.meanJoules)} J, ${chance}, ${behind})`;
}

function joulesPerPass(one: Weighed): string {
  return `${rounded(one.meanJoules / Math.max(one.chance, 1e-6))} J`;
}

function rounded(joules: number): string {
  return Number(joules.toPrecision(2)).toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 4 });
}

/** Without forecasts: SEEDS S1's thesis for what has several parts, one worker for what has one. */
function byRule(parts: number, candidates: readonly StrategyId[]): Bare {
  if (parts >= 2 && candidates.includes('split')) {
    return { strategy: 'split', why: `${parts} pieces of code for small workers; their joules are not known yet` };
  }
  return { strategy: 'direct', why: 'one worker: joules of the others are not known yet' };
}

function onlyWay({ roles }: StrategyQuestion, parts: number): string {
  if (parts < 2) return 'one piece of code: a plan would cost more than it saves';
  return roles.planner === undefined || sameModel(roles.planner.ref, roles.worker.ref)
    ? 'no planner beside the worker'
    : 'one worker is all that fits here';
}

/** Whether `auto` may think of it: one small definition is never planned, and one part is never split. */
function suits(
  strategy: StrategyId,
  { task, roles, plannerFamily, workerFamily }: StrategyQuestion,
  { parts, size }: { readonly parts: number; readonly size: SizeClass },
): boolean {
  const onlyInParts =
    workerFamily.unfit(task, 'direct') !== undefined && workerFamily.unfit(task, 'split') === undefined;
  if (strategy === 'direct') return !onlyInParts || roles.planner === undefined || plannerFamily === undefined;
  if (strategy === 'single') return roles.large !== undefined && !sameModel(roles.large.ref, roles.worker.ref);
  if (task.actionId === 'explain' || task.actionId === 'document') return false;
  if (roles.planner === undefined || plannerFamily === undefined) return false;
  if (sameModel(roles.planner.ref, roles.worker.ref)) return strategy === 'split' && onlyInParts;
  return strategy === 'split' ? parts >= 2 : parts >= 2 || size !== 'small';
}

/** Digests, or names where the engine gives none, of the models that do a strategy's first attempt. */
export function modelsOf(strategy: StrategyId, roles: RoleAssignment): string {
  const worker = strategy === 'single' ? (roles.large ?? roles.worker) : roles.worker;
  const seats = strategy === 'outline' || strategy === 'split' ? [roles.planner, worker] : [worker];
  return seats.map((seat) => (seat === undefined ? '' : seat.profile.digest || seat.ref.model)).join(' ');
}

/** How many definitions the task asks for, as far as can be seen without a model. */
export function partsOf(task: Task): number {
  if (task.actionId !== 'implement' && task.actionId !== 'rewrite') return 1;
  const { target, facts } = task;
  const range = target.kind === 'symbol' ? target.symbol.range : target.kind === 'lines' ? target.range : undefined;
  const stubs = range === undefined || facts === undefined ? 0 : stubsIn(facts.symbols, range).length;
  const listed = task.instruction.match(/^\s*(?:[-*•]|\d+[.)])\s+\S/gm)?.length ?? 0;
  const several = target.kind === 'symbol' && target.symbol.kind !== 'class' ? 0 : listed;
  return Math.max(1, stubs, several);
}

/** Tokens that one small definition has (the median over 656 public exercises in four languages is some 70). */
const tokensPerPart = 70;
const mostTokensOfSmall = 220;
const fewestOfMany = 4;

/** How much code the task is about, in rough tokens of what stands there and of what is to be written. */
export function sizeOf(task: Task, parts: number): SizeClass {
  if (parts >= fewestOfMany) return 'many';
  if (parts > 1) return 'several';
  const { target } = task;
  const range = target.kind === 'symbol' ? target.symbol.range : target.kind === 'lines' ? target.range : undefined;
  const there = range === undefined ? 0 : roughTokens(task.text.slice(range.start, range.end));
  const tokens = there + roughTokens(task.instruction) + tokensPerPart;
  return tokens <= mostTokensOfSmall ? 'small' : 'large';
}

/** A strategy that this machine's models can't follow becomes the nearest one they can, and says so. */
function possible(question: StrategyQuestion, choice: Bare): Bare {
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
