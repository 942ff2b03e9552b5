// Trains the policy on a simulator's or a real model's answers, by the product's own trainer, and chooses what has no gradient: the block, the
// quantile and how many tokens are waited for.

import { type Policy, stopFiltersFor, withDial } from '../../../server/completion/policy/index.ts';
import { type LoggedCompletion, trainPolicy } from '../../../server/completion/policy/learn.ts';
import { leastChance } from '../../../server/completion/policy/price.ts';
import { syntaxFilters } from '../../../server/completion/policy/stop.ts';
import { leastSure } from '../../../server/gateway/stop-filters.ts';
import type { StreamedAnswer } from './answer.ts';
import type { InfillTask } from './data.ts';
import { placeOf } from './place.ts';
import { isExact, replay } from './replay.ts';

/** A task with its answers: the small model's, and the larger one's where there is one. */
export interface AnsweredTask {
  readonly task: InfillTask;
  readonly small: StreamedAnswer;
  readonly large?: StreamedAnswer;
}

const blocks = ['own', 'surrounding'] as const;
const quantiles = [0.1, 0.25] as const;
const waits = [3, 6] as const;

/** The policy that these answers teach; of the ways to stop, the one with most right answers for its tokens at the dial's middle. */
export function trainOn(answered: readonly AnsweredTask[], start: Policy): Policy {
  const candidates = blocks.flatMap((block) =>
    quantiles.flatMap((quantile) =>
      waits.map((fewestPieces) => {
        const unsure = { ...start.stop.unsure, quantile, fewestPieces };
        const policy = { ...start, stop: { ...start.stop, block, unsure } };
        const trained = trainPolicy(
          answered.map((one) => loggedOf(one, policy)),
          policy,
          'simulator',
        );
        return { trained, worth: worthOf(answered, withDial(trained, 0.5)) };
      }),
    ),
  );
  candidates.sort((a, b) => b.worth - a.worth);
  return candidates[0]?.trained ?? start;
}

/** As the ledger would have it: what the rules alone leave of the answer, how sure the model was, and whether it is right. */
function loggedOf({ task, small, large }: AnsweredTask, policy: Policy): LoggedCompletion {
  const filters = syntaxFilters(placeOf(task), policy.stop.block);
  const answer = replay(small, filters);
  const sure = leastSure(answer.sureness, policy.stop.unsure);
  const right = isExact(answer.text, task);
  return {
    ...(sure === undefined ? {} : { small: { leastSure: sure, right } }),
    ...(large === undefined || right ? {} : { large: { right: isExact(replay(large, filters).text, task) } }),
  };
}

/** Right answers, less the tokens at the price of the dial: a typical answer's tokens are worth a chance of `leastChance`. */
function worthOf(answered: readonly AnsweredTask[], policy: Policy): number {
  let right = 0;
  let tokens = 0;
  let typical = 0;
  for (const { task, small } of answered) {
    const place = placeOf(task);
    const outcome = replay(small, stopFiltersFor(place, policy));
    right += Number(isExact(outcome.text, task));
    tokens += outcome.tokens;
    typical += replay(small, syntaxFilters(place, policy.stop.block)).tokens;
  }
  return right - (leastChance(policy.dial) * answered.length * tokens) / Math.max(1, typical);
}
