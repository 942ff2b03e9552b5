// `textDocument/inlineCompletion`: what the completion room offers, as ghost text. Where the menu has something selected, as that goes on.

import {
  type CancellationToken,
  type InlineCompletionItem,
  type InlineCompletionList,
  type InlineCompletionParams,
  InlineCompletionTriggerKind,
} from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { OffsetRange } from '../base/text.ts';
import type { CompletionOffer, CompletionPlace } from '../completion/port.ts';
import { acceptedCommand } from './completion.ts';
import { placeAt, readableDocument, requestAt, signalOf } from './completion-request.ts';
import { toOffsets, toRange } from './convert.ts';
import type { Session } from './session.ts';
import type { Typing } from './typing.ts';

export async function inlineCompletion(
  session: Session,
  typing: Typing,
  params: InlineCompletionParams,
  token: CancellationToken,
): Promise<InlineCompletionList> {
  const document = readableDocument(session, params.textDocument.uri);
  if (document === undefined) return { items: [] };
  const signal = signalOf(token);
  const parts = session.parts() ?? (await session.needParts());
  const { version } = document;
  const here = placeAt(session, document, params.position);
  const chosen = params.context?.selectedCompletionInfo ?? undefined;
  const selected = chosen && { range: toOffsets(document, chosen.range), text: chosen.text };
  const invoked = params.context?.triggerKind === InlineCompletionTriggerKind.Invoked;
  const request = requestAt(
    session,
    parts,
    { document, place: selected === undefined ? here : asIfTaken(here, selected) },
    {
      surface: 'inline',
      invoked,
      typedHere: typing.wroteAt(here.uri, here.offset),
      hypothetical: selected !== undefined,
    },
  );
  const { offers } = await parts.completions.ask(request, signal);
  if (document.version !== version) return { items: [] };
  return {
    items: offers.filter(({ further }) => further.length === 0).map((offer) => itemOf(document, offer, selected)),
  };
}

interface Selected {
  readonly range: OffsetRange;
  readonly text: string;
}

/** The place as it will be once the selected item of the menu is taken. */
function asIfTaken(place: CompletionPlace, { range, text }: Selected): CompletionPlace {
  return {
    ...place,
    text: place.text.slice(0, range.start) + text + place.text.slice(range.end),
    offset: range.start + text.length,
    factsAreStale: true,
  };
}

/** Back to the document as it is: the item begins with what is selected, as editors ask for. */
function itemOf(document: TextDocument, offer: CompletionOffer, selected: Selected | undefined): InlineCompletionItem {
  const { edit, receiptId } = offer;
  const command = acceptedCommand(receiptId);
  if (selected === undefined) return { insertText: edit.text, range: toRange(document, edit), command };
  const { range, text } = selected;
  const shift = text.length - (range.end - range.start);
  return {
    insertText: text + edit.text,
    range: toRange(document, { start: range.start, end: edit.end - shift }),
    command,
  };
}
