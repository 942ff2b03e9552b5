// Cases of the filter that keeps an answer in its block.

import { scope } from '../../../server/completion/polish/scope.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(scope, {
  'leaves one line alone': { at: 'x = │', says: '1', left: '1' },
  'ends where the body ends': { at: 'def f():\n    │\n', says: 'a()\n    b()\nc()', left: 'a()\n    b()' },
  'ends where a body behind its colon ends': { at: 'def f():│\n', says: '\n    a()\nc()', left: '\n    a()' },
  'ends where a body of tabs ends': {
    at: 'func f() {\n\t│\n}',
    says: 'a()\n\tb()\n}\n\nfunc g() {',
    left: 'a()\n\tb()',
    language: 'go',
  },
  'looks past blank lines': { at: 'def f():\n    │\n', says: 'a()\n\n    b()\n\nc()', left: 'a()\n\n    b()' },
  'goes on with else': { at: 'if a:│\n', says: '\n    b()\nelse:\n    c()\nd()', left: '\n    b()\nelse:\n    c()' },
  'closes the block that it opened': {
    at: 'if (a) │',
    says: '{\n  b();\n}\nc();',
    left: '{\n  b();\n}',
    language: 'javascript',
  },
  'keeps deeper blocks': {
    at: 'for x in y:\n    │\n',
    says: 'if x:\n        a()\n    b()',
    left: 'if x:\n        a()\n    b()',
  },
});
