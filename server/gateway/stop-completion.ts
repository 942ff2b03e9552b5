// Stop filters for answers that are inserted in the middle of a text: one line, the code after the cursor, a bound on size.

import type { StopFilter } from './stop-filters.ts';

/** One line: ends at the first line break behind anything visible. The line break is not kept. */
export function stopAtLineEnd(): StopFilter {
  return {
    name: 'line end',
    decide: (text) => {
      const visible = text.search(/\S/);
      if (visible === -1) return undefined;
      const end = text.indexOf('\n', visible);
      return end === -1 ? undefined : { keep: text[end - 1] === '\r' ? end - 1 : end, why: 'the line is complete' };
    },
  };
}

/** Fewer visible characters than this, and the beginning of the code after the cursor says nothing (`}`, `return`). */
const fewestSuffixCharacters = 10;
const mostSuffixCharacters = 60;

/**
 * Ends where the answer begins to write again what stands after the cursor: its first line, more when that is short. Matches
 * at the beginning of a line, or right away: an empty answer is the right one when nothing was missing.
 */
export function stopAtSuffix(suffix: string): StopFilter {
  const wanted = beginningOf(suffix);
  const lead = /^\s*/.exec(suffix)?.[0] ?? '';
  return {
    name: 'suffix',
    decide: (text) => {
      if (wanted === undefined) return undefined;
      for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
        const lineBegins = text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trim() === '';
        if (lineBegins)
          return { keep: at - commonEnd(text.slice(0, at), lead), why: 'the code after the cursor begins again' };
      }
      return undefined;
    },
  };
}

function beginningOf(suffix: string): string | undefined {
  const text = suffix.trimStart();
  for (let end = text.indexOf('\n'); ; end = text.indexOf('\n', end + 1)) {
    const part = (end === -1 ? text : text.slice(0, end)).trimEnd().slice(0, mostSuffixCharacters);
    if (part.replace(/[\s{}()[\];,]/g, '').length >= fewestSuffixCharacters) return part;
    if (end === -1 || part.length >= mostSuffixCharacters) return undefined;
  }
}

/** How many characters two texts share at their ends. */
function commonEnd(a: string, b: string): number {
  let length = 0;
  while (length < Math.min(a.length, b.length) && a.at(-1 - length) === b.at(-1 - length)) length++;
  return length;
}

/**
 * A bound on size, counted from the first visible character. The answer ends with the last whole line inside it, or at the bound
 * when that is all one line.
 */
export function stopWhenTooLong(limit: { readonly characters?: number; readonly lines?: number }): StopFilter {
  const { characters = Number.POSITIVE_INFINITY, lines = Number.POSITIVE_INFINITY } = limit;
  return {
    name: 'length',
    decide: (text) => {
      const begin = text.search(/\S/);
      if (begin === -1) return undefined;
      if (text.length - begin > characters) {
        const lineBreak = text.lastIndexOf('\n', begin + characters);
        const keep = lineBreak > begin ? lineBreak : wholeCharacters(text, begin + characters);
        return { keep, why: `longer than ${characters} characters` };
      }
      if (lines === Number.POSITIVE_INFINITY) return undefined;
      let end = begin;
      for (let count = 0; count < lines; count++) {
        end = text.indexOf('\n', end + 1);
        if (end === -1) return undefined;
      }
      return text.slice(end).trim() === '' ? undefined : { keep: end, why: `longer than ${lines} lines` };
    },
  };
}

/** One less where the cut would go through a surrogate pair. */
function wholeCharacters(text: string, length: number): number {
  const last = text.charCodeAt(length - 1);
  return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
}
