// One line where one line is wanted: the first that holds anything. In the middle of a line only an answer that leads to what stands
// behind the cursor is one.

import type { PolishFilter } from './filter.ts';

export const singleLine: PolishFilter = {
  name: 'one line',
  apply(text, site) {
    if (site.multiline) return text;
    const begin = site.lineBefore.trim() === '' ? text.search(/\S/) : 0;
    if (begin === -1) return undefined;
    const end = text.indexOf('\n', begin);
    return end === -1 ? text : text.slice(0, end);
  },
};
