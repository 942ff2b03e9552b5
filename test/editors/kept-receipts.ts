// What the servers of one home have written to their ledger. Knows no editor.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EditorContext } from './editor.ts';

/** Receipts whose answer was accepted. @throws when a line of the ledger is torn. */
export function acceptedReceipts(context: EditorContext): number {
  const folder = join(context.home, '.local/state/joule-ls');
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  const events = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>);
  return new Set(events.filter((one) => one.outcome === 'accepted').map((one) => one.receiptId)).size;
}
