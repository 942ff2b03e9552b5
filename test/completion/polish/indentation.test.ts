// Cases of the filter that indents as the document does.

import { indentation } from '../../../server/completion/polish/indentation.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(indentation, {
  'leaves the same steps alone': {
    at: 'def f():\n    if a:\n        │',
    says: 'b()\n        c()',
    left: 'b()\n        c()',
  },
  'turns two spaces into four': {
    at: 'def f():\n    a()\n\ndef g():│\n',
    says: '\n  a()\n  if b:\n    c()',
    left: '\n    a()\n    if b:\n        c()',
  },
  'turns spaces into tabs': {
    at: 'func f() {\n\ta()\n}\n\nfunc g() {│',
    says: '\n    a()\n    b()',
    left: '\n\ta()\n\tb()',
    language: 'go',
  },
  'turns tabs into spaces': {
    at: 'def f():\n    a()\n\ndef g():│\n',
    says: '\n\ta()\n\tb()',
    left: '\n    a()\n    b()',
  },
  'leaves alone what stands in no steps': {
    at: 'def f():\n    a()\n\ndef g():│\n',
    says: '\n  a(b,\n     c)',
    left: '\n  a(b,\n     c)',
  },
  'leaves alone where the document shows no habit': { at: 'if a:│', says: '\n  b()', left: '\n  b()' },
  'leaves the inside of a long string alone': {
    at: 'def f():\n    a()\n\ndef g():│\n',
    says: '\n  x = """\n  b\n  """\n  y()',
    left: '\n    x = """\n  b\n  """\n    y()',
  },
});
