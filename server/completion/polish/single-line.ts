// One line where one line is wanted. In the middle of a line, several lines are only right when the first leads to what stands behind
// the cursor: it is kept, anything else is dropped.

import type { PolishFilter } from './filter.ts';

export const singleLine: PolishFilter = {
  name: 'one line',
  apply(text, { multiline, lineBefore, lineAfter }) {
    if (multiline) return text;
    const begin = lineBefore.trim() === '' ? Math.max(0, text.search(/\S/)) : 0;
    const lead = text.lastIndexOf('\n', begin - 1) + 1;
    const end = text.indexOf('\n', begin);
    if (end === -1) return begin === 0 ? text : text.slice(lead === begin ? begin : lead);
    const line = text.slice(lead, end);
    const rest = lineAfter.trim();
    return rest === '' || line.trimEnd().endsWith(rest) || isClosing(rest) ? line : undefined;
  },
};

/** An editor put it there, or it closes what was open: the line may go on before it. */
function isClosing(rest: string): boolean {
  return /^[)\]}>"'`;,:]+$/.test(rest);
}
