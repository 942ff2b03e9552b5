// Cases of the filter that takes fences off.

import { fences } from '../../../server/completion/polish/fences.ts';
import { polishTable } from '../../support/polish-table.ts';

polishTable(fences, {
  'leaves code alone': { at: 'x = │', says: 'f()', left: 'f()' },
  'takes the fence off a whole answer': { at: '│', says: '```python\nx = 1\n```\n', left: 'x = 1' },
  'ends at a fence that closes what nobody opened': { at: 'x = │', says: '1\n```\nThis sets x.', left: '1' },
  'keeps the indentation by tabs inside': {
    at: 'f() {\n│',
    says: '```go\n\tx := 1\n```',
    left: '\tx := 1',
    language: 'go',
  },
  'knows tildes': { at: '│', says: '~~~\nx\n~~~', left: 'x' },
  'leaves Markdown its fences': { at: '│', says: '```js\nx\n```', left: '```js\nx\n```', language: 'markdown' },
  'leaves a string its fences': { at: 's = "│"', says: '```', left: '```' },
});
