// Ends an answer in the middle of a line where it writes the rest of that line again. Knows no language.

import type { StopFilter } from './stop-filters.ts';

/** With so many visible characters the rest of a line is known again wherever it stands; a shorter one only before a line break. */
const tellingCharacters = 10;

/**
 * The rest of the cursor's line, when it has any: found again it ends the answer, and is not kept. A short one (`)`, `:`) counts
 * only where the answer's first line ends with it.
 */
export function stopAtTail(suffix: string): StopFilter {
  const tail = /^[^\r\n]*/.exec(suffix)?.[0].trim() ?? '';
  const tells = tail.replace(/\s/g, '').length >= tellingCharacters;
  /** White space that stands before the rest already is not written twice. */
  const kept = (answer: string): number => (/^\s/.test(suffix) ? answer.trimEnd() : answer).length;
  return {
    name: 'tail',
    decide(text) {
      if (tail === '') return undefined;
      const found = tells ? text.indexOf(tail) : -1;
      if (found !== -1) return { keep: kept(text.slice(0, found)), why: 'the rest of the line begins again' };
      const lineBreak = text.indexOf('\n');
      if (lineBreak === -1) return undefined;
      const line = text.slice(0, lineBreak).trimEnd();
      if (!line.endsWith(tail)) return undefined;
      return { keep: kept(line.slice(0, -tail.length)), why: 'the rest of the line is written again' };
    },
  };
}
