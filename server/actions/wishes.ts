// Comments in which a person says what is wanted: `TODO: …` and `joule: …`. From fresh facts where there are any,
// else by the look of a line. Knows no grammar.

import { indentationOf, lineEnd, lineStart, type OffsetRange } from '../base/text.ts';
import type { Place } from './action.ts';
import { linesOf } from './lines.ts';

export interface Wish {
  readonly kind: 'todo' | 'joule';
  /** Without markers and without `TODO:` or `joule:`; may be empty. */
  readonly words: string;
  /** From the first to the last line of the comment, last line break excluded. */
  readonly lines: OffsetRange;
  readonly indentation: string;
  /** Nothing but the comment stands on its lines. */
  readonly standsAlone: boolean;
}

/** Wishes on the lines of a range, in order. Lines that only continue a wish belong to it. */
export function wishesIn(place: Place, range: OffsetRange): readonly Wish[] {
  const lines = linesOf(place.text, range);
  const comments =
    place.facts !== undefined && !place.factsAreStale ? parsed(place, lines) : guessed(place.text, lines);
  const wishes: Wish[] = [];
  for (let index = 0; index < comments.length; index++) {
    const first = comments[index];
    const opening = first && opens(first.text);
    if (!first || !opening || (opening.kind === 'todo' && proseLanguages.has(place.languageId))) continue;
    let last = first;
    let words = opening.words;
    for (let next = comments[index + 1]; next && continues(place.text, last, next); next = comments[++index + 1]) {
      words += `\n${next.text}`;
      last = next;
    }
    const block = linesOf(place.text, { start: first.start, end: last.end });
    if (block.start > lines.end) break;
    if (block.end < lines.start) continue;
    wishes.push({
      kind: opening.kind,
      words: words.trim(),
      lines: block,
      indentation: indentationOf(place.text.slice(block.start, block.end)),
      standsAlone: first.standsAlone,
    });
  }
  return wishes;
}

/** The wish on the comment lines that end right above `offset`. */
export function wishAbove(place: Place, offset: number): Wish | undefined {
  const line = lineStart(place.text, offset);
  if (line === 0) return undefined;
  const above = wishesIn(place, { start: line - 1, end: line - 1 }).at(-1);
  return above?.standsAlone ? above : undefined;
}

/** Where `# TODO` is a heading and `* TODO` a list item. */
const proseLanguages: ReadonlySet<string> = new Set(['markdown', 'plaintext', 'org', 'asciidoc', 'restructuredtext']);

interface Comment extends OffsetRange {
  readonly text: string;
  readonly standsAlone: boolean;
}

/** A wish opens a comment line: a TODO that is only mentioned in passing is none. */
function opens(text: string): Pick<Wish, 'kind' | 'words'> | undefined {
  const match = /(?:^|\n)[ \t]*[@*-]?[ \t]*(?:(joule:)|TODO\b(?:\([^)\n]*\))?:?)([\s\S]*)/.exec(text);
  return match === null ? undefined : { kind: match[1] ? 'joule' : 'todo', words: (match[2] ?? '').trim() };
}

function continues(text: string, last: Comment, next: Comment): boolean {
  if (!last.standsAlone || !next.standsAlone || opens(next.text) !== undefined) return false;
  const between = text.slice(last.end, next.start);
  return between.trim() === '' && between.split('\n').length === 2;
}

/** Those near the range: a comment that goes on for more than `reach` lines of its own is no wish but an essay. */
function parsed(place: Place, lines: OffsetRange): Comment[] {
  const { text } = place;
  let start = lines.start;
  for (let step = 0; step < reach && start > 0; step++) start = lineStart(text, start - 1);
  let end = lines.end;
  for (let step = 0; step < reach && end < text.length; step++) end = lineEnd(text, Math.min(end + 2, text.length));
  return (place.facts?.comments ?? [])
    .filter((comment) => comment.range.start <= end && comment.range.end >= start)
    .map(({ range, text: words }) => ({
      ...range,
      text: words,
      standsAlone: blankUpToLineBreak(text, range.start - 1, -1) && blankUpToLineBreak(text, range.end, 1),
    }));
}

/** Without looking for the line's ends, which may be a megabyte away. */
function blankUpToLineBreak(text: string, from: number, step: 1 | -1): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\r') at += step;
  return text[at] === undefined || text[at] === '\n' || (step === 1 && text[from - 1] === '\n');
}

/** Further lines above and below in which a comment that reaches the range may begin or go on. */
const reach = 10;

/** Markers of most languages' comments, before a line's text or after its code. */
const aloneMarker =
  /^[ \t]*(?:#+|\/\/+!?|--+|;+|%+|\/\*+|\*+|<!--+|\(\*|rem\b)[ \t]*(.*?)[ \t]*(?:\*+\/|--+>|\*\))?[ \t\r]*$/i;
const trailingMarker =
  /[ \t](?:#+|\/\/+|--+|;+|%+|\/\*+|<!--+)[ \t]*((?:TODO\b|joule:).*?)[ \t]*(?:\*+\/|--+>)?[ \t\r]*$/;

/** Longer lines are data, not comments. */
const longestLine = 2_000;
const mostLines = 5_000;

function guessed(text: string, lines: OffsetRange): Comment[] {
  let start = lines.start;
  for (let step = 0; step < reach && start > 0; step++) {
    const above = lineStart(text, start - 1);
    if (start - above > longestLine || !aloneMarker.test(text.slice(above, start - 1))) break;
    start = above;
  }
  const found: Comment[] = [];
  let beyond = 0;
  for (let count = 0; start <= text.length && beyond < reach && count < mostLines; count++) {
    const end = lineEnd(text, start);
    const line = end - start > longestLine ? '' : text.slice(start, end);
    const alone = aloneMarker.exec(line);
    const trailing = alone === null ? trailingMarker.exec(line) : null;
    const words = alone?.[1] ?? trailing?.[1];
    if (words !== undefined) found.push({ start, end, text: words, standsAlone: alone !== null });
    if (start > lines.end) {
      if (alone === null) break;
      beyond++;
    }
    const newline = text.indexOf('\n', end);
    if (newline === -1) break;
    start = newline + 1;
  }
  return found;
}
