// Cases of the filter that takes one line where one is wanted.

import { singleLine } from '../../../server/completion/polish/single-line.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(singleLine, {
  'takes the first line at the end of a line': { at: 'x = │', says: '1\ny = 2', left: '1' },
  'looks past a line break on a blank line': { at: 'a()\n│\nb()', says: '\nx = 1\ny = 2', left: 'x = 1' },
  'keeps tabs of that line': { at: 'a()\n│\nb()', says: '\n\tx = 1\ny', left: '\tx = 1', language: 'go' },
  'keeps several lines where a block begins': { at: 'if x:\n    │\n', says: 'a()\n    b()', left: 'a()\n    b()' },
  'keeps a line that leads to what follows': { at: 'print(│)', says: '"a")\nprint("b")', left: '"a")' },
  'keeps a line before closing brackets': { at: 'print(│)', says: '"a"\n"b"', left: '"a"' },
  'drops several lines in the middle of a line': { at: 'x = │ + 1', says: 'a\nb', left: undefined },
  'leaves one line alone': { at: 'x = │ + 1', says: 'a', left: 'a' },
});
