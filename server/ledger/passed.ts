// Whether an answer passed, as far as its receipt tells (DESIGN: an executed check if there was one, else sound and still there).
// Pure; knows no clock.

import type { Receipt } from './events.ts';

/** `left out`: says nothing of the answer, as when the user stopped it. `undecided`: nobody has looked whether it is still there. */
export type PassedOrNot = 'passed' | 'failed' | 'left out' | 'undecided';

/** An answer that stands this long was not undone at once (DESIGN, `Passed`). */
export const settledMilliseconds = 10 * 60_000;
/** The share of its tokens that has to be there by then (DESIGN, `Passed`). */
export const passingShare = 0.7;

export function outcomeOf(receipt: Receipt, nowWallMilliseconds: number): PassedOrNot {
  switch (receipt.outcome) {
    case 'accepted':
      return outcomeOfAccepted(receipt, nowWallMilliseconds);
    case 'dismissed':
      // Only the note was put away; the code stays, unless somebody saw that it did not.
      return receipt.verdict === 'failed' || isRefused(receipt) ? 'failed' : 'passed';
    case 'rejected':
    case 'undone':
    case 'failed':
      return 'failed';
    case 'kept':
      // A sound answer that could not land because the code had changed says nothing of the strategy.
      return receipt.verdict === 'ok' ? 'left out' : 'failed';
    case 'cancelled':
    case 'superseded':
      return 'left out';
    case 'open':
      return 'undecided';
  }
}

function outcomeOfAccepted(receipt: Receipt, nowWallMilliseconds: number): PassedOrNot {
  const { verdict, retried, executed, stillThere, regions, at } = receipt;
  if (verdict === 'failed' || retried === true) return 'failed';
  if (executed.some((check) => check.endsWith(' passed'))) return 'passed';
  if (isRefused(receipt)) return 'failed';
  if (stillThere !== undefined) return 'passed';
  // A page that was shown, or a completion: there is no region to look at.
  const canBeLookedAt = regions.length > 0;
  return canBeLookedAt || nowWallMilliseconds - Date.parse(at) < settledMilliseconds ? 'undecided' : 'passed';
}

function isRefused({ retried, stillThere }: Receipt): boolean {
  return retried === true || (stillThere !== undefined && stillThere < passingShare);
}
