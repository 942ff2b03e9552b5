// Stop filters by table (`test/support/stop-table.ts`).

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  firstStop,
  stopAfterFence,
  stopAtLineEnd,
  stopAtProse,
  stopAtRepetition,
  stopAtSecondDefinition,
} from '../../server/gateway/stop-filters.ts';
import { checkStop, stopTable } from '../support/stop-table.ts';

const python = 'def add(a, b):\n    return a + b';

describe('stop filters', () => {
  stopTable('stopAfterFence', stopAfterFence(), {
    'ends behind the closing fence': `\`\`\`python\n${python}\n\`\`\`│\nThis adds.`,
    'ends behind the closing fence with prose before': 'Sure:\n```\nx = 1\n```│\n\nmore',
    'knows CRLF': '```\r\nx\r\n```│\r\nmore',
    'knows tildes and longer fences': '~~~~ts\nx\n~~~\ny\n~~~~│\n',
    'goes on while the fence is open': `\`\`\`python\n${python}`,
    'goes on after an empty block': '```\n\n```\nx',
    'waits for the line: it may open another': '```md\na\n```js\nb\n```│\n',
    'is not closed by an indented fence in a docstring': '```python\ndef f():\n    """\n        ```\n    """\n',
    'does not take inline code for a fence': 'Use ```x``` here\ny\n',
    'goes on without any fence': python,
  });

  stopTable('stopAtProse', stopAtProse(), {
    'ends before an explanation': `${python}│\n\nExplanation: it adds.\n`,
    'ends before an alternative': `${python}│\n\n\nAlternatively, you could use a lambda\n`,
    'ends before a heading': `${python}│\n\n### Explanation\n`,
    'ends before bold talk': `${python}│\n\n**Note:** nothing is checked\n`,
    'ends before what the function does': `    return a + b│\n\nThis function returns the sum of its arguments.\n`,
    'ends before a new beginning': `${python}│\n\nHere's another version:\n`,
    'goes on when talk comes first': `Here is the function:\n\n${python}`,
    'goes on inside a docstring': 'def f():\n    """Adds.\n\nNote: that this is flush left\n"""\n    return 1\n',
    'goes on inside a block comment': 'int x;\n/* first\n\nThis function is documented here\n*/\nint y;\n',
    'goes on inside a fence': '```python\nx = [1]\n    y\n\nNote: this is odd code\n',
    'goes on at code that begins like talk': 'if x:\n    y\n\nThis = 3\nHere(1, 2)\nLet = 1\n',
    'goes on inside a comment': 'x = {\n}\n\n# Note: this is fine\ny = 1\n',
    'goes on without a blank line before': 'x = {\n}\nNote: Final = 3\n',
  });

  stopTable('stopAtSecondDefinition', stopAtSecondDefinition('add'), {
    'ends before a second attempt': `${python}│\n\n\ndef add(a, b):\n    return sum((a, b))\n`,
    'ends before a second attempt in braces':
      'function add(a, b) {\n  return a + b;\n}│\n\nexport const add = (a, b) => a + b;\n',
    'ends before a second Go function': 'func add(a, b int) int {\n\treturn a + b\n}│\n\nfunc add(a, b int) int {',
    'ends before a second Rust function':
      'pub fn add(a: i32) -> i32 {\n    a\n}│\n\npub(crate) fn add(a: i32) -> i32 {',
    'ends before a second method': '    def add(self):\n        return 1│\n\n    def add(self):\n        return 2\n',
    'goes on at calls and longer names': `${python}\n\ndef add_all(x):\n    return add(x, 1)\nadd(1, 2)\n`,
    'goes on at overloads':
      'function add(a: string): string;\nfunction add(a: number): number;\nfunction add(a) {\n  return a;\n}\n',
    'goes on at decorated overloads':
      '@overload\ndef add(a: int) -> int:\n    ...\n@overload\ndef add(a: str) -> str:\n    ...\n',
    'goes on at another receiver': 'func (a *A) add() {\n\treturn\n}\n\nfunc (b *B) add() {\n\treturn\n}\n',
    'goes on at another class':
      'class A:\n    def add(self):\n        return 1\n\nclass B:\n    def add(self):\n        return 2\n',
    'goes on at conditional definitions':
      'if x:\n    def add():\n        return 1\nelse:\n    def add():\n        return 2\n',
    'goes on at conditional compilation': '#[cfg(unix)]\nfn add() {\n}\n#[cfg(windows)]\nfn add() {\n}\n',
    'goes on inside a fence': '```python\ndef add(a):\n    return a\n\ndef add(b):\n    return b\n',
    'goes on inside a docstring': 'def add(a):\n    """\n    x\n"""\n    y = """\ndef add(a):\n"""\n    return a\n',
  });

  stopTable('stopAtLineEnd', stopAtLineEnd(), {
    'ends at the line break': 'return 1│\nmore',
    'waits for something visible': '\n\n  return 1│\n',
    'knows CRLF': 'x│\r\ny',
    'goes on while the line goes on': 'return 1',
  });

  describe('stopAtRepetition', () => {
    const filter = stopAtRepetition();
    const loops: Record<string, [start: string, again: string]> = {
      characters: ['x = "', '='],
      numbers: ['x = [1, ', '0, '],
      lines: ['def f():\n', '    print("hello world")\n'],
      'a block': ['', 'def f(x):\n    if x:\n        return 1\n    return 2\n\n'],
      'a long block': [
        '',
        `${'some quite long line of text that says nothing\n'.repeat(1)}${'another line, different from it, number one\n'}`.repeat(
          3,
        ),
      ],
    };
    for (const [name, [start, again]] of Object.entries(loops)) {
      it(`ends a loop of ${name}, keeping one`, () => {
        let text = start;
        for (let lap = 0; lap < 2000; lap++) {
          text += again;
          const decision = filter.decide(text);
          if (decision === undefined) continue;
          assert.ok(
            decision.keep >= Math.min(start.length, 1) && decision.keep <= start.length + 2 * again.length,
            `${decision.keep}`,
          );
          assert.ok(text.length < 6000, `${text.length}`);
          return;
        }
        assert.fail('it went on');
      });
    }

    it('ends when only blank lines come', () => {
      assert.equal(filter.decide(`x = 1${'\n   '.repeat(60)}`)?.keep, 5);
      assert.equal(filter.decide('\n'.repeat(60)), undefined);
    });

    it('goes on at what honest code repeats', () => {
      const honest = [
        `# ${'='.repeat(118)}\n`,
        `const table = [\n${'  [0, 0, 0, 0, 0, 0, 0, 0],\n'.repeat(8)}];\n`,
        `x = [${'0, '.repeat(64)}]`,
        `${' '.repeat(80)}deep()`,
        'assert.equal(f(1), 1);\nassert.equal(f(2), 2);\n'.repeat(6),
        `${'}\n'.repeat(30)}`,
      ];
      for (const text of honest) checkStop(filter, text);
    });

    it('goes on through a long answer that never repeats', () => {
      let text = '';
      for (let line = 0; text.length < 200_000; line++) text += `    value_${line} = compute(${line * 7919})\n`;
      for (let call = 0; call < 100; call++) assert.equal(filter.decide(text.slice(0, text.length - call)), undefined);
    });
  });

  it('keep a prefix, whatever comes', () => {
    const filters = [stopAfterFence(), stopAtProse(), stopAtSecondDefinition('f'), stopAtRepetition(), stopAtLineEnd()];
    const word = fc.constantFrom(
      '```',
      '```py',
      '\n',
      '\n\n',
      'def f():',
      '  x',
      'Note: that',
      '"""',
      'return something',
      ' ',
      'é😀',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const text = words.join('');
        for (const filter of filters) {
          const decision = filter.decide(text);
          if (decision === undefined) continue;
          assert.ok(decision.keep >= 0 && decision.keep <= text.length, filter.name);
          assert.notEqual(text.slice(0, decision.keep).trim(), '', `${filter.name} left nothing`);
        }
      }),
    );
  });

  it('together cut where the first of them would', () => {
    const later = { name: 'later', decide: () => ({ keep: 6, why: 'enough' }) };
    const decision = firstStop([later, stopAtLineEnd()], 'abc\ndefghi');
    assert.equal(decision?.keep, 3);
    assert.equal(firstStop([], 'abc'), undefined);
  });
});
