// What becomes of an answer after its receipt was written, as one more line of it. Pure; knows no clock.

import { ledgerSchema, type OutcomeEvent, type Receipt } from './events.ts';

/** What may change later. Without an outcome the receipt keeps the one it has. */
export type Later = Partial<Pick<OutcomeEvent, 'outcome' | 'regions' | 'stillThere' | 'retried'>>;

/** `undefined` for a receipt that has no outcome yet. */
export function laterOutcome(receipt: Receipt, wallMilliseconds: number, later: Later): OutcomeEvent | undefined {
  const outcome = later.outcome ?? receipt.outcome;
  if (outcome === 'open') return undefined;
  return {
    schema: ledgerSchema,
    kind: 'outcome',
    at: new Date(wallMilliseconds).toISOString(),
    receiptId: receipt.id,
    actionId: receipt.actionId,
    path: receipt.path,
    regions: [],
    ...later,
    outcome,
  };
}
