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
  'keeps the line that the rest can follow': { at: 'x = │ + 1', says: 'a\nb', left: 'a' },
  'keeps the lines that lead to the rest': { at: 'x = │rn x', says: '1\nretu', left: '1\nretu' },
  'drops several lines that never lead to the rest': { at: 'x = │rn x', says: '1\ny = 2', left: undefined },
  'keeps what the line opened until it is closed': { at: 'x = │\ny', says: '[\n  1,\n]\nz = 2', left: '[\n  1,\n]' },
  'keeps the block that its header needs': {
    at: 'def f(l):\n    for x in │\n    return 1\n',
    says: 'l:\n        print(x)\n    return 2',
    left: 'l:\n        print(x)',
  },
  'takes the first line of what was cut off': { at: 'x = │\ny', says: '[\n  1,\n  2,', left: '[' },
  'leaves one line alone': { at: 'x = │ + 1', says: 'a', left: 'a' },
});
