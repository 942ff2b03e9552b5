// Cases of the filter that drops comments that say nothing.

import { emptyComment } from '../../../server/completion/polish/empty-comment.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(emptyComment, {
  'leaves comments with words alone': { at: '│', says: '# adds', left: '# adds' },
  'drops a marker alone': { at: '│', says: '#', left: undefined },
  'drops markers on several lines': { at: '\t│', says: '//\n\t//\n\t// ', left: undefined, language: 'go' },
  'keeps code below an empty comment': { at: '│', says: '#\nx = 1', left: '#\nx = 1' },
  'leaves languages without a marker alone': { at: '│', says: '//', left: '//', language: 'json' },
});
