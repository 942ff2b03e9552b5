// Moving code to another indentation.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { reindent } from '../../server/pipeline/draft/reindent.ts';

describe('reindenting', () => {
  const cases: { name: string; from: string; base: string; unit: string; to: string }[] = [
    {
      name: 'tabs to spaces',
      from: 'if a:\n\tb()\n\tif c:\n\t\td()',
      base: '    ',
      unit: '    ',
      to: '    if a:\n        b()\n        if c:\n            d()',
    },
    { name: 'two spaces to four', from: '  if a:\n    b()\n  c()', base: '', unit: '    ', to: 'if a:\n    b()\nc()' },
    {
      name: 'four spaces to tabs',
      from: 'if (a) {\n    b();\n}',
      base: '\t',
      unit: '\t',
      to: '\tif (a) {\n\t\tb();\n\t}',
    },
    {
      name: 'alignment stays alignment',
      from: 'call(a,\n     b)',
      base: '  ',
      unit: '    ',
      to: '  call(a,\n       b)',
    },
    { name: 'blank lines are empty', from: 'a\n   \nb', base: '  ', unit: '  ', to: '  a\n\n  b' },
  ];
  for (const { name, from, base, unit, to } of cases) {
    it(name, () => assert.equal(reindent(from, { base, unit, literals: [] }), to));
  }

  it('leaves the inside of literals alone', () => {
    const block = 'x = """\n one\n  two"""\nif x:\n  y()';
    const end = block.indexOf('"""', 7) + 3;
    assert.equal(
      reindent(block, { base: '    ', unit: '    ', literals: [{ start: 4, end }] }),
      '    x = """\n one\n  two"""\n    if x:\n        y()',
    );
  });

  it('keeps the order of depths and all text, whatever the units', () => {
    const line = fc.record({ depth: fc.nat({ max: 5 }), text: fc.constantFrom('a', 'if b:', 'return é') });
    const units = fc.constantFrom('\t', '  ', '   ', '    ');
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), units, units, (lines, from, to) => {
        const block = lines.map(({ depth, text }) => from.repeat(depth) + text).join('\n');
        const moved = reindent(block, { base: to, unit: to, literals: [] }).split('\n');
        const depth = (entry: string): number => (/^[ \t]*/.exec(entry)?.[0] ?? '').length;
        for (const [index, entry] of moved.entries()) {
          assert.equal(entry.trim(), lines[index]?.text);
          for (const [other, second] of moved.entries()) {
            assert.equal(
              Math.sign(depth(entry) - depth(second)),
              Math.sign((lines[index]?.depth ?? 0) - (lines[other]?.depth ?? 0)),
            );
          }
        }
      }),
    );
  });
});
