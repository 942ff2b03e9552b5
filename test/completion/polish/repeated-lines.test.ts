// Cases of the filter that keeps one of lines that repeat themselves.

import { repeatedLines } from '../../../server/completion/polish/repeated-lines.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(repeatedLines, {
  'leaves four alike alone': { at: '│', says: 'a()\na()\na()\na()', left: 'a()\na()\na()\na()' },
  'keeps one of five': { at: '│', says: 'x = 1\na()\na()\na()\na()\na()', left: 'x = 1\na()' },
  'compares without indentation, by tabs too': {
    at: '\t│',
    says: 'a()\n\ta()\n\ta()\n\ta()\n\ta()',
    left: 'a()',
    language: 'go',
  },
  'leaves brackets alone': { at: '│', says: '}\n}\n}\n}\n}', left: '}\n}\n}\n}\n}', language: 'go' },
});
