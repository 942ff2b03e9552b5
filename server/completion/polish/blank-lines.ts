// Two blank lines in a row end an answer: what comes behind them is another thing. Below the top level of a file, one does so where
// nothing follows it.

import type { PolishFilter } from './filter.ts';

export const blankLines: PolishFilter = {
  name: 'blank lines',
  apply(text) {
    const match = /\n[ \t]*\n[ \t]*\n/.exec(text);
    if (match === null || text.slice(0, match.index).trim() === '') return text;
    return text.slice(0, match.index);
  },
};
