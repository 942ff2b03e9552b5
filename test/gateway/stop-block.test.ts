// The end of a block, the rest of a line, and doubt, as cases of what a completion may write.

import assert from 'node:assert/strict';
import {
  leastSure,
  type Sureness,
  stopAtBlockEnd,
  stopAtNextLine,
  stopAtTail,
  stopWhenUnsure,
} from '../../server/gateway/stop-filters.ts';
import { createDraws } from '../lab/draws.ts';
import { checkStop } from '../support/stop-table.ts';

interface Row {
  readonly title: string;
  readonly languageId?: string;
  /** `┆` is the cursor. */
  readonly place: string;
  /** `│` is where it should end. */
  readonly answer: string;
  readonly block?: 'own' | 'surrounding';
}

const rows: readonly Row[] = [
  {
    title: 'ends before the next definition',
    place: 'def f(x):\n    ┆\n',
    answer: 'return x│\n\ndef g(x):\n    return x\n',
  },
  { title: 'ends before less indentation', place: 'def f(x):\n    ┆', answer: 'y = x\n    return y│\nprint(f(1))' },
  {
    title: 'takes the block of a header that the cursor stands behind',
    place: 'def f(x):┆\n',
    answer: '\n    return x│\nf(1)',
  },
  {
    title: 'takes the indentation of the answer where the cursor stands at the margin',
    place: 'def f(x):\n┆',
    answer: '    y = x\n    return y│\nf(1)',
  },
  { title: 'goes on into deeper blocks', place: 'def f(x):\n    ┆', answer: 'for y in x:\n        z(y)\n    return x' },
  {
    title: 'ends with its own block',
    place: 'for x in y:\n    if x:\n        ┆\n    z()\n',
    answer: 'a(x)│\n    b(x)',
  },
  {
    title: 'goes on in blocks around it when it may',
    place: 'for x in y:\n    if x:\n        ┆\n    z()\n',
    answer: 'a(x)\n    b(x)│\nc()',
    block: 'surrounding',
  },
  {
    title: 'goes on to the end of the definition where nothing follows, when it may',
    place: 'def f(x):\n    if not x:\n        ┆',
    answer: 'return 0\n    return sum(x)│\nprint(f(1))',
    block: 'surrounding',
  },
  {
    title: 'ends before the next method',
    place: 'class A:\n    def f(self):\n        ┆\n\n    def g(self):\n        pass\n',
    answer: 'return 0│\n\n    def h(self):\n        return 1\n',
    block: 'surrounding',
  },
  {
    title: 'keeps the other branches of its header when it may',
    place: 'def f(x):\n    if x:┆\n        c()\n',
    answer: '\n        a()\n    else:\n        b()│\n    z()\n',
    block: 'surrounding',
  },
  {
    title: 'lets lines in brackets stand where they like',
    place: 'def f():\n    ┆',
    answer: 'x = [\n1,\n  2,\n]\n    return x│\ny',
  },
  {
    title: 'lets text in triple quotes be',
    place: 'def f():\n    ┆',
    answer: '"""One.\nTwo.\n"""\n    return 1│\nx = 1',
  },
  {
    title: 'goes on in a bracket that was open before',
    place: 'def f():\n    x = [\n        1,┆',
    answer: '\n  2,\n]\n    return x',
  },
  { title: 'leaves a bracket that is closed later', place: 'x = sum(┆)\n', answer: 'range(3)│)\ny' },
  { title: 'closes a bracket that nobody closes', place: 'x = sum(┆\n', answer: 'range(3))\ny = 2' },
  { title: 'takes one definition at the margin', place: '┆', answer: 'def f():\n    return 1│\n\ndef g():' },
  {
    title: 'keeps an else at the margin',
    place: '┆',
    answer: 'if x:\n    a()\nelse:\n    b()│\nc()',
  },
  { title: 'takes several statements at the margin', place: '┆', answer: 'a = 1\nb = 2\nc = 3' },
  {
    title: 'ends before the brace that closes the block',
    languageId: 'typescript',
    place: 'function f(x) {\n  ┆\n}\n',
    answer: 'return x;│\n}\nfunction g() {}',
  },
  {
    title: 'keeps the brace that nobody else writes, and its line',
    languageId: 'typescript',
    place: 'function f(x) {\n  ┆',
    answer: 'return [x];\n}│\n\nfunction g() {}\n',
  },
  {
    title: 'keeps what follows the brace on its line',
    languageId: 'typescript',
    place: 'it("adds", () => {\n  ┆',
    answer: 'assert(1);\n});│\nit("b")\n',
  },
  {
    title: 'counts only brackets of code',
    languageId: 'go',
    place: 'func f() {\n\t┆\n}\n',
    answer: 'a := \'}\'\n\tb := `}`\n\t// }\n\tc := "}" /* } */│\n}\n',
  },
  {
    title: 'knows lifetimes from characters',
    languageId: 'rust',
    place: "fn f<'a>(x: &'a str) {\n    ┆\n}\n",
    answer: "let y: &'a str = x; let c = '}';│\n}\n",
  },
  {
    title: 'looks no further back than the definition',
    languageId: 'javascript',
    place: 'broken((\nfunction f() {\n  ┆\n}\n',
    answer: 'g();│\n}\n',
  },
  {
    title: 'says nothing in a string',
    languageId: 'javascript',
    place: 'x = "┆',
    answer: 'a) b) c)',
  },
];

describe('stopAtBlockEnd', () => {
  for (const { title, languageId = 'python', place, answer, block = 'own' } of rows) {
    it(title, () => {
      const [prefix = '', suffix = ''] = place.split('┆');
      checkStop(stopAtBlockEnd({ languageId, prefix, suffix, block }), answer);
    });
  }
});

const around = (place: string): { prefix: string; suffix: string } => {
  const [prefix = '', suffix = ''] = place.split('┆');
  return { prefix, suffix };
};

describe('stopAtTail', () => {
  const cases: Readonly<Record<string, readonly [place: string, answer: string]>> = {
    'ends where a long rest begins again': ['for ┆ in enumerate(numbers):\n    x', 'i, x│ in enumerate(numbers):'],
    'leaves the brackets that the answer opened itself': ['len(┆)\n', 'set(x)\n'],
    'knows a short rest only at the end of the line': ['sum(┆)\n', 'f(1), g(2)│)\n'],
    'does not take it for one inside the line': ['sum(┆)\n', 'f(1)'],
    'has nothing to say where nothing follows': ['x┆\n    return x', ' = 1\n    return x\n'],
    'has nothing to say in front of a line': ['    ┆return False\n', 'if x:\n        return False\n'],
  };
  for (const [title, [place, answer]] of Object.entries(cases)) {
    it(title, () => checkStop(stopAtTail({ languageId: 'python', ...around(place) }), answer));
  }
});

describe('stopAtNextLine', () => {
  const cases: Readonly<Record<string, readonly [place: string, answer: string]>> = {
    'ends before the next line, before it is complete': [
      'def f(x):\n    ┆\n    return enumerate(x)\n',
      'y = x│\n    return enumerate(x)',
    ],
    'knows a short line when it is complete': ['def f(x):\n    ┆\n    return x\n', 'x = 1│\n    return x\n'],
    'goes on while it may become another line': ['def f(x):\n    ┆\n    return x\n', 'x = 1\n    return x + 1\n'],
    'goes on where the line stands deeper': ['def f(x):\n    ┆\n    return False\n', 'if x:\n        return False\n'],
    'takes no notice of lines that say nothing': ['if x:\n    ┆\nelse:\n', 'y()\nelse:\n    w()\n'],
    'knows the line that the cursor stands in front of': [
      'def f(x):\n┆    return enumerate(x)\n',
      '    y = x\n│    return enumerate(x)',
    ],
    'knows it behind the indentation too': ['def f(x):\n    ┆return enumerate(x)\n', '│return enumerate(x)'],
    'knows lines that say little together': [
      'if x:\n    ┆\nelse:\n    z(enumerate(y))\n',
      'y()│\nelse:\n    z(enumerate(y))',
    ],
    'looks past blank lines': ['def f(x):\n    ┆\n\n    return sorted(x)', 'y = 1│\n\n    return sorted(x)'],
    'does not look at the line that it completes': ['    retur┆\n    return sorted(x)', 'n 1│\n    return sorted(x)'],
    'says nothing at the end of a file': ['x = ┆', '1\n\ny = 2'],
  };
  for (const [title, [place, answer]] of Object.entries(cases)) {
    it(title, () => checkStop(stopAtNextLine(around(place)), answer));
  }
});

describe('stopWhenUnsure', () => {
  const filter = stopWhenUnsure({ quantile: 0.1, lowestLogProbability: Math.log(0.1), fewestPieces: 3 });
  const text = 'aa bb\ncc dd\nee';
  const sureness = (...probabilities: readonly number[]): Sureness => ({
    pieces: probabilities.map((lowestProbability, index) => ({ start: index * 3, lowestProbability })),
  });
  const keepOf = (...probabilities: readonly number[]): number | undefined =>
    filter.decide(text, sureness(...probabilities))?.keep;

  it('keeps the whole lines before the first doubt', () => {
    assert.equal(keepOf(0.9, 0.9, 0.9, 0.05), 5);
    assert.equal(keepOf(0.9, 0.9, 0.9, 0.9, 0.1), 11);
  });
  it('keeps nothing when the first line is in doubt', () => assert.equal(keepOf(0.9, 0.05, 0.9), 0));
  it('goes on while the model is sure', () => assert.equal(keepOf(0.9, 0.11, 0.9), undefined));
  it('waits for a few tokens', () => assert.equal(keepOf(0.01, 0.01), undefined));
  it('lets one doubt in ten pass', () => {
    const many = Array.from({ length: 11 }, (_, index) => (index === 4 ? 0.01 : 0.9));
    assert.equal(keepOf(...many), undefined);
    assert.equal(keepOf(...many.slice(0, 9)), 11);
  });
  it('never decides without probabilities', () => {
    assert.equal(filter.decide(text), undefined);
    assert.equal(filter.decide(text, { pieces: [] }), undefined);
  });
  it('ends exactly the answers whose least sure moment is under its threshold', () => {
    const draws = createDraws(3);
    for (let answer = 0; answer < 200; answer++) {
      const all = Array.from({ length: 30 }, (_, index) => draws.uniform(answer, index) ** 0.3);
      const least = leastSure(sureness(...all), { quantile: 0.1, fewestPieces: 3 });
      const stops = all.some((_, index) => keepOf(...all.slice(0, index + 1)) !== undefined);
      assert.equal(stops, (least ?? 0) <= Math.log(0.1), `answer ${answer}`);
    }
    assert.equal(leastSure(sureness(0.1, 0.1), { quantile: 0.1, fewestPieces: 3 }), undefined);
  });
  it('takes a rounded 0 for a small probability', () => assert.equal(keepOf(0, 0.9, 0.9), 0));
});
