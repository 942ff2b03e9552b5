// What a budget of joules still allows, asked before anything is spent. Pure: what was spent earlier and what a call will probably
// take come in as functions; what cannot be predicted is not held back.

import type { ModelCall, ModelRef } from '../gateway/model-call.ts';
import type { ExpectedTokens } from './forecast.ts';

export type BudgetSpan = 'action' | 'hour' | 'day';

/** A limit of `joule.budget` and what has gone of it. */
export interface Budget {
  readonly of: BudgetSpan;
  readonly limitJoules: number;
  readonly spentJoules: number;
}

/** The budgets of the settings, as of now. */
export interface Budgets {
  readonly actionJoules?: number | undefined;
  readonly actionCalls?: number | undefined;
  /** With what this machine's ledger has of the hour and the day, all servers together. */
  readonly spans: readonly (Budget & { readonly of: 'hour' | 'day' })[];
}

/** Joules of one call: middle of the predictor's interval. Undefined while the size of the model is not known. */
export type Price = (model: ModelRef, tokens: ExpectedTokens) => number | undefined;

export interface Allowance {
  /** To be told of every call of this action. */
  note(call: ModelCall, predictedJoules: number | undefined): void;
  /** The smallest rest of all budgets, in joules; undefined without a budget. Never below 0. */
  leftJoules(): number | undefined;
  /**
   * @param joules that the next step will probably take; undefined where nobody knows: then only a budget that is used up stops it.
   * @returns undefined when it may be spent, else why not.
   */
  refusal(joules: number | undefined, what: string): Refused | undefined;
}

export interface Refused {
  readonly why: string;
  /** What the user can do. */
  readonly mend: string;
}

export function createAllowance(budgets: (() => Budgets) | undefined): Allowance {
  let calls = 0;
  let joules = 0;

  const all = (): readonly Budget[] => {
    const { actionJoules, spans = [] } = budgets?.() ?? {};
    const action =
      actionJoules === undefined
        ? []
        : [{ of: 'action', limitJoules: actionJoules, spentJoules: joules } satisfies Budget];
    return [...action, ...spans];
  };

  return {
    note(call, predictedJoules) {
      calls += 1;
      const { gross } = call.joules;
      // What nobody measured was spent all the same.
      joules += gross.status === 'unknown' ? (predictedJoules ?? 0) : gross.joules;
    },
    leftJoules() {
      const rests = all().map(restOf);
      return rests.length === 0 ? undefined : Math.min(...rests);
    },
    refusal(next, what) {
      const { actionCalls } = budgets?.() ?? {};
      if (actionCalls !== undefined && calls >= actionCalls) {
        const why = `${what} would be call ${calls + 1} of this action, and joule.budget.actionCalls allows ${actionCalls}`;
        return { why, mend: 'raise joule.budget.actionCalls' };
      }
      const passed = all().find((one) => restOf(one) <= 0 || (next !== undefined && next > restOf(one)));
      if (passed === undefined) return undefined;
      return { why: sentenceOf(passed, next, what), mend: `raise joule.budget.${passed.of}Joules` };
    },
  };
}

function restOf({ limitJoules, spentJoules }: Budget): number {
  return Math.max(0, limitJoules - spentJoules);
}

function sentenceOf(budget: Budget, next: number | undefined, what: string): string {
  const whose = { action: 'this action', hour: 'the last hour', day: 'today' }[budget.of];
  const taken =
    next === undefined ? 'would take joules that nobody can predict' : `would take some ${rounded(next)}, predicted`;
  return `${what} ${taken}, and of the ${rounded(budget.limitJoules)} for ${whose} ${rounded(restOf(budget))} are left`;
}

function rounded(joules: number): string {
  const value = joules >= 1000 ? joules / 1000 : joules;
  return `${Number(value.toPrecision(2))} ${joules >= 1000 ? 'kJ' : 'J'}`;
}

/**
 * The most tokens that the rest of the budget pays for, by straight line through the prices of no answer and of the longest one.
 * @returns `most` where nothing is known or no budget is set; at least 16, so that what was begun can be read.
 */
export function tokensWithin(
  left: number | undefined,
  question: {
    readonly price: Price | undefined;
    readonly model: ModelRef;
    readonly tokensIn: number;
    readonly most: number;
  },
): number {
  const { price, model, tokensIn, most } = question;
  if (left === undefined || price === undefined) return most;
  const none = price(model, { in: tokensIn, outLow: 1, outHigh: 1 });
  const all = price(model, { in: tokensIn, outLow: most, outHigh: most });
  if (none === undefined || all === undefined || all <= left || all <= none) return most;
  return Math.max(16, Math.min(most, Math.floor((most * (left - none)) / (all - none))));
}
