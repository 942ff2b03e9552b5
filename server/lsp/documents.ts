// The open documents, kept by incremental changes, with every change told as offsets to whoever listens.
// Knows no job and no parser; a document that was never opened does not exist.

import type {
  DidChangeTextDocumentParams,
  DidOpenTextDocumentParams,
  TextDocumentContentChangeEvent,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { OffsetEdit } from '../base/text.ts';
import { pathOf, toOffsets } from './convert.ts';

/** Larger documents (UTF-16 units) are left alone: one sentence says so, once. */
export const maximumDocumentLength = 32 * 1024 * 1024;

export interface DocumentListener {
  opened?(document: TextDocument): void;
  /** `edit` is in the coordinates before it; `document` already holds the text after it. */
  edited?(document: TextDocument, edit: OffsetEdit): void;
  /** After all edits of one notification; each is in the coordinates that hold after the ones before it. */
  changed?(document: TextDocument, edits: readonly OffsetEdit[]): void;
  saved?(document: TextDocument): void;
  closed?(uri: string): void;
  refused?(uri: string, why: string): void;
}

export interface Documents {
  get(uri: string): TextDocument | undefined;
  /** The document of a file, however its editor writes the uri. */
  ofPath(path: string): TextDocument | undefined;
  all(): readonly TextDocument[];
  listen(listener: DocumentListener): void;
  open(params: DidOpenTextDocumentParams): void;
  change(params: DidChangeTextDocumentParams): void;
  save(uri: string): void;
  close(uri: string): void;
  /** A message was lost that may have been a change: a gap in the next version shows that it was, and the document is given up. */
  distrustAll(): void;
}

/** Starts empty; is fed by the handlers of the text document notifications. */
export function createDocuments(): Documents {
  const open = new Map<string, TextDocument>();
  const listeners: DocumentListener[] = [];
  const doubtful = new Set<string>();

  const refuse = (uri: string, why: string): void => {
    if (open.delete(uri)) for (const listener of listeners) listener.closed?.(uri);
    for (const listener of listeners) listener.refused?.(uri, why);
  };

  return {
    get: (uri) => open.get(uri),
    ofPath: (path) => [...open.values()].find((document) => pathOf(document.uri) === path),
    all: () => [...open.values()],
    listen: (listener) => {
      listeners.push(listener);
    },
    open({ textDocument: { uri, languageId, version, text } }) {
      if (open.delete(uri)) for (const listener of listeners) listener.closed?.(uri);
      if (text.length > maximumDocumentLength) return refuse(uri, tooLarge(text.length));
      const document = TextDocument.create(uri, languageId, version, text);
      open.set(uri, document);
      for (const listener of listeners) listener.opened?.(document);
    },
    change({ textDocument, contentChanges }) {
      const document = open.get(textDocument.uri);
      if (document === undefined) return;
      const version = textDocument.version ?? document.version + 1;
      const first = contentChanges[0];
      if (
        doubtful.delete(document.uri) &&
        version !== document.version + 1 &&
        first !== undefined &&
        'range' in first
      ) {
        return refuse(document.uri, 'a change of it was lost on the way from the editor; reopen it');
      }
      const edits: OffsetEdit[] = [];
      for (const change of contentChanges) {
        const edit = toEdit(document, change);
        TextDocument.update(document, [change], version);
        edits.push(edit);
        for (const listener of listeners) listener.edited?.(document, edit);
      }
      if (contentChanges.length === 0) TextDocument.update(document, [], version);
      const length = document.getText().length;
      if (length > maximumDocumentLength) return refuse(document.uri, tooLarge(length));
      for (const listener of listeners) listener.changed?.(document, edits);
    },
    save(uri) {
      const document = open.get(uri);
      if (document !== undefined) for (const listener of listeners) listener.saved?.(document);
    },
    close(uri) {
      if (open.delete(uri)) for (const listener of listeners) listener.closed?.(uri);
    },
    distrustAll() {
      for (const uri of open.keys()) doubtful.add(uri);
    },
  };
}

function tooLarge(length: number): string {
  const mebi = (units: number): string => `${Math.round(units / 1024 / 1024)} Mi characters`;
  return `it has ${mebi(length)}, and joule-ls leaves documents over ${mebi(maximumDocumentLength)} alone`;
}

function toEdit(document: TextDocument, change: TextDocumentContentChangeEvent): OffsetEdit {
  if ('range' in change) return { ...toOffsets(document, change.range), text: change.text };
  return wholeTextEdit(document.getText(), change.text);
}

/** The smallest single edit from `before` to `after`, so that a whole new text moves as little as possible. */
export function wholeTextEdit(before: string, after: string): OffsetEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (start > 0 && bindsToNext(before.charCodeAt(start - 1))) start--;
  let tail = 0;
  while (
    tail < shorter - start &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  ) {
    tail++;
  }
  if (tail > 0 && bindsToPrevious(before.charCodeAt(before.length - tail))) tail--;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

/** A high surrogate or a carriage return: no edit may begin right behind it. */
function bindsToNext(unit: number): boolean {
  return unit === 0x0d || (unit >= 0xd800 && unit <= 0xdbff);
}

/** A low surrogate or a line feed: no edit may end right before it. */
function bindsToPrevious(unit: number): boolean {
  return unit === 0x0a || (unit >= 0xdc00 && unit <= 0xdfff);
}
