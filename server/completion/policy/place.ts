// Where a completion is inserted, and what its surroundings say: one line or several, in a comment, in a string. Text and syntax facts
// only; knows no document and no editor.

import { enclosingPart, scanCode } from '../../base/code-scan.ts';
import { lineEnd, lineStart } from '../../base/text.ts';
import type { SyntaxFacts } from '../../syntax/facts.ts';
import type { GateFeatures } from './gate.ts';

export interface Cursor {
  /** LSP language id. */
  readonly languageId: string;
  /** The text before the cursor, whole or its end. */
  readonly prefix: string;
  /** The text after the cursor, whole or its beginning. */
  readonly suffix: string;
  /** The last finished parse, if it is of this very text; `offset` is the cursor's in it, in UTF-16 units. */
  readonly syntax?: { readonly facts: SyntaxFacts; readonly offset: number };
}

export interface CompletionPlace extends Cursor {
  readonly lines: 'single' | 'several';
}

/** The place with its mode decided by the text. */
export function placeOf(cursor: Cursor): CompletionPlace {
  return { ...cursor, lines: isMultiLine(cursor) ? 'several' : 'single' };
}

/**
 * Several lines make sense where nothing but closing marks follows on the line, and the cursor is in neither a line comment nor a string
 * that ends with its line; always in the body of a stub.
 */
export function isMultiLine(cursor: Cursor): boolean {
  const inside = insideOf(cursor);
  if (inside === 'comment' || inside === 'string') return false;
  if (isInStub(cursor)) return true;
  const rest = cursor.suffix.slice(0, lineEnd(cursor.suffix, 0));
  return /^[\s)\]}>;,:'"`]*$/.test(rest);
}

function isInStub({ syntax }: Cursor): boolean {
  if (syntax === undefined) return false;
  const { facts, offset } = syntax;
  return facts.symbols.some(
    ({ isStub, body }) => isStub && body !== undefined && body.start <= offset && offset <= body.end,
  );
}

/** What the cursor stands in; by the parse where there is one of this text, else by the code around it. */
export function insideOf(cursor: Cursor): 'code' | 'string' | 'comment' {
  const { syntax, languageId, prefix } = cursor;
  if (syntax !== undefined) {
    const { facts, offset } = syntax;
    // A line comment's range ends before its line break: at the end the cursor is still in it.
    if (facts.comments.some(({ range }) => range.start < offset && offset <= range.end)) return 'comment';
    if (facts.multilineLiterals.some(({ start, end }) => start < offset && offset < end)) return 'string';
  }
  return scanCode(enclosingPart(prefix), languageId).inside;
}

/** What the gate wants to know of the text; the rest is of the user and the machine. */
export function textFeatures(
  cursor: Cursor & { readonly documentShare: number },
): Pick<GateFeatures, 'lineLength' | 'blankAfterCursor' | 'documentShare' | 'midWord' | 'inComment' | 'inString'> {
  const { prefix, suffix, documentShare } = cursor;
  const inside = insideOf(cursor);
  return {
    lineLength: prefix.length - lineStart(prefix, prefix.length),
    blankAfterCursor: suffix.slice(0, lineEnd(suffix, 0)).trim() === '',
    documentShare,
    midWord: /^[\p{L}\p{N}_]/u.test(suffix),
    inComment: inside === 'comment',
    inString: inside === 'string',
  };
}
