// Generated code is found again after edits and nowhere else: the small version of region-memory.ts, and what must hold for any edit.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Receipt, Region } from '../../server/ledger/events.ts';
import { parseLine } from '../../server/ledger/parse-line.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { foundText } from '../../server/ledger/receipt-text.ts';
import { indexRegions } from '../../server/ledger/region-index.ts';
import { searchRegions } from '../../server/ledger/region-search.ts';
import { regionOf } from '../../server/ledger/regions.ts';
import { ownCases } from '../fidelity/own-cases.ts';
import { outcomeEvent } from '../support/sample-events.ts';
import { lookAlikes } from './look-alikes.ts';
import { ending, keeping } from './region-edits.ts';
import { definitionOf, indexOf, plant, seeded, tried } from './region-world.ts';

const planted = ownCases.map((source, index) => {
  const alike = ownCases.filter((one) => one.language === source.language);
  const neighbour = (step: number) => alike[(alike.indexOf(source) + step) % alike.length] ?? source;
  return { source, file: plant(source, neighbour(1), neighbour(2), `/project/${index}.code`) };
});
const long = planted.filter(({ file }) => file.body.split('\n').filter((line) => line.trim() !== '').length >= 4);

/** Kinds of edits that leave some code beyond recognition: shares for these are in the record. */
const hard: Readonly<Record<string, number>> = {
  '25 % of its lines edited': 0.8,
  '40 % of its lines edited': 0.5,
  'a variable renamed': 0.8,
  '10 % of its lines edited': 0.8,
  'reformatted, long lines broken': 0.8,
  'split in two functions': 0.8,
};

const path = '/p/a.py';
const lines = [
  'def mean(values):',
  '    total = sum(values)',
  '    count = max(1, len(values))',
  '    return total / count',
  '',
  'print(mean([1, 2]))',
];
const text = `${lines.join('\n')}\n`;
const body = lines.slice(1, 4).join('\n');

function receiptOf(
  id: string,
  content: string,
  start: number,
  end: number,
  at = '2026-11-20T10:00:00.000Z',
  where = path,
): Receipt {
  const region = regionOf(where, content, { start, end });
  const receipt = foldReceipt([
    outcomeEvent({ receiptId: id, at, path: where, regions: region === undefined ? [] : [region] }),
  ]);
  assert.ok(receipt);
  return receipt;
}

function search(receipts: readonly Receipt[], content: string, at = path, isGone = false) {
  return searchRegions({ path: at, text: content, index: indexRegions(receipts), isGone: () => isGone });
}

describe('region memory', () => {
  for (const [kind, edit] of Object.entries(keeping)) {
    it(`finds code again: ${kind}`, () => {
      const tally = { found: 0, of: 0, astray: 0 };
      for (const { file } of long) tried(file, indexOf([file]), edit, { random: seeded(7), other: '' }, tally);
      assert.ok(tally.of >= 8, `${tally.of} files`);
      assert.ok(tally.found / tally.of >= (hard[kind] ?? 1), JSON.stringify(tally));
      assert.equal(tally.astray, 0);
    });
  }

  for (const [kind, edit] of Object.entries(ending)) {
    it(`finds nothing: ${kind}`, () => {
      const tally = { found: 0, of: 0, astray: 0 };
      for (const { file, source } of planted) {
        const other = planted.find((one) => one.source.language === source.language && one.source !== source);
        tried(file, indexOf([file]), edit, { random: seeded(7), other: other?.source.body ?? '' }, tally);
      }
      assert.deepEqual({ ...tally, of: 0 }, { found: 0, of: 0, astray: 0 });
    });
  }

  it('finds nothing in other files, however alike, also when the files it was written to are gone', () => {
    const half = (rest: number) => planted.filter((_, index) => index % 2 === rest);
    const remembered = [...half(0).map(({ file }) => file), ...lookAlikes(0)];
    const index = indexOf(remembered);
    for (let number = 1; number <= 40; number++) {
      const content = [
        ...half(1).map(({ source }) => definitionOf(source)),
        ...lookAlikes(number).map((one) => one.body),
      ].join('\n\n');
      const own = remembered[number % remembered.length]?.path ?? '';
      assert.deepEqual(searchRegions({ path: own, text: content, index, isGone: () => true }), []);
    }
  });

  it('asks for the file to be gone before code counts as having moved', () => {
    const start = text.indexOf(body);
    const receipt = receiptOf('a', text, start, start + body.length, undefined, '/p/old.py');
    assert.deepEqual(search([receipt], text, path, false), []);
    assert.equal(search([receipt], text, path, true)[0]?.receipt.id, 'a');
    assert.deepEqual(search([receipt], `x = 1\n${body}\ny = 2\n`, path, true), [], 'other neighbours: another file');
  });

  it('says how much is as written', () => {
    const start = text.indexOf(body);
    const receipt = receiptOf('a', text, start, start + body.length);
    const said = (content: string) => search([receipt], content).map(foundText);
    assert.deepEqual(said(text), [undefined]);
    assert.deepEqual(said(text.replaceAll('    ', '\t')), ['found again by content, as written but for white space']);
    const edited = text.replace('total / count', 'round(total / count, 2)');
    assert.deepEqual(said(edited), ['found again by content, 2 of 3 lines as written']);
    const [match] = search([receipt], edited);
    assert.ok(match);
    assert.equal(edited.slice(match.range.start, match.range.end).split('\n').length, 3, 'with its edited last line');
    const kept = { likeness: undefined, region: { kept: 0.82 } as Region };
    assert.equal(foundText(kept as never), 'edited since, 82 % of its tokens as generated');
  });

  it('holds no text, and a bounded number of bytes', () => {
    const huge = Array.from({ length: 5000 }, (_, index) => `  secret_${index} = call(${index})`).join('\n');
    const region = regionOf(path, huge, { start: 0, end: huge.length });
    const written = JSON.stringify(region);
    assert.ok(written.length < 900, `${written.length} bytes`);
    assert.doesNotMatch(written, /secret|call/);
    const receipt = receiptOf('a', huge, 0, huge.length);
    const edited = huge.replace('  secret_2500 = call(2500)', '  nothing()');
    const [match] = search([receipt], `# above\n${edited}`);
    assert.equal(match?.range.start, 8);
    assert.ok((match.likeness?.asWritten ?? 0) > 4900);
  });

  it('is read back from a line, and marks that make no sense cost nothing but the likeness', () => {
    const start = text.indexOf(body);
    const event = outcomeEvent({
      regions: [regionOf(path, text, { start, end: start + 20 })].filter((one) => one !== undefined),
    });
    assert.ok('event' in parseLine(JSON.stringify(event)));
    for (const marks of [1, {}, { lines: 'abcd', of: '1', above: '', below: '' }]) {
      const bad = { ...event, regions: [{ ...event.regions[0], marks }] };
      assert.ok('broken' in parseLine(JSON.stringify(bad)), JSON.stringify(marks));
    }
    for (const [lines, of] of [
      ['AAAA', 9e9],
      ['ab', 1],
      ['<b>!', 1],
      ['AAAA…', 1],
    ] as const) {
      const odd = { ...event.regions[0], marks: { lines, of, above: '', below: '' } } as Region;
      const receipt = { ...receiptOf('a', text, start, start + 20), regions: [odd] };
      assert.deepEqual(search([receipt], 'x = 1\n'), []);
      assert.equal(search([receipt], text).length, 1, 'exact content is enough');
    }
  });
});

describe('regions under any edit', () => {
  const line = fc.constantFrom(
    '',
    '    x = prepare(values, 1)',
    'y',
    '}',
    'été = 🌱',
    '\tz = 3  ',
    'for item in values:',
    '# note',
  );

  it('stay where nothing inside was touched', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 12 }), (above, below) => {
        const start = text.indexOf(body);
        const receipt = receiptOf('a', text, start, start + body.length);
        const content = [...above, body, ...below].join('\n');
        const [match] = search([receipt], content);
        assert.ok(match);
        assert.equal(content.slice(match.range.start, match.range.end), body);
        assert.equal(match.likeness, undefined);
      }),
    );
  });

  it('keep their own receipts when two are equal, whatever comes between and above', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 9 }),
        fc.array(line, { maxLength: 9 }),
        fc.nat(9),
        (above, between, shift) => {
          const twice = [...above, body, ...between, body, ''].join('\n');
          const first = twice.indexOf(body);
          const second = twice.lastIndexOf(body);
          const receipts = [
            receiptOf('first', twice, first, first + body.length),
            receiptOf('second', twice, second, second + body.length, '2026-11-20T11:00:00.000Z'),
          ];
          const moved = '# new\n'.repeat(shift) + twice;
          for (const order of [receipts, [...receipts].reverse()])
            assert.deepEqual(
              search(order, moved).map(({ receipt }) => receipt.id),
              ['first', 'second'],
            );
        },
      ),
    );
  });

  it('show the newer receipt where the same was generated again in the same place', () => {
    const start = text.indexOf(body);
    const receipts = [
      receiptOf('older', text, start, start + body.length),
      receiptOf('newer', text, start, start + body.length, '2026-11-20T11:00:00.000Z'),
    ];
    assert.deepEqual(
      search(receipts, text).map(({ receipt }) => receipt.id),
      ['newer'],
    );
  });

  it('never bring back what was dismissed or undone', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 9 }), fc.constantFrom('dismissed', 'undone'), (above, outcome) => {
        const start = text.indexOf(body);
        const receipt = { ...receiptOf('a', text, start, start + body.length), outcome: outcome as 'dismissed' };
        for (const content of [text, [...above, text].join('\n'), text.replace('total / count', 'total')])
          for (const at of [path, '/p/renamed.py']) assert.deepEqual(search([receipt], content, at, true), []);
      }),
    );
  });

  it('never throw, and never overlap by more than they have, for any text', () => {
    const receipts = long.map(({ file }, index) =>
      receiptOf(
        String(index),
        file.before + file.body + file.after,
        file.before.length,
        file.before.length + file.body.length,
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(line, fc.string(), fc.constantFrom(...long.flatMap(({ file }) => file.body.split('\n')))), {
          maxLength: 60,
        }),
        (all) => {
          const content = all.join('\n');
          for (const { range } of search(receipts, content)) {
            assert.ok(range.start >= 0 && range.start < range.end && range.end <= content.length);
            assert.ok(range.start === 0 || content[range.start - 1] === '\n');
          }
        },
      ),
    );
  });
});
