// White space at both ends: what stands before the cursor already is not written again, and nothing trails. A line that begins is
// indented as far as it has to be; the part that stands there counts.

import type { PolishFilter } from './filter.ts';

export const surroundingSpace: PolishFilter = {
  name: 'white space',
  apply(text, { lineBefore }) {
    const end = text.trimEnd();
    if (!/[ \t]$/.test(lineBefore)) return end;
    if (lineBefore.trim() !== '') return end.replace(/^[ \t]+/, '');
    // On an indented blank line a model may write the whole indentation of the line again.
    return end.startsWith(lineBefore) ? end.slice(lineBefore.length) : end;
  },
};
