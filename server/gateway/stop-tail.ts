// Ends an answer in the middle of a text where it writes again what stands behind the cursor: the rest of the line, or the next line
// as deep as it stands there. Knows no grammar.

import { scanCode } from '../base/code-scan.ts';
import { lineEnd, lineStart } from '../base/text.ts';
import type { StopFilter } from './stop-filters.ts';

/** With so many visible characters a text is known again before its line is complete. */
const tellingCharacters = 10;
/** With fewer, brackets aside, a whole line says nothing either: `else:`, `pass`. */
const fewestCharacters = 6;
const mostCharacters = 60;

export interface TailPlace {
  /** LSP language id. */
  readonly languageId: string;
  readonly prefix: string;
  readonly suffix: string;
}

/**
 * The rest of the cursor's line, where code stands on both sides of the cursor: found again it ends the answer, and is not kept. A
 * short one (`)`, `:`) counts only where the answer's first line ends with it.
 */
export function stopAtTail({ languageId, prefix, suffix }: TailPlace): StopFilter {
  const tail = suffix.slice(0, lineEnd(suffix, 0)).trim();
  const isInside = tail !== '' && headOf(prefix).trim() !== '';
  const tells = tail.replace(/\s/g, '').length >= tellingCharacters;
  /** White space that stands before the rest already is not written twice. */
  const kept = (answer: string): number => (/^\s/.test(suffix) ? answer.trimEnd() : answer).length;
  return {
    name: 'tail',
    decide(text) {
      if (!isInside) return undefined;
      const found = tells ? text.indexOf(tail) : -1;
      if (found !== -1) return { keep: kept(text.slice(0, found)), why: 'the rest of the line begins again' };
      const lineBreak = text.indexOf('\n');
      if (lineBreak === -1) return undefined;
      const line = text.slice(0, lineBreak).trimEnd();
      if (!line.endsWith(tail) || ownsClosers(line, tail, languageId)) return undefined;
      return { keep: kept(line.slice(0, -tail.length)), why: 'the rest of the line is written again' };
    },
  };
}

/** The brackets at its end close what the line itself opened. */
function ownsClosers(line: string, tail: string, languageId: string): boolean {
  return /^[)\]}]/.test(tail) && scanCode(line, languageId).unopened.length === 0;
}

/**
 * The first line behind the cursor that shows anything, with its indentation: deeper or less deep it is another line; with the lines
 * after it where it says little. The line break before it is kept only where the suffix has none.
 */
export function stopAtNextLine({ prefix, suffix }: { readonly prefix: string; readonly suffix: string }): StopFilter {
  const head = headOf(prefix);
  const wanted = wantedBehind(head, suffix);
  const breaks = /^[^\S\n]*\r?\n/.test(suffix);
  return {
    name: 'next line',
    decide(text) {
      if (wanted === undefined) return undefined;
      const whole = head + text;
      for (let start = 0; start !== -1; start = nextStart(whole, start)) {
        if (start < head.length && head.trim() !== '') continue;
        if (!isFound(whole, start, wanted)) continue;
        const before = text.slice(0, Math.max(0, start - head.length));
        return { keep: (breaks ? before.trimEnd() : before).length, why: 'the code after the cursor begins again' };
      }
      return undefined;
    },
  };
}

interface Wanted {
  readonly text: string;
  /** Only as a whole line: too short to be told by its beginning. */
  readonly wholeLine: boolean;
}

function isFound(text: string, start: number, wanted: Wanted): boolean {
  if (!wanted.wholeLine) return text.startsWith(wanted.text, start);
  const end = text.indexOf('\n', start);
  return end !== -1 && text.slice(start, end).trimEnd() === wanted.text;
}

/** What tells the code behind the cursor from other code; undefined where it is too little. */
function wantedBehind(head: string, suffix: string): Wanted | undefined {
  const rest = suffix.slice(0, lineEnd(suffix, 0));
  const isBefore = head.trim() === '' && rest.trim() !== '';
  const begin = /\n(?=[^\S\n]*\S)/.exec(suffix);
  if (!isBefore && begin === null) return undefined;
  const behind = isBefore ? head + suffix : suffix.slice((begin?.index ?? 0) + 1);
  const first = behind.slice(0, lineEnd(behind, 0)).trimEnd();
  const visible = visibleIn(first);
  if (visible >= tellingCharacters) return { text: first.slice(0, mostCharacters), wholeLine: false };
  if (visible >= fewestCharacters) return { text: first, wholeLine: true };
  for (let end = lineEnd(behind, 0); end < behind.length && end < mostCharacters * 2; ) {
    end = lineEnd(behind, end + 1);
    const text = behind.slice(0, end).trimEnd();
    if (visibleIn(text) >= tellingCharacters) return { text, wholeLine: false };
  }
  return undefined;
}

function visibleIn(text: string): number {
  return text.replace(/[\s{}()[\];,]/g, '').length;
}

function headOf(prefix: string): string {
  return prefix.slice(lineStart(prefix, prefix.length));
}

function nextStart(text: string, from: number): number {
  const lineBreak = text.indexOf('\n', from);
  return lineBreak === -1 ? -1 : lineBreak + 1;
}
