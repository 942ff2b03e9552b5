// The ways of completing that the table compares, each as what it does with an answered task.

import { decideNextSize, type Policy, stopFiltersFor } from '../../../server/completion/policy/index.ts';
import { syntaxFilters } from '../../../server/completion/policy/stop.ts';
import { firstStop, leastSure, type StopFilter, stopWhenUnsure } from '../../../server/gateway/stop-filters.ts';
import { editSimilarity } from '../../../server/report/experiments/completion/similarity.ts';
import type { StreamedAnswer } from './answer.ts';
import type { InfillTask } from './data.ts';
import { placeOf } from './place.ts';
import { holdsTruth, isExact, type Replayed, replay } from './replay.ts';
import type { Outcome } from './tally.ts';
import type { AnsweredTask } from './train.ts';

/** What one token of each model costs. */
export interface Prices {
  readonly small: number;
  readonly large: number;
}

export type Way = (answered: AnsweredTask, prices: Prices) => Outcome;

/** Heard to its end, and inserted as it came. */
export const neverStop: Way = ({ task, small }, prices) => outcomeOf(task, replay(small, []), prices.small);

/** Heard to its end, and cut afterwards by the fixed rules: what most tools do. */
export const neverStopTrimmed: Way = ({ task, small }, prices) => {
  const { tokens } = replay(small, []);
  return outcomeOf(task, { ...replay(small, fixedFilters(task)), tokens }, prices.small);
};

/** Heard to its end, and cut by somebody who knows the right answer: no way of cutting can have more exact matches. */
export const neverStopOracle: Way = ({ task, small }, prices) => {
  const whole = replay(small, []);
  return outcomeOf(task, holdsTruth(small, task) ? { ...whole, text: task.truth } : whole, prices.small);
};

/** The rules of syntax as the product ships them, untrained. */
export const fixedRules: Way = ({ task, small }, prices) =>
  outcomeOf(task, replay(small, fixedFilters(task)), prices.small);

/** The same, and an end where the low quantile is under ln 0.1 (reference: ollama.md D). */
export const fixedRulesUnsure: Way = ({ task, small }, prices) => {
  const unsure = stopWhenUnsure({ quantile: 0.1, fewestPieces: 4, lowestLogProbability: Math.log(0.1) });
  return outcomeOf(task, replay(small, [...fixedFilters(task), unsure]), prices.small);
};

/** The policy at its place of the dial, small model only. At 0 it hears everything and cuts afterwards. */
export function learned(policy: Policy): Way {
  if (policy.dial === 0) return neverStopTrimmed;
  return ({ task, small }, prices) =>
    outcomeOf(task, replay(small, stopFiltersFor(placeOf(task), policy)), prices.small);
}

/** The larger model alone, under the same stops. */
export function largeAlone(policy: Policy): Way {
  return ({ task, small, large }, prices) =>
    outcomeOf(task, replay(large ?? small, stopFiltersFor(placeOf(task), policy)), prices.large);
}

/** The small model first, and the larger one where the policy says so; its answer then counts. */
export function cascade(policy: Policy): Way {
  return ({ task, small, large }, prices) => {
    const filters = stopFiltersFor(placeOf(task), policy);
    const play = (answer: StreamedAnswer): Replayed => {
      const replayed = replay(answer, filters);
      return policy.dial === 0 ? { ...replayed, text: trimmed(replayed.text, task) } : replayed;
    };
    const first = play(small);
    const sure = leastSure(first.sureness, policy.stop.unsure);
    const evidence = {
      leastSure: sure,
      hasText: first.text.trim() !== '',
      costRatio: prices.large / prices.small,
    };
    if (large === undefined || decideNextSize(evidence, policy) === 'stop here')
      return outcomeOf(task, first, prices.small);
    const second = outcomeOf(task, play(large), prices.large);
    const joules = second.joules + first.tokens * prices.small;
    return { ...second, tokens: second.tokens + first.tokens, joules };
  };
}

function trimmed(text: string, task: InfillTask): string {
  return text.slice(0, firstStop(fixedFilters(task), text)?.keep);
}

function fixedFilters(task: InfillTask): readonly StopFilter[] {
  return syntaxFilters(placeOf(task), 'surrounding');
}

function outcomeOf(task: InfillTask, { text, tokens }: Replayed, joulesPerToken: number): Outcome {
  return {
    group: task.group,
    tokens,
    joules: tokens * joulesPerToken,
    exact: isExact(text, task),
    similarity: editSimilarity(text, task.truth),
    shown: text.trim() !== '',
  };
}
