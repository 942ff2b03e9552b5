// White space at both ends: what stands before the cursor already is not written again, and nothing trails.

import type { PolishFilter } from './filter.ts';

export const surroundingSpace: PolishFilter = {
  name: 'white space',
  apply(text, site) {
    const end = text.trimEnd();
    if (site.lineBefore.trim() === '' || !/\s$/.test(site.lineBefore)) return end;
    return end.replace(/^[ \t]+/, '');
  },
};
