// Receipt notes on generated regions, pushed. A note goes when its region is edited, dismissed or old; a passed budget makes it a
// warning. Knows regions and settings; the words are receipt-text.ts's.

import type { Diagnostic } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Clock } from '../base/clock.ts';
import { formatAmount } from '../energy/format.ts';
import { isKnown } from '../energy/joules.ts';
import type { Receipt } from '../ledger/events.ts';
import type { RegionMatch } from '../ledger/port.ts';
import { foundText, noteText } from '../ledger/receipt-text.ts';
import type { EditorSettings } from '../settings.ts';
import type { Client } from './client.ts';
import { diagnosticSource, toRange } from './convert.ts';
import { firstLineOf } from './region-actions.ts';

/** DiagnosticSeverity of the protocol. */
const severities = { warning: 2, information: 3, hint: 4 } as const;
const millisecondsPerDay = 86_400_000;

export interface NotesContext {
  readonly client: Client;
  readonly clock: Clock;
  readonly settings: EditorSettings;
}

/** Publishes the notes of one document, also when there are none (any more). */
export function publishNotes(context: NotesContext, document: TextDocument, matches: readonly RegionMatch[]): void {
  const notes = matches.flatMap((match) => noteFor(context, document, match));
  context.client.publish(document.uri, document.version, notes);
}

function noteFor({ settings, clock }: NotesContext, document: TextDocument, match: RegionMatch): Diagnostic[] {
  const { receipt } = match;
  const age = clock.wallMilliseconds() - Date.parse(receipt.at);
  if (age > settings.receiptDays * millisecondsPerDay) return [];
  const passed = passedBudget(receipt, settings);
  if (settings.receipts === 'off' && passed === undefined) return [];
  const note = noteText(receipt, foundText(match));
  const severity =
    passed !== undefined || settings.receipts === 'off' ? severities.warning : severities[settings.receipts];
  return [
    {
      range: toRange(document, firstLineOf(document.getText(), match.range)),
      severity,
      source: diagnosticSource,
      code: 'receipt',
      message: passed === undefined ? note : `${passed}: ${note}`,
      data: receipt.id,
    },
  ];
}

/** `over the budget of 500 J` when the action cost more than one action should. */
export function passedBudget(receipt: Receipt, settings: EditorSettings): string | undefined {
  const { gross } = receipt.totals;
  const limit = settings.budget.actionJoules;
  if (limit === undefined || !isKnown(gross) || gross.joules <= limit) return undefined;
  return `over the budget of ${formatAmount(limit)}`;
}
