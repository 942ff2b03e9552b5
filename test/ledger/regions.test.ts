// Generated code is found again wherever it stands unchanged, and nowhere else.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findRegions, regionOf } from '../../server/ledger/regions.ts';

const path = '/project/words.py';

function lineOf(text: string, line: number): number {
  let at = 0;
  for (let index = 0; index < line; index++) at = text.indexOf('\n', at) + 1;
  return at;
}

describe('regions', () => {
  const text = 'import os\n\ndef mean(values):\n    total = sum(values)\n    return total / len(values)\n\nprint(1)\n';
  const body = { start: lineOf(text, 3), end: lineOf(text, 5) - 1 };
  const region = regionOf(path, text, body);
  assert.ok(region);

  it('are whole lines without blank ones around', () => {
    assert.equal(region.firstLine, 3);
    assert.equal(region.lineCount, 2);
    const loose = regionOf(path, text, { start: lineOf(text, 3) + 4, end: lineOf(text, 6) });
    assert.deepEqual(loose, region);
    const insertion = regionOf(path, text, { start: lineOf(text, 3) - 1, end: lineOf(text, 5) - 1 });
    assert.deepEqual(insertion, region);
    assert.equal(regionOf(path, 'a\n\n  \nb\n', { start: 2, end: 5 }), undefined);
    assert.equal(regionOf(path, '', { start: 0, end: 0 }), undefined);
  });

  it('hold no source text', () => {
    assert.doesNotMatch(JSON.stringify(region), /total|values|return/);
  });

  it('are found after moving, under other line ends and without a final line break', () => {
    const found = (other: string): string | undefined => {
      const [range] = findRegions(other, [region]);
      return range && other.slice(range.start, range.end);
    };
    const content = text.slice(body.start, body.end);
    assert.equal(found(text), content);
    assert.equal(found(`# new first line\n${text}`), content);
    assert.equal(found(text.replace(/\n/g, '\r\n')), content.replace(/\n/g, '\r\n'));
    assert.equal(found(text.slice(0, body.end)), content);
    assert.equal(found(text.replace('total /', 'total //')), undefined);
    assert.equal(found(text.replace('    total', '\ttotal')), undefined);
    assert.equal(found(''), undefined);
  });

  it('are taken where they were nearest to before, when they stand twice', () => {
    const block = text.slice(lineOf(text, 2), lineOf(text, 6));
    const twice = `${text}${block}`;
    assert.deepEqual(findRegions(twice, [region]), [body]);
    const deep = `${'x\n'.repeat(10)}${text}`;
    const deeper = regionOf(path, deep, { start: lineOf(deep, 13), end: lineOf(deep, 15) - 1 });
    assert.ok(deeper);
    assert.equal(findRegions(`${block}${deep}`, [deeper])[0]?.start, lineOf(`${block}${deep}`, 17));
    const earlier = `${'\n'.repeat(3)}${block}${text}`;
    assert.equal(findRegions(earlier, [region])[0]?.start, lineOf(earlier, 4));
  });

  it('are found again in any text around them', () => {
    const line = fc.constantFrom('', '  x = 1', 'y', '}', 'été = 🌱', '\tz  ', 'total = sum(values)');
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        (above, middle, below, lineBreak) => {
          const original = [...above, ...middle, ...below].join('\n');
          const start = above.map((one) => `${one}\n`).join('').length;
          const made = regionOf(path, original, { start, end: start + middle.join('\n').length });
          if (made === undefined) return assert.equal(middle.join('').trim(), '');
          const moved = ['new', '', ...above, ...middle, ...below].join(lineBreak);
          const [range] = findRegions(moved, [made]);
          assert.ok(range);
          const content = moved.slice(range.start, range.end).replace(/\r\n/g, '\n');
          assert.equal(content.trim(), middle.join('\n').trim());
        },
      ),
    );
  });

  it('are found by the dozen in 10 000 lines, and the gone ones are not', () => {
    const lines = Array.from({ length: 10_000 }, (_, index) =>
      index % 4 === 3 ? '}' : `  statement_${index % 997}(${index});`,
    );
    const long = lines.join('\n');
    const many = Array.from({ length: 50 }, (_, index) => {
      const start = lineOf(long, index * 190);
      return regionOf(path, long, { start, end: lineOf(long, index * 190 + 12) - 1 });
    }).filter((one) => one !== undefined);
    const gone = many.map((one) => ({ ...one, hash: 'gone' }));
    const moved = `\n\n\n${long}`;
    const found = findRegions(moved, [...many, ...gone]);
    assert.equal(found.filter((one) => one !== undefined).length, many.length);
  });
});
