// Tests of difference and effect sizes, against published examples and by hand.

import assert from 'node:assert/strict';
import { compare } from '../../server/energy/two-samples.ts';

function compared(first: readonly number[], second: readonly number[]) {
  const result = compare(first, second);
  assert.ok(typeof result !== 'string', String(result));
  return result;
}

function near(value: number, expected: number, within: number): void {
  assert.ok(Math.abs(value - expected) <= within, `${value} is not ${expected} ± ${within}`);
}

describe('two samples', () => {
  // Student's sleep data (Cushny and Peebles 1905), as R's manual of t.test prints them: t = -1.8608, df = 17.776, p-value = 0.07939,
  // 95 percent interval of the first less the second -3.3654832 to 0.2054832.
  it('give Welch’s figures of the sleep data', () => {
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const { welch, difference, differenceInterval } = compared(first, second);
    near(difference, 1.58, 1e-9);
    near(welch.t, 1.8608, 5e-5);
    near(welch.degreesOfFreedom, 17.776, 5e-4);
    near(welch.p, 0.07939, 5e-6);
    near(differenceInterval[0], -0.2054832, 5e-7);
    near(differenceInterval[1], 3.3654832, 5e-7);
  });

  // Hollander and Wolfe (1973), page 69: permeability of membranes; R's manual of wilcox.test prints W = 35, one-sided exact p = 0.1272.
  it('give the exact Mann–Whitney figures of the permeability data', () => {
    const late = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { mannWhitney, cliffsDelta } = compared(early, late);
    assert.equal(mannWhitney.u, 35);
    assert.equal(mannWhitney.exact, true);
    near(mannWhitney.p, 2 * 0.1272, 1e-4);
    near(cliffsDelta, (35 - 15) / 50, 1e-12);
  });

  it('give Hedges’ g by hand', () => {
    // Means 2 and 4, both variances 1: d = 2, J = 1 − 3/15.
    const { hedgesG, hedgesGInterval } = compared([1, 2, 3], [3, 4, 5]);
    near(hedgesG, 1.6, 1e-12);
    const deviation = Math.sqrt(6 / 9 + 1.6 ** 2 / 12);
    near(hedgesGInterval[0], 1.6 - 1.96 * deviation, 1e-12);
  });

  it('that are apart altogether have the least exact p there is, and delta 1', () => {
    const { mannWhitney, cliffsDelta } = compared([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]);
    assert.equal(cliffsDelta, 1);
    near(mannWhitney.p, 2 / 252, 1e-12);
  });

  it('with ties are compared by approximation, and equal ones do not differ', () => {
    const { mannWhitney, cliffsDelta, hedgesG } = compared([1, 2, 2, 3], [1, 2, 2, 3]);
    assert.equal(mannWhitney.exact, false);
    assert.deepEqual([mannWhitney.p, cliffsDelta, hedgesG], [1, 0, 0]);
  });

  it('too few or without any spread give a sentence', () => {
    assert.match(String(compare([1], [1, 2])), /needs two runs of each, and there are 1 and 2/);
    assert.match(String(compare([1, 1], [2, 2])), /all alike/);
  });
});
