// `joule/today`, a request of our own for status lines: what this machine's ledger has of today, in words.

import { todayText } from '../ledger/receipt-text.ts';
import type { Session } from './session.ts';

export interface Today {
  readonly answers: number;
  /** `at least 1.52 kJ in 4 answers` */
  readonly text: string;
}

export async function today(session: Session): Promise<Today> {
  const { ledger } = await session.needParts();
  await ledger.ready();
  const totals = ledger.totals('');
  return { answers: totals.receiptsToday, text: todayText(totals) };
}
