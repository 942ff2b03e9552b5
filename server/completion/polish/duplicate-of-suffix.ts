// An answer that only says what follows the cursor anyway: its first lines are the next lines, or nearly.

import { distance } from './distance.ts';
import type { PolishFilter } from './filter.ts';

const comparedLines = 3;
/** Share of the characters that may differ. */
const tolerance = 0.05;
/** Shorter lines are alike by chance: `}`, `else:`. */
const fewestCharacters = 4;

export const duplicateOfSuffix: PolishFilter = {
  name: 'what follows anyway',
  apply(text, { after, lineAfter }) {
    const answer = firstLines(text);
    const behind = lineAfter.trim() === '' ? after.slice(after.indexOf('\n') + 1) : after;
    const next = firstLines(behind.slice(0, 2_000)).slice(0, answer.length);
    if (answer.length === 0 || next.length < answer.length) return text;
    const [a, b] = [answer.join('\n'), next.join('\n')];
    if (a.length < fewestCharacters) return text;
    return distance(a, b) <= Math.max(a === b ? 0 : 1, Math.floor(tolerance * a.length)) ? undefined : text;
  },
};

function firstLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, comparedLines);
}
