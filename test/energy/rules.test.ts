import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rules } from './rule-tests.ts';

const tests = fileURLToPath(new URL('..', import.meta.url));

describe('the rules of measuring', () => {
  it('are all there, in order', () => {
    assert.deepEqual(
      rules.map(({ row }) => row),
      Array.from({ length: 23 }, (_, index) => index + 1),
    );
  });

  for (const { row, rule, tests: holds } of rules) {
    it(`${row}: ${rule}`, () => {
      assert.ok(holds.length > 0, 'no test holds it');
      for (const [file, ...titles] of holds) {
        const source = readFileSync(`${tests}${file}`, 'utf8');
        for (const title of titles) assert.ok(source.includes(title), `${file} has no test "${title}"`);
      }
    });
  }
});
