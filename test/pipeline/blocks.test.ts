// Search-and-replace blocks: applied exactly or not at all.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readBlocks } from '../../server/pipeline/answer/blocks.ts';

const block = (search: string, replace: string): string =>
  `<<<<<<< SEARCH\n${search}\n=======\n${replace}\n>>>>>>> REPLACE\n`;
const code = 'def f(a):\n    b = a\n    return b\n\ndef g(a):\n    c = a\n    return b';

describe('search-and-replace blocks', () => {
  const table: [string, string, string | RegExp | undefined][] = [
    ['no block', 'def f(a):\n    return a', undefined],
    ['one line', block('    c = a', '    c = a + 1'), code.replace('c = a', 'c = a + 1')],
    [
      'with prose and fences around',
      `Sure:\n\`\`\`\n${block('    c = a', '    c = 1')}\`\`\`\nDone.`,
      code.replace('c = a', 'c = 1'),
    ],
    [
      'two blocks in any order',
      block('    c = a', '    c = 2') + block('    b = a', '    b = 1'),
      code.replace('c = a', 'c = 2').replace('b = a', 'b = 1'),
    ],
    ['nothing instead', '<<<<<<< SEARCH\n    b = a\n=======\n>>>>>>> REPLACE', code.replace('    b = a\n', '')],
    [
      'without the indentation',
      block('c = a\nreturn b', 'c = a\nreturn c'),
      code.replace('c = a\n    return b', 'c = a\n    return c'),
    ],
    ['with CRLF', block('    c = a', '    c = 1').replace(/\n/g, '\r\n'), code.replace('c = a', 'c = 1')],
    ['text that stands twice', block('    return b', '    return 1'), /block 1 \(“return b”\) stands 2 times/],
    ['text that stands nowhere', block('    d = a', '    d = 1'), /block 1 \(“d = a”\) stands nowhere/],
    [
      'a second block that does not fit',
      block('    c = a', '    c = 1') + block('x', 'y'),
      /block 2 \(“x”\) stands nowhere/,
    ],
    ['an empty search', block('', 'x'), /stands nowhere/],
    ['a block without end', '<<<<<<< SEARCH\n    c = a\n=======\n    c = 1', /block 1 has no end/],
    [
      'a block inside a block',
      '<<<<<<< SEARCH\n<<<<<<< SEARCH\n    c = a\n=======\n>>>>>>> REPLACE',
      /block 1 has no end/,
    ],
    ['two blocks on the same line', block('    c = a', '1') + block('def g(a):\n    c = a', '2'), /same lines/],
  ];
  for (const [name, answer, expected] of table) {
    it(`${name}: ${expected === undefined ? 'something else' : typeof expected === 'string' ? 'applied' : 'a problem in words'}`, () => {
      const reading = readBlocks(answer, code);
      if (expected === undefined) assert.equal(reading, undefined);
      else if (typeof expected === 'string') assert.deepEqual(reading, { text: expected });
      else assert.match(reading && 'problem' in reading ? reading.problem : JSON.stringify(reading), expected);
    });
  }

  it('change the lines that they name and no other byte', () => {
    const line = fc.stringMatching(/^[ a-z]{0,6}$/);
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.nat(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(line, { maxLength: 3 }),
        (lines, at, count, replacement) => {
          const first = at % lines.length;
          const search = lines.slice(first, first + count);
          const text = ['<<<<<<< SEARCH', ...search, '=======', ...replacement, '>>>>>>> REPLACE'].join('\n');
          const reading = readBlocks(text, lines.join('\n'));
          assert.ok(reading);
          if ('problem' in reading) return assert.match(reading.problem, /stands (?:nowhere|\d+ times)/);
          assert.equal(
            reading.text,
            [...lines.slice(0, first), ...replacement, ...lines.slice(first + search.length)].join('\n'),
          );
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('never throw, whatever a model writes', () => {
    const piece = fc.constantFrom('<<<<<<< SEARCH', '=======', '>>>>>>> REPLACE', '    c = a', '', 'x', '```');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (lines) => {
        const reading = readBlocks(lines.join('\n'), code);
        assert.ok(reading === undefined || 'text' in reading || reading.problem !== '');
      }),
    );
  });
});
