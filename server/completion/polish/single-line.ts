// One line where one line is wanted, or as many as syntax asks for before what stands behind the cursor can follow. In the middle of a line,
// what never leads to the rest of it is dropped.

import { fitAt } from '../../gateway/stop-filters.ts';
import { stopPlaceOf } from '../gate.ts';
import type { PolishFilter } from './filter.ts';

export const singleLine: PolishFilter = {
  name: 'one line',
  apply(text, site) {
    if (site.multiline) return text;
    const { lineBefore, lineAfter } = site;
    const isBlank = lineBefore.trim() === '';
    const begin = isBlank ? Math.max(0, text.search(/\S/)) : 0;
    const lead = text.lastIndexOf('\n', begin - 1) + 1;
    const from = lead === begin ? begin : lead;
    const end = fitAt(stopPlaceOf(site))(`${text}\n`, true);
    if (end !== undefined) return text.slice(from, end);
    // It was cut off, or fits nowhere: its first line is what may still be of use.
    const firstEnd = text.indexOf('\n', begin);
    if (firstEnd === -1) return text.slice(from);
    const line = text.slice(lead, firstEnd);
    const rest = lineAfter.trim();
    return rest === '' || line.trimEnd().endsWith(rest) || isClosing(rest) ? line : undefined;
  },
};

/** An editor put it there, or it closes what was open: the line may go on before it. */
function isClosing(rest: string): boolean {
  return /^[)\]}>"'`;,:]+$/.test(rest);
}
