import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lineEnd, lineStart } from '../../server/base/text.ts';

describe('the lines of a text', () => {
  it('begin at or before and end at or after any of their offsets', () => {
    assert.equal(lineStart('\nabc', 0), 0);
    assert.equal(lineEnd('\nabc', 0), 0);
    const text = fc.array(fc.constantFrom('a', '\n', '\r\n', '🌱'), { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.nat(16), (content, at) => {
        const offset = Math.min(at, content.length);
        const start = lineStart(content, offset);
        assert.ok(start <= offset && (start === 0 || content[start - 1] === '\n'));
        assert.ok(!content.slice(start, offset).includes('\n'));
        assert.ok(lineEnd(content, offset) >= offset);
      }),
    );
  });
});
