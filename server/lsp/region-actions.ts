// Code actions on a generated region: try again with a larger model, dismiss the receipt.
// Offered on the region's first line or to a selection that touches it: a lightbulb over every generated line would be noise.

import type { Diagnostic } from 'vscode-languageserver/node';
import { oneLine } from '../base/escape.ts';
import type { OffsetRange } from '../base/text.ts';
import { lineEnd, lineStart } from '../base/text.ts';
import type { RegionMatch } from '../ledger/port.ts';
import { commands } from './command-arguments.ts';
import { diagnosticSource } from './convert.ts';
import type { Parts } from './core.ts';
import { type Entry, type ListRequest, titled } from './entry.ts';
import type { Session } from './session.ts';

/** Kinds a key can be bound to. */
export const regionActionKinds = {
  retry: 'refactor.rewrite.joule.retry',
  dismiss: 'quickfix.joule.dismiss',
} as const;

/** Titles hold names of this length at most. */
const longestName = 60;

/** Entries for the region under the selection; none elsewhere. */
export function regionActions(session: Session, parts: Parts, request: ListRequest): Entry[] {
  const { document, place } = request;
  const here = session.regions.of(document.uri).filter((match) => isOn(match, place.selection, place.text, request));
  const [match] = here;
  if (match === undefined) return [];
  const receiptId = match.receipt.id;
  const entries: Entry[] = [];
  const larger = parts.outlook.larger();
  if (larger !== undefined && match.receipt.calls.every((call) => call.model !== larger)) {
    const { tokensIn, tokensOut } = match.receipt.totals;
    const expected = { in: tokensIn, outLow: Math.round(tokensOut * 0.7), outHigh: Math.round(tokensOut * 1.3) };
    const { actionId } = match.receipt;
    const prediction = actionId === 'completion' ? undefined : parts.outlook.predict(actionId, expected, larger);
    entries.push({
      title: titled(`Try again with ${oneLine(larger, longestName)}`, prediction),
      kind: regionActionKinds.retry,
      command: commands.retry,
      argument: { receiptId, uri: document.uri, model: larger },
      generates: true,
    });
  }
  const notes = (request.params.context.diagnostics ?? []).filter((one) => isNoteOf(one, receiptId));
  entries.push({
    title: 'joule: Dismiss the receipt',
    kind: regionActionKinds.dismiss,
    command: commands.dismiss,
    argument: { receiptId },
    generates: false,
    ...(notes.length > 0 ? { diagnostics: notes } : {}),
  });
  return entries;
}

function isOn(match: RegionMatch, selection: OffsetRange, text: string, request: ListRequest): boolean {
  const { start, end } = match.range;
  const asked = request.explicit(regionActionKinds.retry) || request.explicit(regionActionKinds.dismiss);
  if (asked || selection.start !== selection.end) return selection.start <= end && selection.end >= start;
  const line = firstLineOf(text, match.range);
  return selection.start >= lineStart(text, line.start) && selection.start <= line.end;
}

/** First line of a region that holds anything, without its indentation. */
export function firstLineOf(text: string, range: OffsetRange): OffsetRange {
  const lead = /^\s*/.exec(text.slice(range.start, range.end))?.[0].length ?? 0;
  const start = lead === range.end - range.start ? range.start : range.start + lead;
  return { start, end: Math.min(lineEnd(text, start), range.end) };
}

function isNoteOf(diagnostic: Diagnostic, receiptId: string): boolean {
  return diagnostic.source === diagnosticSource && diagnostic.data === receiptId;
}
