// `textDocument/completion`: what the completion room offers, as one item of the menu. Answers within its short budget, empty and
// incomplete where the model takes longer.

import {
  type CancellationToken,
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type CompletionParams,
  CompletionTriggerKind,
  InsertTextFormat,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { oneLine } from '../base/escape.ts';
import type { CompletionOffer } from '../completion/port.ts';
import { formatJoules } from '../energy/format.ts';
import { isKnown, sumJoules } from '../energy/joules.ts';
import { commands } from './command-arguments.ts';
import { placeAt, readableDocument, requestAt, signalOf } from './completion-request.ts';
import { toRange } from './convert.ts';
import type { Session } from './session.ts';
import type { Typing } from './typing.ts';

const empty: CompletionList = { isIncomplete: false, items: [] };
const later: CompletionList = { isIncomplete: true, items: [] };

/** @param typing tells a menu that opened by itself from one that was asked for. */
export async function completion(
  session: Session,
  typing: Typing,
  params: CompletionParams,
  token: CancellationToken,
): Promise<CompletionList> {
  const document = readableDocument(session, params.textDocument.uri);
  if (document === undefined) return empty;
  const parts = session.parts();
  if (parts === undefined) return later;
  const place = placeAt(session, document, params.position);
  const kind = params.context?.triggerKind ?? CompletionTriggerKind.Invoked;
  // A list that was incomplete is asked for again while one types; lsp-mode does so for a key, too.
  const goesOn = kind === CompletionTriggerKind.TriggerForIncompleteCompletions;
  const typed = goesOn ? typing.justWrote(place.uri, place.offset) : typing.justWroteWord(place.uri, place.offset);
  const invoked = kind !== CompletionTriggerKind.TriggerCharacter && !typed;
  const { version } = document;
  const request = requestAt(
    session,
    parts,
    { document, place },
    { surface: 'menu', invoked, typedHere: typing.wroteAt(place.uri, place.offset), hypothetical: false },
  );
  const { offers, unfinished } = await parts.completions.ask(request, signalOf(token));
  // An offer for a text that is not there any more would land in the wrong place.
  if (document.version !== version) return later;
  if (offers.length === 0) return unfinished || goesOn ? later : empty;
  return { isIncomplete: false, items: offers.map((offer) => itemOf(session, document, place.offset, offer)) };
}

/** Characters of the answer's first line that a menu has room for. */
const labelLength = 60;

function itemOf(session: Session, document: TextDocument, cursor: number, offer: CompletionOffer): CompletionItem {
  const text = document.getText();
  const word = /[\p{L}\p{N}_$]*$/u.exec(text.slice(Math.max(0, cursor - 200), cursor))?.[0] ?? '';
  const start = cursor - word.length;
  const newText = word + offer.edit.text;
  const firstLine = newText.trimStart().split(/\r?\n/, 1)[0] ?? '';
  return {
    label: oneLine(firstLine, labelLength) || '⏎',
    kind: CompletionItemKind.Snippet,
    detail: detailOf(offer),
    documentation: { kind: 'plaintext', value: newText },
    filterText: newText.split(/\r?\n/, 1)[0] || newText.trim(),
    sortText: '0',
    insertTextFormat: InsertTextFormat.PlainText,
    textEdit: editOf(session, document, { newText, start, cursor, end: offer.edit.end }),
    ...(offer.further.length === 0
      ? {}
      : {
          additionalTextEdits: offer.further.map((edit) => ({ range: toRange(document, edit), newText: edit.text })),
        }),
    command: acceptedCommand(offer.receiptId),
  };
}

function editOf(
  session: Session,
  document: TextDocument,
  at: { readonly newText: string; readonly start: number; readonly cursor: number; readonly end: number },
): NonNullable<CompletionItem['textEdit']> {
  const { newText, start, cursor, end } = at;
  const insert = toRange(document, { start, end });
  const supported = session.client.capabilities.textDocument?.completion?.completionItem?.insertReplaceSupport === true;
  if (!supported) return { range: insert, newText };
  const wordAfter = /^[\p{L}\p{N}_$]*/u.exec(document.getText().slice(cursor, cursor + 200))?.[0] ?? '';
  return { newText, insert, replace: toRange(document, { start, end: Math.max(end, cursor + wordAfter.length) }) };
}

/** `joule · qwen2.5-coder:3b · 3.1 J ±4 %`; the figure only where there is one. */
function detailOf({ calls }: CompletionOffer): string {
  const models = [...new Set(calls.map(({ model }) => model))].join(', ');
  const joules = sumJoules(calls.map((call) => call.joules.gross));
  return ['joule', oneLine(models, 40), ...(isKnown(joules) ? [formatJoules(joules)] : [])].join(' · ');
}

/** What the editor executes when an item was taken. */
export function acceptedCommand(receiptId: string): NonNullable<CompletionItem['command']> {
  return { title: 'joule: completion taken', command: commands.completionAccepted, arguments: [{ receiptId }] };
}
