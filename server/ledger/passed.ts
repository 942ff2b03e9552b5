// Whether an answer passed, as far as its receipt tells (DESIGN: an executed check if there was one, else sound and still there).
// Pure; knows no clock.

import type { Receipt } from './events.ts';

/** `left out`: says nothing of the answer, as when the user stopped it. `undecided`: it may still be undone. */
export type PassedOrNot = 'passed' | 'failed' | 'left out' | 'undecided';

/** An answer that stands this long was not undone at once. */
const settledMilliseconds = 10 * 60_000;

export function outcomeOf(receipt: Receipt, nowWallMilliseconds: number): PassedOrNot {
  switch (receipt.outcome) {
    case 'accepted':
      if (receipt.verdict === 'failed') return 'failed';
      return nowWallMilliseconds - Date.parse(receipt.at) < settledMilliseconds ? 'undecided' : 'passed';
    case 'dismissed':
      // Only the note was put away; the code stays.
      return receipt.verdict === 'failed' ? 'failed' : 'passed';
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
