// Cases of the filter that drops what follows anyway.

import { duplicateOfSuffix } from '../../../server/completion/polish/duplicate-of-suffix.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(duplicateOfSuffix, {
  'leaves another line alone': { at: '│\nreturn total\n', says: 'total += 1', left: 'total += 1' },
  'drops the next line': { at: '    │\n    return total\n', says: 'return total', left: undefined },
  'drops nearly the next line': { at: '│\nreturn total + 10\n', says: 'return total + 1', left: undefined },
  'drops the next line, indented by tabs': {
    at: '\t│\n\treturn total\n',
    says: 'return total',
    left: undefined,
    language: 'go',
  },
  'keeps a short line that is alike': { at: '│\nx = 1\n', says: 'y = 2', left: 'y = 2' },
  'keeps what stands on no line by itself': { at: '│\n}\n', says: '}', left: '}', language: 'go' },
  'drops the rest of the line': { at: 'foo(│bar, baz)', says: 'bar, baz)', left: undefined },
});
