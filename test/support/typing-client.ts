// A user at a keyboard, for tests of completions: opens a document with a mark where the cursor is, types, asks, takes what is offered.

import {
  CancellationTokenSource,
  type CompletionItem,
  type CompletionList,
  type InlineCompletionItem,
  type InlineCompletionList,
  type InsertReplaceEdit,
  type Position,
  type TextEdit,
} from 'vscode-languageserver/node';
import type { HeadlessClient } from '../../server/lsp/headless-client.ts';

export interface Typist {
  /** What the document holds now, with `│` at the cursor. */
  marked(): string;
  /** Types one text in one go. */
  type(text: string): void;
  /** Removes so many characters before the cursor. */
  erase(count: number): void;
  /** Moves the cursor without a change. */
  move(offset: number): void;
  readonly offset: number;
  menu(context?: object): Asked<CompletionItem | undefined> & { list(): Promise<CompletionList> };
  ghost(context?: object): Asked<InlineCompletionItem | undefined>;
  /** Puts an item where it belongs and reports it, as an editor that reports does. */
  take(item: CompletionItem | InlineCompletionItem, report?: boolean): Promise<void>;
}

export interface Asked<Item> {
  /** The first item. */
  readonly item: Promise<Item>;
  cancel(): void;
}

/** @param marked the text, with `│` where the cursor is. */
export async function openTypist(
  client: HeadlessClient,
  uri: string,
  languageId: string,
  marked: string,
): Promise<Typist> {
  let offset = marked.indexOf('│');
  client.openDocument(uri, languageId, marked.replace('│', ''));
  await client.ready(uri);
  const text = (): string => client.document(uri)?.text ?? '';
  const positionAt = (at: number): Position => {
    const before = text().slice(0, at);
    const line = before.split('\n').length - 1;
    return { line, character: at - (before.lastIndexOf('\n') + 1) };
  };
  const offsetAt = ({ line, character }: Position): number =>
    text()
      .split('\n')
      .slice(0, line)
      .reduce((sum, one) => sum + one.length + 1, 0) + character;
  const change = (start: number, end: number, newText: string): void => {
    client.changeDocument(uri, [{ range: { start: positionAt(start), end: positionAt(end) }, newText }]);
    offset = start + newText.length;
  };
  const asking = <Answer>(method: string, context: object): { readonly answer: Promise<Answer>; cancel(): void } => {
    const cancelled = new CancellationTokenSource();
    const params = { textDocument: { uri }, position: positionAt(offset), context };
    return {
      answer: client.connection.sendRequest<Answer>(method, params, cancelled.token),
      cancel: () => cancelled.cancel(),
    };
  };
  return {
    marked: () => `${text().slice(0, offset)}│${text().slice(offset)}`,
    get offset() {
      return offset;
    },
    type: (typed) => change(offset, offset, typed),
    erase: (count) => change(offset - count, offset, ''),
    move: (to) => {
      offset = to;
    },
    menu(context = { triggerKind: 1 }) {
      const { answer, cancel } = asking<CompletionList>('textDocument/completion', context);
      return { item: answer.then(({ items }) => items[0]), list: () => answer, cancel };
    },
    ghost(context = { triggerKind: 1 }) {
      const { answer, cancel } = asking<InlineCompletionList>('textDocument/inlineCompletion', context);
      return { item: answer.then(({ items }) => items[0]), cancel };
    },
    async take(item, report = true) {
      const { range, text: newText } = editOf(item);
      const start = offsetAt(range.start);
      const further = 'additionalTextEdits' in item ? (item.additionalTextEdits ?? []) : [];
      const moved = further
        .filter((edit) => offsetAt(edit.range.start) < start)
        .reduce((sum, edit) => sum + edit.newText.length - (offsetAt(edit.range.end) - offsetAt(edit.range.start)), 0);
      client.changeDocument(uri, [{ range, newText }, ...further]);
      offset = start + newText.length + moved;
      if (report && item.command !== undefined) {
        await client.executeCommand(item.command.command, item.command.arguments ?? []);
      }
    },
  };
}

function editOf(item: CompletionItem | InlineCompletionItem): { range: TextEdit['range']; text: string } {
  if ('textEdit' in item && item.textEdit !== undefined) {
    const edit = item.textEdit as TextEdit | InsertReplaceEdit;
    return { range: 'range' in edit ? edit.range : edit.insert, text: edit.newText };
  }
  const { range, insertText } = item as InlineCompletionItem;
  if (range === undefined) throw new Error('an inline completion without a range');
  return { range, text: typeof insertText === 'string' ? insertText : insertText.value };
}
