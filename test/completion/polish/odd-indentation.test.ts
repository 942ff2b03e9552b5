// Cases of the filter that brings odd indentation back.

import { oddIndentation } from '../../../server/completion/polish/odd-indentation.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(oddIndentation, {
  'leaves even steps alone': { at: 'def f():\n    a()\n    │', says: 'b()\n    c()', left: 'b()\n    c()' },
  'takes one space off every line': {
    at: 'def f():\n    a()\n\ndef g():│',
    says: '\n     b()\n     c()',
    left: '\n    b()\n    c()',
  },
  'takes one off where the first line begins': { at: 'def f():\n    a()\n    │', says: ' b()', left: 'b()' },
  'leaves tabs alone': { at: 'func f() {\n\ta()\n\t│', says: ' b()', left: ' b()', language: 'go' },
  'leaves documents of three spaces alone': { at: 'if a\n   b\n│', says: ' c', left: ' c', language: 'ruby' },
});
