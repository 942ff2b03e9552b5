// Cases of the filter that cuts a line that repeats itself.

import { lineRepetition } from '../../../server/completion/polish/line-repetition.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(lineRepetition, {
  'leaves code alone': { at: '│', says: 'a, b, c, d', left: 'a, b, c, d' },
  'cuts before a short piece six times': { at: 'x = │', says: '[1, foo, foo, foo, foo, foo, foo, ', left: '[1,' },
  'cuts before a long piece four times': {
    at: '│',
    says: 'y = 1\nx = alpha_beta + alpha_beta + alpha_beta + alpha_beta + ',
    left: 'y = 1\nx =',
  },
  'keeps the first of what is nothing else': {
    at: '│',
    says: 'foobar foobar foobar foobar foobar foobar foobar ',
    left: 'foobar',
  },
  'leaves a ruler alone': {
    at: '│',
    says: '# -----------------------------------',
    left: '# -----------------------------------',
  },
  'leaves earlier lines alone': { at: '│', says: 'abcabcabcabcabcabcabc\nx', left: 'abcabcabcabcabcabcabc\nx' },
});
