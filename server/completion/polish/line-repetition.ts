// A last line that repeats itself to its end, as small models do: cut down to the first time.

import type { PolishFilter } from './filter.ts';

/** How often what length is repeated by no line that anybody wrote: a short piece six times, a longer one four times. */
const repetitions: readonly RegExp[] = [/(.{3,}?)\1{5,}$/, /(.{10,}?)\1{3,}$/];

/** The patterns take quadratic time in what they look at. */
const looksBack = 400;

export const lineRepetition: PolishFilter = {
  name: 'a line that repeats itself',
  apply(text) {
    const start = text.trimEnd().lastIndexOf('\n') + 1;
    const line = text.slice(start).trimEnd();
    const from = Math.max(0, line.length - looksBack);
    for (const pattern of repetitions) {
      const match = pattern.exec(line.slice(from));
      // A ruler, or padding: what is repeated has to hold a letter or digit.
      if (match === null || !/[\p{L}\p{N}]/u.test(match[1] ?? '')) continue;
      const kept = text.slice(0, start) + line.slice(0, from + match.index);
      return kept.trim() === '' ? undefined : kept;
    }
    return text;
  },
};
