// Cases of the filter that does not close a block twice.

import { blockClosing } from '../../../server/completion/polish/block-closing.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(blockClosing, {
  'leaves lines that close nothing alone': {
    at: 'f() {\n  │\n}',
    says: 'a();\n  b();',
    left: 'a();\n  b();',
    language: 'javascript',
  },
  'takes a closing line off that follows': {
    at: 'f() {\n  │\n}',
    says: 'a();\n}',
    left: 'a();',
    language: 'javascript',
  },
  'compares tabs as they are': { at: '\tif x {\n\t\t│\n\t}\n}', says: 'a()\n\t}', left: 'a()', language: 'go' },
  'keeps one of another depth': { at: '\tif x {\n\t\t│\n}', says: 'a()\n\t}', left: 'a()\n\t}', language: 'go' },
  'drops what is nothing else': { at: 'f() {\n│\n}', says: '}', left: undefined, language: 'javascript' },
  'keeps it where nothing follows': { at: 'f() {\n  │', says: 'a();\n}', left: 'a();\n}', language: 'javascript' },
  'knows end': { at: 'def f\n  │\nend\n', says: 'a\nend', left: 'a', language: 'ruby' },
});
