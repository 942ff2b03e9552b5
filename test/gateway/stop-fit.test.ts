// Where an answer is complete by what stands behind the cursor: one line, or the several that syntax asks for.

import { stopAtFit } from '../../server/gateway/stop-filters.ts';
import { checkStop } from '../support/stop-table.ts';

interface Row {
  /** `┆` is the cursor. */
  readonly place: string;
  /** `│` is where it should end; without one it goes on. */
  readonly answer: string;
  readonly languageId?: string;
  readonly wantedNames?: readonly string[];
}

const rows: Readonly<Record<string, Row>> = {
  'ends with the line': { place: 'def f(x):\n    y = ┆\n    return y\n', answer: 'x│\n    z = 1\n' },
  'looks past a line break before anything visible': { place: 'a()\n┆\nb()\n', answer: '\nx = 1│\ny = 2\n' },
  'waits for something visible': { place: 'a()┆\nb()\n', answer: '\n   ' },
  'leaves a carriage return out': { place: 'x = ┆\r\n', answer: '1│\r\ny = 2' },
  'writes the body that a header lacks': {
    place: 'def f(l):\n    for x in l┆\n    return 1\n',
    answer: '[1:]:\n        print(x)│\n    return 2',
  },
  'ends with a header whose body stands there': {
    place: 'def f(l):\n    for x in ┆\n        print(x)\n',
    answer: 'l:│\n        print(x)\n',
  },
  'fills the block that it began': {
    place: 'def f(l):\n┆\n    return s\n',
    answer: '    for x in l:\n        s += x\n        t += x│\n    return s',
  },
  'goes on with the other branch of its own': {
    place: 'def f(l):\n┆\n    return s\n',
    answer: '    if l:\n        s = 1\n    else:\n        s = 2│\n    return s',
  },
  'waits for the line behind a block': { place: 'def f(l):\n┆\n    return s\n', answer: '    if l:\n        s = 1\n' },
  'writes the header that deeper code needs': {
    place: 'def f(l):\n┆\n        total += x\n    return total\n',
    answer: '    total = 0\n    for x in l:│\n        total += x',
  },
  'writes the branch that another one goes on from': {
    place: 'def f(l):\n┆\n        elif x:\n            pass\n',
    answer: '    for x in l:\n        if x is None:\n            continue│\n    return x',
  },
  'closes the brackets that it opened': {
    place: 'x = ┆\ny = 1\n',
    answer: '[\n    1,\n    2,\n]│\nz = 1',
  },
  'ends inside brackets that are closed later': { place: 'x = [\n    1,\n    ┆\n]\n', answer: '2,│\n    3,\n' },
  'closes the bracket of its own line': { place: 'f(┆\ny = 1\n', answer: 'a,\n  b)│\ng()' },
  'gives brackets no say where those before the cursor are broken': {
    place: 'g([\nf()\nx = ┆\ny = 1\n',
    answer: '1│\ny = 1',
  },
  'goes on behind a backslash': { place: 'x = ┆\n', answer: 'a + \\\n    b│\ny = 1' },
  'does not end inside a long string': { place: 'x = ┆\n', answer: '"""a\nb"""│\ny = 1' },
  "goes on where the rest of the line can't follow": {
    place: 'def f(x):\n    y = ┆rn y\n',
    answer: 'x\n    retu│\nz',
  },
  'ends where the rest of the line can follow': { place: 'x = ┆ + 1\n', answer: 'a│\nb' },
  'ends before a word that goes on': { place: 'x = ┆ if y else 0\n', answer: 'a │\nb' },
  'goes on until the wanted names are there': {
    place: 'def f(x):\n┆\n    return a + b\n',
    wantedNames: ['a', 'b'],
    answer: '    a = 1\n    b = 2│\n    c = 3\n',
  },
  'gives up on a name that does not come': {
    place: 'def f(x):\n┆\n    return a\n',
    wantedNames: ['a'],
    answer: `    b = 0│\n${'    b += 1\n'.repeat(8)}`,
  },
  'knows braces': {
    languageId: 'typescript',
    place: 'function f(l: number[]) {\n┆\n  return s;\n}\n',
    answer: '  for (const x of l) {\n    s += x;\n  }│\n  return s;',
  },
  'one line of a language with braces': {
    languageId: 'go',
    place: 'func f() int {\n\tx := ┆\n\treturn x\n}\n',
    answer: '1│\n\ty := 2\n',
  },
  'takes types for what they are': { languageId: 'java', place: 'void f() {\n  ┆ x = 1;\n}\n', answer: 'int│\n  y();' },
  'ends with the line in a comment': { place: 'x = 1  # a ┆\n', answer: 'note: and so\u00a0on (│\n(' },
};

describe('stopAtFit', () => {
  for (const [title, { place, answer, languageId = 'python', wantedNames }] of Object.entries(rows)) {
    it(title, () => {
      const [prefix = '', suffix = ''] = place.split('┆');
      checkStop(
        stopAtFit({ languageId, prefix, suffix, ...(wantedNames === undefined ? {} : { wantedNames }) }),
        answer,
      );
    });
  }
});
