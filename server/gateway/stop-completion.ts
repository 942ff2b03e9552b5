// The stop filter for answers of one line.

import type { StopFilter } from './stop-filters.ts';

/** One line: ends at the first line break behind anything visible. The line break is not kept. */
export function stopAtLineEnd(): StopFilter {
  return {
    name: 'line end',
    decide: (text) => {
      const visible = text.search(/\S/);
      if (visible === -1) return undefined;
      const end = text.indexOf('\n', visible);
      return end === -1 ? undefined : { keep: text[end - 1] === '\r' ? end - 1 : end, why: 'the line is complete' };
    },
  };
}
