// An answer that writes the line above again says nothing new.

import { distance } from './distance.ts';
import type { PolishFilter } from './filter.ts';

const fewestCharacters = 5;
const tolerance = 0.1;

export const lineAbove: PolishFilter = {
  name: 'the line above again',
  apply(text, { before, lineBefore }) {
    const above = before
      .slice(Math.max(0, before.length - lineBefore.length - 4_000), before.length - lineBefore.length)
      .split('\n')
      .findLast((line) => line.trim() !== '');
    const first = (lineBefore + text).split('\n').find((line) => line.trim() !== '');
    if (above === undefined || first === undefined || first.trim().length < fewestCharacters) return text;
    const [a, b] = [above.trim(), first.trim()];
    return distance(a, b) <= Math.floor(tolerance * Math.min(a.length, 40)) && (a === b || a.length >= 40)
      ? undefined
      : text;
  },
};
