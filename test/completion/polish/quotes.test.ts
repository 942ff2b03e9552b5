// Cases of the filter that closes every string once.

import { quotes } from '../../../server/completion/polish/quotes.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(quotes, {
  'leaves closed strings alone': { at: 'x = │', says: '"a" + "b"', left: '"a" + "b"' },
  'goes on in a string': { at: 'x = "│"', says: 'abc', left: 'abc' },
  'takes the place of the closing quote': { at: 'x = "│"', says: 'abc"', left: 'abc"' },
  'cuts where the code behind closes': { at: 'x = "│", 1', says: 'abc"', left: 'abc' },
  'drops a string that never ends': { at: 'x = │', says: '"abc', left: undefined },
  'leaves a string alone that is still being written': { at: 'x = "│', says: 'abc', left: 'abc' },
  'knows a lifetime from a string': { at: 'fn f(│', says: "x: &'a str", left: "x: &'a str", language: 'rust' },
  'works behind tabs': { at: '\tx := "│"', says: 'abc', left: 'abc', language: 'go' },
});
