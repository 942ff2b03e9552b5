// From an editor's question about a position to the completion room's, for the menu and for ghost text alike. Knows documents and their
// last parse; decides nothing.

import type { CancellationToken, Position } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { CompletionPlace, CompletionRequest, Neighbour } from '../completion/port.ts';
import { taskHere } from './completion-task.ts';
import { pathOf } from './convert.ts';
import type { Parts } from './core.ts';
import { whyLeftAlone } from './left-alone.ts';
import type { Session } from './session.ts';

/** The document, where it may be read at all. */
export function readableDocument(session: Session, uri: string): TextDocument | undefined {
  const document = session.documents.get(uri);
  return document === undefined || whyLeftAlone(document) !== undefined ? undefined : document;
}

/** The place of a position; outside the document it is the nearest one, as `offsetAt` has it. */
export function placeAt(session: Session, document: TextDocument, position: Position): CompletionPlace {
  const { facts, stale } = session.facts.get(document);
  return {
    uri: document.uri,
    path: pathOf(document.uri),
    languageId: document.languageId,
    text: document.getText(),
    offset: document.offsetAt(position),
    facts,
    factsAreStale: stale,
  };
}

export function requestAt(
  session: Session,
  parts: Parts,
  { document, place }: { readonly document: TextDocument; readonly place: CompletionPlace },
  more: Pick<CompletionRequest, 'surface' | 'invoked' | 'typedHere' | 'hypothetical'>,
): CompletionRequest {
  return {
    ...more,
    place,
    neighbours: () => neighboursOf(session, place.uri),
    taskHere: async () => (more.hypothetical ? undefined : taskHere(session, parts, document, place)),
  };
}

/** More open documents than this are not read for signatures. */
const mostNeighbours = 20;

function neighboursOf(session: Session, uri: string): Neighbour[] {
  return session.documents
    .all()
    .filter((document) => document.uri !== uri && whyLeftAlone(document) === undefined)
    .slice(-mostNeighbours)
    .map((document) => ({
      path: pathOf(document.uri),
      languageId: document.languageId,
      text: document.getText(),
      facts: session.facts.get(document).facts,
    }));
}

/** The editor's cancel, as a signal. */
export function signalOf(token: CancellationToken): AbortSignal {
  const control = new AbortController();
  if (token.isCancellationRequested) control.abort();
  else token.onCancellationRequested(() => control.abort());
  return control.signal;
}
