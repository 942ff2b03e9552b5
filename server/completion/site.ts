// What can be told of a place from the text around it: the line, whether it is code, whether one line or several are wanted. Pure;
// looks at a few thousand characters at the most, because it runs at every keystroke.

import { indentationOf, lineEnd, lineStart } from '../base/text.ts';
import { lexLine } from './lex-line.ts';
import type { CompletionPlace } from './port.ts';

export interface Site {
  readonly languageId: string;
  readonly offset: number;
  /** Text before and after the cursor, cut far away from it. */
  readonly before: string;
  readonly after: string;
  /** `before` is all that stands before the cursor. */
  readonly wholeBefore: boolean;
  readonly lineBefore: string;
  readonly lineAfter: string;
  readonly inComment: boolean;
  readonly inString: boolean;
  /** A name is being written, or the cursor is in one. */
  readonly midWord: boolean;
  /** Several lines are wanted: an empty block begins here. */
  readonly multiline: boolean;
}

/** Looked at on each side of the cursor, in UTF-16 units. More than any prompt holds. */
const reach = 200_000;

/** Lines longer than this are generated, minified or data: no model writes on sensibly. */
const longestLine = 2_000;

/** The site, or the sentence why nothing is completed there. */
export function siteOf(place: CompletionPlace): Site | { readonly unfit: string } {
  const { text, offset } = place;
  if (offset < 0 || offset > text.length) return { unfit: 'the cursor is outside the text' };
  if (isInsidePair(text, offset)) return { unfit: 'the cursor is inside a character' };
  const start = lineStart(text, offset);
  const end = lineEnd(text, offset);
  if (end - start > longestLine) return { unfit: `the line is longer than ${longestLine} characters` };
  const from = Math.max(0, offset - reach);
  const lineBefore = text.slice(start, offset);
  const lineAfter = text.slice(offset, end);
  const lexed = lexLine(lineBefore, place.languageId);
  const inLongToken = isInLongToken(place);
  const inComment = lexed === 'comment' || inLongToken === 'comment';
  const inString = lexed === 'string' || inLongToken === 'string';
  const before = text.slice(from, offset);
  const after = text.slice(offset, offset + reach);
  return {
    languageId: place.languageId,
    offset,
    before,
    after,
    wholeBefore: from === 0,
    lineBefore,
    lineAfter,
    inComment,
    inString,
    midWord: /[\p{L}\p{N}_$]$/u.test(lineBefore) || /^[\p{L}\p{N}_$]/u.test(lineAfter),
    multiline: !inComment && !inString && beginsEmptyBlock(before, after, { lineBefore, lineAfter }),
  };
}

/** The name that is being written. */
export function wordBefore({ lineBefore }: Pick<Site, 'lineBefore'>): string {
  return /[\p{L}\p{N}_$]*$/u.exec(lineBefore)?.[0] ?? '';
}

/** The first line behind an answer that shows anything: the cursor's own where nothing stands before it. */
export function lineBehind({ lineBefore, lineAfter, after }: Site): string | undefined {
  if (lineBefore.trim() === '' && lineAfter.trim() !== '') return lineBefore + lineAfter;
  return firstLine(after.slice(lineAfter.length));
}

/** Between the halves of a surrogate pair, or of a line break of two characters. */
function isInsidePair(text: string, offset: number): boolean {
  const [left, right] = [text.charCodeAt(offset - 1), text.charCodeAt(offset)];
  if (left === 0x0d && right === 0x0a) return true;
  return left >= 0xd800 && left <= 0xdbff && right >= 0xdc00 && right <= 0xdfff;
}

/** From fresh facts only: a comment or string that began on an earlier line. */
function isInLongToken({ facts, factsAreStale, offset }: CompletionPlace): 'comment' | 'string' | undefined {
  if (facts === undefined || factsAreStale) return undefined;
  const holds = ({ start, end }: { readonly start: number; readonly end: number }): boolean =>
    start < offset && offset < end;
  if (facts.comments.some(({ range }) => holds(range))) return 'comment';
  return facts.multilineLiterals.some(holds) ? 'string' : undefined;
}

/** What opens a block at the end of a line, in the languages with braces, colons or keywords. */
const opener = /(?:[{([]|:|=>|->|\b(?:do|then|else|begin|repeat))$/;

/**
 * The block that was just opened is empty: the cursor stands behind its opener or on a blank line below it, nothing but closing
 * characters follows on the line, and the next line is not indented deeper than the opener's.
 */
function beginsEmptyBlock(
  before: string,
  after: string,
  line: { readonly lineBefore: string; readonly lineAfter: string },
): boolean {
  if (/[\p{L}\p{N}_"'`]/u.test(line.lineAfter)) return false;
  const opening =
    line.lineBefore.trim() === '' ? lastLine(before.slice(0, -line.lineBefore.length || undefined)) : line.lineBefore;
  if (opening === undefined || !opener.test(withoutComment(opening).trimEnd())) return false;
  // Between brackets that an editor has closed already, only a brace begins a block.
  if (line.lineAfter.trim() !== '' && !opening.trimEnd().endsWith('{')) return false;
  const next = firstLine(after.slice(line.lineAfter.length));
  return next === undefined || width(next) <= width(opening);
}

/** Blank lines that are looked past. */
const mostBlank = 50;

/** The last line with something on it. */
function lastLine(before: string): string | undefined {
  let end = before.length;
  for (let count = 0; count < mostBlank && end > 0; count++) {
    const start = lineStart(before, end);
    const line = before.slice(start, end).trimEnd();
    if (line !== '') return line;
    end = start - 1;
  }
  return undefined;
}

/** The first line with something on it, after the line break that `after` begins with. */
function firstLine(after: string): string | undefined {
  let start = after.indexOf('\n') + 1;
  if (start === 0) return undefined;
  for (let count = 0; count < mostBlank && start < after.length; count++) {
    const end = after.indexOf('\n', start);
    const line = after.slice(start, end === -1 ? start + longestLine : end).trimEnd();
    if (line !== '') return line;
    if (end === -1) return undefined;
    start = end + 1;
  }
  return undefined;
}

function withoutComment(line: string): string {
  return line.replace(/\s(?:#|\/\/).*$/, '');
}

/** Of the indentation; a tab is as deep as eight spaces, which is enough to compare lines of one file. */
export function width(line: string): number {
  return [...indentationOf(line)].reduce((sum, character) => sum + (character === '\t' ? 8 : 1), 0);
}
