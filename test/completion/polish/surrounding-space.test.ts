// Cases of the filter that minds white space at both ends.

import { surroundingSpace } from '../../../server/completion/polish/surrounding-space.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(surroundingSpace, {
  'takes a blank off where one stands': { at: 'x = │', says: ' 1', left: '1' },
  'keeps it where none stands': { at: 'x =│', says: ' 1', left: ' 1' },
  'takes trailing white space off': { at: 'x = │', says: '1  \n\n', left: '1' },
  'does not write an indentation twice': { at: 'if x:\n    │', says: '    a()\n    b()', left: 'a()\n    b()' },
  'nor one of tabs': { at: 'if x {\n\t│', says: '\ta()', left: 'a()', language: 'go' },
  'keeps what is deeper': { at: 'if x:\n    │', says: '  a()', left: '  a()' },
  'keeps tabs after a tab that is no indentation': { at: 'x\t│', says: '\t1', left: '1' },
});
