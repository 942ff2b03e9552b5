// Cases of the filter that drops what is too little.

import { minimum } from '../../../server/completion/polish/minimum.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(minimum, {
  'keeps a single character': { at: 'f(│', says: ')', left: ')' },
  'drops nothing': { at: 'f(│', says: '', left: undefined },
  'drops white space': { at: 'f(│', says: ' \t\n', left: undefined },
});
