// Cases of the filter that drops an answer in words.

import { prose } from '../../../server/completion/polish/prose.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(prose, {
  'leaves code alone': { at: '│', says: 'this.x = 1;', left: 'this.x = 1;', language: 'typescript' },
  'drops an offer of code': { at: '│', says: "Here's the completed code for you:\nx = 1", left: undefined },
  'drops a promise': { at: '    │', says: 'Sure, I will complete the function.', left: undefined },
  'drops an explanation': { at: '│', says: 'The function adds two numbers.', left: undefined },
  'drops an explanation after a tab': {
    at: '\t│',
    says: 'This function is not complete yet.',
    left: undefined,
    language: 'go',
  },
  'lets a comment speak': { at: '# │', says: 'The function adds two numbers.', left: 'The function adds two numbers.' },
  'lets a string speak': { at: 's = "│"', says: 'Here is the text', left: 'Here is the text' },
  'lets a document speak': { at: '│', says: 'The code is small.', left: 'The code is small.', language: 'markdown' },
  'goes by what the first line says': { at: '│', says: 'the_code = load()\n', left: 'the_code = load()\n' },
});
