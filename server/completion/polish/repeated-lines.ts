// The same line over and over: from the fifth time in a row it is a loop, and one stays.

import type { PolishFilter } from './filter.ts';

const mostRepeats = 5;

export const repeatedLines: PolishFilter = {
  name: 'lines that repeat themselves',
  apply(text) {
    const lines = text.split('\n');
    for (let first = 0; first < lines.length; first++) {
      const line = lines[first]?.trim() ?? '';
      if (!/[\p{L}\p{N}]/u.test(line)) continue;
      let count = 1;
      while (lines[first + count]?.trim() === line) count++;
      if (count >= mostRepeats) return lines.slice(0, first + 1).join('\n');
    }
    return text;
  },
};
