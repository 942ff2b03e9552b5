// Holds completions to the budgets: what would pass one is not asked, and that is said once in an hour, not once per key.

import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Allowance } from '../pipeline/budget.ts';

export interface BudgetGuard {
  /** @returns the allowance of a completion that may be asked for; undefined where its predicted joules would pass a budget. */
  allow(predictedJoules: number | undefined): Allowance | undefined;
}

const silentSeconds = 3600;

export function createBudgetGuard({
  allowance,
  clock,
  log,
}: {
  readonly allowance: () => Allowance;
  readonly clock: Clock;
  readonly log: Log;
}): BudgetGuard {
  const said = new Map<string, bigint>();
  return {
    allow(predictedJoules) {
      const allowed = allowance();
      const refused = allowed.refusal(predictedJoules, 'a completion');
      if (refused === undefined) return allowed;
      const now = clock.nowNanoseconds();
      const last = said.get(refused.mend);
      if (last === undefined || secondsBetween(last, now) >= silentSeconds) {
        said.set(refused.mend, now);
        log.warn({ why: refused.why, mend: refused.mend }, 'no completions');
      }
      return undefined;
    },
  };
}
