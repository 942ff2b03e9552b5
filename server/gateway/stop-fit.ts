// Ends an answer at the first line after which the code behind the cursor can go on: mostly its first one, and as many more as syntax asks
// for (an open bracket, a block without a body, an `elif` that needs its `if`). Text only; knows no grammar.

import { enclosingPart, isIndented, scanCode } from '../base/code-scan.ts';
import { indentationOf, lineEnd, lineStart } from '../base/text.ts';
import type { StopFilter } from './stop-filters.ts';

/** Where an answer is inserted. */
export interface FitPlace {
  /** LSP language id. */
  readonly languageId: string;
  /** Text before the cursor, at least from the last top-level statement on. */
  readonly prefix: string;
  readonly suffix: string;
  /** Names that the code behind the cursor uses and that only the answer can define. */
  readonly wantedNames?: readonly string[];
}

/** One line, or as many as what stands behind the cursor needs. The last line break is not kept. */
export function stopAtFit(place: FitPlace): StopFilter {
  const endOf = fitAt(place);
  return {
    name: 'fit',
    decide(text) {
      const end = endOf(text, false);
      return end === undefined ? undefined : { keep: end, why: 'the line is complete' };
    },
  };
}

/**
 * Says where an answer is complete: the offset of a line break, not that of one before anything visible. Undefined where it is not, or
 * where more has to come before that can be told.
 * @param isWhole of the text: nothing more comes.
 */
export type FindFit = (text: string, isWhole: boolean) => number | undefined;

/** Prepared once for a place, because it is asked after each piece of an answer. */
export function fitAt({ languageId, prefix, suffix, wantedNames: wanted = [] }: FitPlace): FindFit {
  const before = enclosingPart(prefix);
  const open = scanCode(before, languageId);
  const place: Surroundings = {
    languageId,
    before,
    head: before.slice(lineStart(before, before.length)),
    tail: suffix.slice(0, lineEnd(suffix, 0)),
    next: nextLine(before.slice(lineStart(before, before.length)), suffix),
    isInBrackets: open.unclosed.length > 0,
  };
  const isCode = open.inside === 'code';
  return (text, isWhole) => {
    let first: number | undefined;
    let lines = 0;
    for (let end = lineBreakBehind(text, 0); end !== undefined; end = lineBreakBehind(text, end)) {
      if (!isCode) return withoutReturn(text, end);
      const found = fits(text.slice(0, end), text.slice(end + 1), place, isWhole);
      if (found === 'later') return undefined;
      if (found && defines(text.slice(0, end), wanted)) return withoutReturn(text, end);
      if (found) first ??= withoutReturn(text, end);
      lines++;
      if (first !== undefined && lines >= mostLinesForNames) return first;
    }
    return isWhole ? first : undefined;
  };
}

interface Surroundings {
  readonly languageId: string;
  readonly before: string;
  /** The cursor's line before and after the cursor. */
  readonly head: string;
  readonly tail: string;
  /** The first line behind the answer that shows anything, with its indentation; what is on the cursor's line where nothing stands before it. */
  readonly next: string | undefined;
  /** Some bracket before the cursor is open: indentation says little. */
  readonly isInBrackets: boolean;
}

/** A name that has not come by now does not come. */
const mostLinesForNames = 6;

function defines(answer: string, wanted: readonly string[]): boolean {
  return wanted.every((name) => new RegExp(`(?<![\\w.$])${name.replace(/\$/g, '\\$')}(?![\\w$])`).test(answer));
}

/** The first line break behind something visible that stands at `from` or later. */
function lineBreakBehind(text: string, from: number): number | undefined {
  const visible = text.slice(from).search(/\S/);
  const end = visible === -1 ? -1 : text.indexOf('\n', from + visible);
  return end === -1 ? undefined : end;
}

function withoutReturn(text: string, end: number): number {
  return text[end - 1] === '\r' ? end - 1 : end;
}

function nextLine(head: string, suffix: string): string | undefined {
  const own = suffix.slice(0, lineEnd(suffix, 0));
  if (head.trim() === '' && own.trim() !== '') return head + own;
  return /\n([^\S\n]*\S[^\n]*)/.exec(suffix)?.[1];
}

/** @returns whether the code after the cursor can follow on `answer`; `later` where that depends on the next line. */
function fits(answer: string, rest: string, place: Surroundings, isWhole: boolean): boolean | 'later' {
  const { languageId, head, tail, next } = place;
  const { inside, spansLines, unclosed } = scanCode(head + answer, languageId);
  if (inside !== 'code' && spansLines) return false;
  const lines = (head + answer).split('\n').filter((line) => line.trim() !== '');
  const whole = lines.at(-1) ?? '';
  const last = withoutComment(whole, languageId).trimEnd();
  if (inside === 'code' && head.trim() !== '' && tail.trim() !== '' && !joins(whole, tail, languageId)) return false;
  const width = indentationOf(whole).length;
  const nextWidth = next === undefined ? 0 : indentationOf(next).length;
  // What a line leaves open goes on behind the cursor, or in the answer. By the layout: brackets far away may well be off while one types.
  const tailCloses = scanCode(tail, languageId).unopened.length;
  if (unclosed.length > tailCloses || goesOn.test(last)) return nextWidth > width || closes(next, width);
  if (/(?:&&|\|\|)$/.test(last)) return next !== undefined && nextWidth >= width;
  if (!isIndented(languageId)) return true;
  if (next !== undefined && !hasPartner(next, `${place.before}${answer}`)) return false;
  if (last.endsWith(':')) return nextWidth > width;
  if (nextWidth > width && !place.isInBrackets) return false;
  const opener = lines.find((line) => withoutComment(line, languageId).trimEnd().endsWith(':'));
  if (opener === undefined) return true;
  const behind = /^(?:[^\S\n]*\n)*([^\S\n]*)(\S\w*)/.exec(rest);
  if (behind === null) return isWhole ? true : 'later';
  const depth = (behind[1] ?? '').length;
  return (
    depth < indentationOf(opener).length ||
    (depth === indentationOf(opener).length &&
      !mayContinue(behind[2] ?? '', !isWhole && behind[0].length === rest.length))
  );
}

/** How a line ends that is not complete, brackets aside. */
const goesOn = /(?:\\|[^=!<>]=|=>|->)$/;

/** Whether the next line closes, at that depth, what was opened. */
function closes(next: string | undefined, width: number): boolean {
  return next !== undefined && indentationOf(next).length === width && /^\s*[)\]}]/.test(next);
}

/** Whether the block goes on with this word, or may with what is there of it. */
function mayContinue(word: string, isPart: boolean): boolean {
  return ['else', 'elif', 'except', 'finally'].some((one) => (isPart ? one.startsWith(word) : one === word));
}

/** What a continuation goes on from. */
const partners: Readonly<Record<string, RegExp>> = {
  else: /^(?:if|elif|for|while|try|except|async)\b/,
  elif: /^(?:if|elif)\b/,
  except: /^(?:try|except)\b/,
  finally: /^(?:try|except|else)\b/,
};

/** Whether the line is no continuation, or the statement before it at its depth is one that it can go on from. */
function hasPartner(next: string, before: string): boolean {
  const wanted = partners[/^\w*/.exec(next.trimStart())?.[0] ?? ''];
  if (wanted === undefined) return true;
  const width = indentationOf(next).length;
  const above = before
    .split('\n')
    .filter((line) => line.trim() !== '' && indentationOf(line).length <= width)
    .at(-1);
  return above !== undefined && indentationOf(above).length === width && wanted.test(above.trimStart());
}

/** Two words in a row are code only where the first is one of these, or the second one of those. */
const leading =
  /^(?:and|as|assert|async|await|case|class|def|del|elif|else|except|for|from|global|if|import|in|is|lambda|match|nonlocal|not|or|raise|return|while|with|yield)$/;
const following = /^(?:and|as|async|else|for|from|if|import|in|is|not|or)$/;

/** Whether the rest of the line can stand behind the end of the answer: no word or figure there runs into another. */
function joins(line: string, tail: string, languageId: string): boolean {
  if (!isIndented(languageId)) return !(/[\p{N})\]]$/u.test(line) && /^[\p{L}_]/u.test(tail));
  const words = [...(line + tail).matchAll(/[\p{L}\p{N}_]+|\S/gu)];
  return words.every(({ 0: word, index }, at) => {
    const follower = words[at + 1];
    const isFar = index > line.length || follower === undefined || follower.index + follower[0].length < line.length;
    if (index <= line.length && index + word.length >= line.length && /^\p{N}+[\p{L}_]/u.test(word)) return false;
    if (isFar || !/^[\p{L}\p{N}_]/u.test(follower[0])) return true;
    return leading.test(word) || following.test(follower[0]) || !/[\p{L}\p{N}_)\]}]/u.test(word);
  });
}

function withoutComment(line: string, languageId: string): string {
  return isIndented(languageId) ? line.replace(/\s#.*$/, '') : line;
}
