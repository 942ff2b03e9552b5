// Cases of the filter that ends an answer at two blank lines.

import { blankLines } from '../../../server/completion/polish/blank-lines.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(blankLines, {
  'leaves one blank line alone': { at: '│', says: 'a\n\nb', left: 'a\n\nb' },
  'ends at two': { at: '│', says: 'a\n\n\nb', left: 'a' },
  'takes lines of tabs for blank': { at: '│', says: 'a\n\t\n\t\nb', left: 'a' },
  'looks past those before the code': { at: '│', says: '\n\n\na', left: '\n\n\na' },
});
