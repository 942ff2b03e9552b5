// A string that is left open, or closed twice: the answer is cut where the code behind the cursor closes it, or dropped.

import { lexLine } from '../lex-line.ts';
import { replacedLength } from '../replace-range.ts';
import type { PolishFilter } from './filter.ts';

export const quotes: PolishFilter = {
  name: 'quotes',
  apply(text, site) {
    const { lineBefore, lineAfter, languageId } = site;
    if (text.includes('\n') || site.inComment) return text;
    const endsIn = (answer: string): string =>
      lexLine(lineBefore + answer + lineAfter.slice(replacedLength(answer, lineAfter)), languageId);
    if (endsIn(text) !== 'string') return text;
    // The line was like that before: a string over several lines, or one that is still being typed.
    if (lexLine(lineBefore + lineAfter, languageId) === 'string') return site.inString ? text : undefined;
    const quote = /["'`]/.exec(lineAfter)?.[0];
    const at = quote === undefined ? -1 : text.indexOf(quote);
    const kept = at > 0 ? text.slice(0, at) : '';
    return kept !== '' && endsIn(kept) !== 'string' ? kept : undefined;
  },
};
