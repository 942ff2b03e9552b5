// Which names only the answer can define, as cases.

import assert from 'node:assert/strict';
import { wantedNames } from '../../server/completion/wanted-names.ts';

interface Row {
  readonly before?: string;
  readonly next: string;
  readonly after?: string;
  readonly languageId?: string;
  readonly wanted: readonly string[];
}

const rows: Readonly<Record<string, Row>> = {
  'names that nothing before has': { before: 'def f(x):\n', next: '    return total + x', wanted: ['total'] },
  'not those that stand before': { before: 'total = 1\n', next: 'print(total)', wanted: [] },
  'not what is assigned there': { next: 'start, end = 0, 0', wanted: [] },
  'but what the assignment reads': { next: 'area = round(area, 2)', wanted: ['area'] },
  'not what is called, nor members, nor arguments by name': { next: 'foo(a.b, key=1)', wanted: ['a'] },
  'not what is bound there': { next: 'return [x for x in xs]', wanted: ['xs'] },
  'not words in strings and comments': { next: "return re.split(r'a b', s)  # see t", wanted: ['re', 's'] },
  'not words of the language': { next: 'return x if y is not None else int', wanted: ['x', 'y'] },
  'not what a later line at the margin defines': { next: 'f(limit)', after: '\nlimit = 3\n', wanted: [] },
  'not the words of a declaration': { next: 'import collections', wanted: [] },
  'nothing of nothing': { next: '', wanted: [] },
  'in languages with braces too': {
    languageId: 'typescript',
    next: '  return total * factor;',
    wanted: ['total', 'factor'],
  },
};

describe('wantedNames', () => {
  for (const [title, { before = '', next, after = '', languageId = 'python', wanted }] of Object.entries(rows))
    it(title, () => assert.deepEqual(wantedNames(next, { languageId, before, after }), wanted));

  it('nothing where nothing follows', () =>
    assert.deepEqual(wantedNames(undefined, { languageId: 'python', before: '', after: '' }), []));
});
