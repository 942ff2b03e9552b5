// `joule/today`, a request of our own for status lines: what this machine's ledger has of today, in words.

import { notAskedText } from '../ledger/not-asked.ts';
import { todayText } from '../ledger/receipt-text.ts';
import type { Session } from './session.ts';

export interface Today {
  readonly answers: number;
  /** `at least 1.52 kJ in 4 answers` */
  readonly text: string;
  /** `41 completions not asked, some 120 J (estimated)`; absent for none. */
  readonly notAsked?: string;
}

export async function today(session: Session): Promise<Today> {
  const { ledger, notAskedToday } = await session.needParts();
  await ledger.ready();
  const totals = ledger.totals('');
  const notAsked = notAskedText(notAskedToday());
  return {
    answers: totals.receiptsToday,
    text: todayText(totals),
    ...(notAsked === undefined ? {} : { notAsked }),
  };
}
