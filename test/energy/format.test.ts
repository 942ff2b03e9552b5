import assert from 'node:assert/strict';
import { compareToEveryday } from '../../server/energy/comparisons.ts';
import { formatBreakdown, formatJoules, formatWatts, sumByDomain } from '../../server/energy/format.ts';
import type { Domain, KnownJoules } from '../../server/energy/joules.ts';

function joules(amount: number, plusMinusJoules: number, more: Partial<KnownJoules> = {}): KnownJoules {
  return { status: 'measured', joules: amount, plusMinusJoules, scope: 'machine', coverage: [], ...more };
}

describe('joules as text', () => {
  it('have three digits, a unit and their error, rounded up', () => {
    assert.equal(formatJoules(joules(3561, 60)), '3.56 kJ ±2 %');
    assert.equal(formatJoules(joules(12, 4.8, { status: 'estimated' })), '12 J ±40 %, estimated');
    assert.equal(formatJoules(joules(61.2, 0)), '61 J ±1 %');
    assert.equal(formatJoules(joules(999.7, 20.01)), '1.00 kJ ±3 %');
    assert.equal(formatJoules(joules(0.0421, 0.01)), '42 mJ ±24 %');
    assert.equal(formatJoules(joules(4.25, 1, { status: 'simulated' })), '4.3 J ±24 %, simulated');
    assert.equal(formatJoules(joules(12_345_678, 100_000)), '12.3 MJ ±1 %');
  });

  it('are an upper bound when the error is larger than the figure', () => {
    assert.equal(formatJoules(joules(0, 30)), 'under 30 J');
    assert.equal(formatJoules(joules(5, 10, { status: 'estimated' })), 'under 15 J, estimated');
  });

  it('are never a zero when unknown', () => {
    assert.equal(formatJoules({ status: 'unknown', why: 'no counters' }), 'unknown: no counters');
  });

  it('break down in the unit of the total, without what the total leaves out', () => {
    const source = (sourceId: string, domain: Domain, amount: number) => ({
      sourceId,
      domain,
      joules: joules(amount, 0),
    });
    const byDomain = sumByDomain([
      source('a', 'package', 500),
      source('b', 'package', 120),
      source('c', 'gpu', 2940),
      source('d', 'psys', 4000),
      { sourceId: 'e', domain: 'dram', joules: { status: 'unknown', why: 'x' } },
    ]);
    assert.equal(formatBreakdown(byDomain, joules(3560, 60)), 'GPU 2.94, CPU 0.62');
    assert.equal(formatBreakdown(byDomain, { status: 'unknown', why: 'x' }), '');
    assert.equal(formatBreakdown({ gpu: joules(294, 0), package: joules(62, 0) }, joules(356, 0)), 'GPU 294, CPU 62');
  });

  it('become watts', () => {
    assert.deepEqual([87.4, 4.2, 0.354, 10].map(formatWatts), ['87 W', '4.2 W', '0.35 W', '10 W']);
  });
});

describe('everyday comparisons', () => {
  it('fit the size of the figure', () => {
    assert.equal(compareToEveryday(356), 'a 10 W LED lamp for 36 s');
    assert.equal(compareToEveryday(0.2), 'a 10 W LED lamp for less than 0.1 s');
    assert.equal(compareToEveryday(3560), 'a 10 W LED lamp for 5.9 min');
    assert.equal(compareToEveryday(100_000), 'a 10 W LED lamp for 2.8 h');
    assert.equal(compareToEveryday(1_260_000), 'boiling 3 kettles of a litre of water');
    assert.equal(compareToEveryday(57_600_000), 'driving an electric car for 100 km');
  });
});
