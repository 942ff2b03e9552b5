// Cases of the filter that does not write the next lines again.

import { suffixLines } from '../../../server/completion/polish/suffix-lines.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(suffixLines, {
  'leaves other lines alone': { at: 'x = 1\n│\nz = 3\n', says: 'a = 1\ny = 2', left: 'a = 1\ny = 2' },
  'takes the next line off': { at: 'x = 1\n│\nreturn total\n', says: 'total = x\nreturn total', left: 'total = x' },
  'takes two off': { at: '│\nlog(a)\nreturn total\n', says: 'a = 1\nlog(a)\nreturn total', left: 'a = 1' },
  'takes two off in front of a blank line': {
    at: '│\n\nlog(a)\nreturn b\n',
    says: 'a = 1\n\nlog(a)\nreturn b',
    left: 'a = 1',
  },
  'compares tabs as they are': {
    at: '\t│\n\treturn total\n',
    says: 'total++\n\treturn total',
    left: 'total++',
    language: 'go',
  },
  'keeps the same words at another depth': {
    at: '\t│\n\treturn total\n',
    says: 'if x {\n\t\treturn total',
    left: 'if x {\n\t\treturn total',
    language: 'go',
  },
  'keeps a short line, it is written often': { at: '│\npass\n', says: 'if x:\npass', left: 'if x:\npass' },
});
