// What each strategy will probably cost and be worth: the predictor's joules for one clean run, and what the ledger says became of
// runs like it. Knows receipts and figures; chooses nothing.

import { isKnown } from '../energy/joules.ts';
import type { PredictedJoules } from '../energy/prediction.ts';
import type { ModelRef } from '../gateway/model-call.ts';
import type { Receipt } from '../ledger/events.ts';
import { createExperience, type Experience, type Lesson, type Situation } from '../ledger/experience.ts';
import { outcomeOf } from '../ledger/passed.ts';
import type { ExpectedTokens, Forecast, ForecastQuestion, ForecastStrategy } from '../pipeline/forecast.ts';
import { modelsOf } from '../pipeline/strategy.ts';
import type { RoleAssignment, StrategyId } from '../pipeline/task.ts';

export interface Foresight {
  readonly forecast: ForecastStrategy;
  /** Takes in what has been decided about these receipts since it last saw them; each counts once. */
  learn(receipts: readonly Receipt[]): void;
}

export interface ForesightOptions {
  /** Joules of one clean run of a strategy; undefined while the models are not known. */
  readonly predict: (
    tokens: ExpectedTokens,
    roles: RoleAssignment,
    strategy: StrategyId,
  ) => PredictedJoules | undefined;
  readonly wallMilliseconds: () => number;
  /** Joules of loading two models in turn that push each other out of memory; 0 where they fit. */
  readonly reloadJoules?: (planner: ModelRef, worker: ModelRef) => number;
  readonly experience?: Experience;
}

/** Where nobody has estimated the tokens: a small function with its surroundings. */
const typicalTokens: ExpectedTokens = { in: 600, outLow: 30, outHigh: 200 };

export function createForesight({ predict, wallMilliseconds, ...options }: ForesightOptions): Foresight {
  const experience = options.experience ?? createExperience();
  const seen = new Set<string>();

  /** A planner that does not fit beside the worker costs both loads each time; anywhere between half and all of it. */
  function withReloads(clean: PredictedJoules, strategy: StrategyId, { roles }: ForecastQuestion): PredictedJoules {
    if ((strategy !== 'outline' && strategy !== 'split') || roles.planner === undefined) return clean;
    const joules = options.reloadJoules?.(roles.planner.ref, roles.worker.ref) ?? 0;
    return {
      ...clean,
      lowJoules: clean.lowJoules + joules / 2,
      middleJoules: clean.middleJoules + joules,
      highJoules: clean.highJoules + joules,
    };
  }

  return {
    forecast(strategy, question) {
      const clean = predict(question.expected ?? typicalTokens, question.roles, strategy);
      if (clean === undefined) return undefined;
      return toForecast(
        withReloads(clean, strategy, question),
        experience.lesson(strategy, situationOf(strategy, question), wallMilliseconds()),
      );
    },
    learn(receipts) {
      for (const receipt of receipts) {
        const { choice } = receipt;
        if (choice === undefined || seen.has(receipt.id)) continue;
        const passed = outcomeOf(receipt, wallMilliseconds());
        if (passed === 'undecided') continue;
        seen.add(receipt.id);
        const { strategy, models, size, languageId } = choice;
        const clean = choice.considered.find((one) => one.strategy === strategy)?.cleanJoules;
        const { gross } = receipt.totals;
        experience.observe({
          situation: { models, size, languageId, actionId: receipt.actionId },
          strategy,
          passed: passed === 'left out' ? undefined : passed === 'passed',
          costRatio: clean !== undefined && clean > 0 && isKnown(gross) ? gross.joules / clean : undefined,
          atWallMilliseconds: Date.parse(receipt.at),
        });
      }
    },
  };
}

export function situationOf(strategy: StrategyId, { task, size, roles }: ForecastQuestion): Situation {
  return { models: modelsOf(strategy, roles), actionId: task.actionId, size, languageId: task.languageId };
}

/** Numbers that are drawn: the ratio as a normal, the chance as a normal in its log-odds (1/α + 1/β is the variance there). */
function toForecast({ lowJoules, highJoules, middleJoules: cleanJoules }: PredictedJoules, lesson: Lesson): Forecast {
  const { alpha, beta, costRatio, costRatioError, runs } = lesson;
  const logOdds = Math.log(alpha / beta);
  const spread = Math.sqrt(1 / alpha + 1 / beta);
  return {
    cleanJoules,
    lowJoules: lowJoules * costRatio,
    highJoules: highJoules * costRatio,
    meanJoules: cleanJoules * costRatio,
    chance: alpha / (alpha + beta),
    runs,
    draw(random) {
      const ratio = Math.max(costRatio / 4, costRatio + costRatioError * normal(random));
      return {
        joules: cleanJoules * ratio,
        chance: 1 / (1 + Math.exp(-(logOdds + spread * normal(random)))),
      };
    },
  };
}

/** A standard normal from two uniform numbers (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
