// The report in a terminal: what is asked first on top, never wider than the terminal, no escape of anybody's.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseSince } from '../../server/commands/report.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { stepsBetween } from '../../server/report/days.ts';
import { buildReport, type ReportOptions } from '../../server/report/report.ts';
import { sampleReceipts } from '../../server/report/sample.ts';
import { sparkline, terminalLines } from '../../server/report/terminal.ts';
import { callEvent, morning, outcomeEvent, sampleCall } from '../support/sample-events.ts';

const now = morning + 3_600_000;
const options: ReportOptions = {
  nowWallMilliseconds: now,
  sinceWallMilliseconds: undefined,
  country: undefined,
  large: undefined,
  claimOf: () => undefined,
  sizeOf: () => undefined,
};
const sample = buildReport(sampleReceipts({ seed: 7, days: 20, answersPerDay: 8, nowWallMilliseconds: now }), options);

describe('the report in a terminal', () => {
  it('says first what today and this week cost', () => {
    const lines = terminalLines(sample, { width: 100, colour: false, label: 'synthetic sample' });
    assert.match(lines[0] ?? '', /^What the answers cost \(synthetic sample, simulated\)$/);
    assert.match(lines[1] ?? '', /^Today +(≥ )?[\d.]+ k?J ±\d+ % +simulated · \d+ answers/);
    assert.match(lines[2] ?? '', /^Last 7 days /);
    assert.match(lines.join('\n'), /\nJoules per day .*\n[▁-█·]+ {2}[\d.]+ k?J at most\n/);
    assert.match(lines.join('\n'), /no saving is claimed: no reference is configured/);
  });

  it('is never wider than the terminal, and plain without colour, whatever models are called', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 160 }),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        fc.constantFrom('', '\u001b[31m', '\u001b]8;;http://x\u0007', '\u202e'),
        (width, name, sequence) => {
          const receipt = foldReceipt([
            callEvent({ call: sampleCall({ model: `${sequence}${name}` }) }),
            outcomeEvent(),
          ]);
          assert.ok(receipt);
          const lines = terminalLines(buildReport([receipt], options), { width, colour: false });
          for (const line of lines) {
            assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
            assert.doesNotMatch(line, /\p{Cc}|[\u202a-\u202e]/u);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('sets bold and dim only where colour is wanted', () => {
    const coloured = terminalLines(sample, { width: 100, colour: true });
    const plain = terminalLines(sample, { width: 100, colour: false });
    const sequence = new RegExp(`${String.fromCharCode(27)}\\[(1|2|22)m`, 'g');
    assert.notDeepEqual(coloured, plain);
    assert.deepEqual(
      coloured.map((line) => line.replaceAll(sequence, '')),
      plain,
    );
  });

  it('draws sparklines', () => {
    assert.equal(sparkline([0, 1, 4, 8], 10), '·▂▅█');
    assert.equal(sparkline([1, 1, 2, 2, 4, 4], 3), '▃▅█');
    assert.equal(sparkline([0, 0], 10), '');
    assert.equal(sparkline([], 10), '');
  });
});

describe('report --since', () => {
  const table: [string, number | undefined | 'senseless'][] = [
    ['all', undefined],
    ['12h', now - 12 * 3_600_000],
    ['7d', now - 7 * 86_400_000],
    ['2w', now - 14 * 86_400_000],
    ['2026-11-01', new Date(2026, 10, 1).getTime()],
    ['2026-02-30', 'senseless'],
    ['2026-13-01', 'senseless'],
    ['7', 'senseless'],
    ['-7d', 'senseless'],
    ['7 d', 'senseless'],
    ['', 'senseless'],
    ['yesterday', 'senseless'],
  ];
  for (const [text, expected] of table) it(`takes “${text}”`, () => assert.equal(parseSince(text, now), expected));
});

describe('the days of a report', () => {
  it('have no gap and no day twice, also where clocks are put forward or back', () => {
    const first = new Date(2026, 2, 1).getTime();
    for (const days of [1, 40, 300, 1200, 4000]) {
      const steps = stepsBetween(first, first + days * 86_400_000);
      assert.equal(new Set(steps.names).size, steps.names.length);
      assert.equal(steps.ticks.length, steps.names.length);
      for (let hour = 0; hour <= days * 24; hour += 7)
        assert.ok(steps.names.includes(steps.nameOf(first + hour * 3_600_000)));
    }
    assert.deepEqual(
      [10, 100, 1000, 10_000].map((days) => stepsBetween(first, first + days * 86_400_000).kind),
      ['day', 'week', 'month', 'year'],
    );
  });
});
