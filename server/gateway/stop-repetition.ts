// Ends an answer that repeats itself: characters, lines, blocks. Exact repetition only, and a lot of it: tables, padding and
// similar tests are code too.

import type { StopDecision, StopFilter } from './stop-filters.ts';

/** How much exact repetition, by the length of what is repeated, no honest code shows. */
const limits: readonly { readonly longestPeriod: number; readonly repeats: number; readonly characters: number }[] = [
  { longestPeriod: 1, repeats: 256, characters: 256 }, // ruler comments are 80 to 120 long
  { longestPeriod: 16, repeats: 40, characters: 512 }, // `0, 0, 0, …`
  { longestPeriod: 200, repeats: 12, characters: 600 }, // lines
  { longestPeriod: 2000, repeats: 6, characters: 600 }, // functions
];

/** A tail of this many times the longest period is looked at. */
const lookBack = 24_000;

/** Why such an answer ended: what is kept of it ends anywhere. */
export const repeatsItself = 'the answer repeats itself';

/** Keeps one copy of what is repeated. Also inside fences and strings: there is no end of the loop to wait for. */
export function stopAtRepetition(): StopFilter {
  return { name: 'repetition', decide: (text) => decide(text) };
}

/** Blank lines in a row after which nothing comes any more. */
const blankLines = 40;

function decide(text: string): StopDecision | undefined {
  if (endsInBlankLines(text)) return { keep: text.trimEnd().length, why: 'only blank lines come' };
  if (text.length < 256) return undefined;
  let shortest = 1;
  for (const { longestPeriod, repeats, characters } of limits) {
    for (let period = shortest; period <= longestPeriod; period++) {
      const needed = Math.max(repeats * period, characters);
      if (needed > text.length) break;
      const length = repeatedTail(text, period);
      if (length >= needed) return { keep: text.length - length + period, why: repeatsItself };
    }
    shortest = longestPeriod + 1;
  }
  return undefined;
}

/** Length of the longest end of the text that repeats every `period` characters. */
function repeatedTail(text: string, period: number): number {
  const last = text.length - 1;
  const floor = Math.max(period, text.length - lookBack);
  let at = last;
  while (at >= floor && text.charCodeAt(at) === text.charCodeAt(at - period)) at--;
  return last - at + period;
}

function endsInBlankLines(text: string): boolean {
  let count = 0;
  for (let at = text.length - 1; at >= 0 && count <= blankLines; at--) {
    const character = text[at] ?? '';
    if (character === '\n') count++;
    else if (character.trim() !== '') return false; // near the end of any honest text
  }
  return count > blankLines && text.trim() !== '';
}
