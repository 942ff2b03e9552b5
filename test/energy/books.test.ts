// The books: regression, S1's metrics and projection, grams of carbon, comparisons. Against figures that others computed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gramsOfCarbon, gridCodes, gridOf } from '../../server/energy/carbon.ts';
import { compareToEveryday } from '../../server/energy/comparisons.ts';
import { fitRegression, type RegressionFit, type RegressionRow } from '../../server/energy/regression.ts';
import { projectionOf, type RunFigures, type RunStatistics, statisticsOf } from '../../server/energy/run-statistics.ts';

const near = (actual: number | undefined, expected: number, relative = 1e-9): void =>
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) <= relative * Math.max(1e-12, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );

describe('the regression', () => {
  const path = fileURLToPath(new URL('../fixtures/measurements/ollama-gpu-means.csv', import.meta.url));
  const rows: RegressionRow[] = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map(([, , parameters, bits, , requests, tokensIn, out, joules]) => ({
      activeParameters: Number(parameters),
      bitsPerWeight: Number(bits),
      tokensIn: Number(tokensIn) / Number(requests),
      tokensOut: Number(out) / Number(requests),
      joules: Number(joules) / Number(requests),
    }));
  const fitted = (some: readonly RegressionRow[]): RegressionFit => {
    const fit = fitRegression(some);
    assert.ok(fit.status === 'fitted', JSON.stringify(fit));
    return fit;
  };

  it('gives what statsmodels 0.15.0 gives for the same 36 measurements', () => {
    const fit = fitted(rows);
    // sm.OLS(joules, add_constant((X − mean) / std(ddof=1))).fit(): params, bse, pvalues.
    const expected = {
      intercept: [177.73250816631528, 21.409007651194713, 2.2346659866139314e-9],
      activeParameters: [20.476567176899295, 21.854852690575886, 0.35603467152737517],
      tokensOut: [148.44162564953916, 21.923343770449648, 1.397720367408193e-7],
      bitsPerWeight: [20.742065623695012, 21.71276402972796, 0.34681988186364515],
      tokensIn: [4.670543206530432, 21.88247840514746, 0.8323832069971948],
    } as const;
    for (const { of, joules, standardError, p } of fit.coefficients) {
      near(joules, expected[of][0]);
      near(standardError, expected[of][1]);
      near(p, expected[of][2], 1e-4);
    }
    near(fit.rSquared, 0.6031282387524904);
    near(fit.adjustedRSquared, 0.5519189792366828);
    assert.equal(fit.runs, 36);
  });

  it('can be used again: means and deviations come with it', () => {
    const fit = fitted(rows);
    const [row] = rows;
    assert.ok(row);
    const told = fit.coefficients.reduce((sum, { of, joules, mean, deviation }) => {
      return sum + (of === 'intercept' ? joules : (joules * (row[of] - (mean ?? 0))) / (deviation ?? 1));
    }, 0);
    assert.ok(Number.isFinite(told));
    const means = fit.coefficients.slice(1).map(({ mean }) => mean);
    near(means[0], rows.reduce((sum, one) => sum + one.activeParameters, 0) / rows.length);
  });

  it('leaves out what the runs say nothing of, and says so', () => {
    const [first] = rows;
    assert.ok(first);
    const oneModel = rows.map((row) => ({ ...row, activeParameters: 3e9, tokensIn: row.tokensOut * 2 }));
    const fit = fitted(oneModel);
    assert.deepEqual(fit.leftOut, [
      { predictor: 'activeParameters', why: 'it is the same in all runs' },
      { predictor: 'tokensIn', why: 'it moves with tokensOut' },
    ]);
    assert.deepEqual(
      fit.coefficients.map(({ of }) => of),
      ['intercept', 'tokensOut', 'bitsPerWeight'],
    );
  });

  it('is unknown, because, for few or equal runs', () => {
    assert.deepEqual(fitRegression(rows.slice(0, 9)), {
      status: 'unknown',
      why: 'no regression yet: it needs 25 measured runs, and there are 9',
    });
    const [first] = rows;
    assert.ok(first);
    assert.deepEqual(fitRegression(Array(40).fill(first)), {
      status: 'unknown',
      why: 'no regression yet: all runs are alike',
    });
    assert.equal(fitRegression([]).status, 'unknown');
  });
});

describe("S1's metrics", () => {
  const run = (joules: number, fields: Partial<RunFigures> = {}): RunFigures => ({
    joules,
    packageJoules: joules / 5,
    gpuJoules: (joules * 4) / 5,
    seconds: joules / 90,
    tokensOut: joules / 2.4,
    workerTokensOut: joules / 4.8,
    ...fields,
  });
  const known = (runs: readonly RunFigures[]): RunStatistics => {
    const statistics = statisticsOf(runs);
    assert.ok('runs' in statistics);
    return statistics;
  };

  it('are those of its table, for five runs', () => {
    const joules = [3209.99, 3450, 3565.41, 3632.63, 3943.67];
    const statistics = known(joules.map((one) => run(one)));
    near(statistics.meanJoules, 3560.34);
    near(statistics.medianJoules, 3565.41);
    near(statistics.maximumJoules, 3943.67);
    near(statistics.minimumJoules, 3209.99);
    // Python's statistics.stdev of the same five.
    near(statistics.standardDeviationJoules, 267.91485401149384, 1e-9);
    near(statistics.coefficientOfVariation, 267.91485401149384 / 3560.34, 1e-9);
    near(statistics.averageWatts, 90);
    near(statistics.joulesPerOutputToken, 2.4);
    near(statistics.workerTokenShare, 0.5);
    near(statistics.meanWattHours, 3560.34 / 3600);
    near(statistics.tokensPerJoule, 1 / 2.4);
  });

  it('know no part that one run lacks, and nothing of a single run', () => {
    const statistics = known([run(100), run(120, { gpuJoules: undefined })]);
    assert.equal(statistics.meanGpuJoules, undefined);
    near(statistics.meanPackageJoules, 22);
    assert.deepEqual(statisticsOf([run(100)]), {
      status: 'unknown',
      why: 'statistics need two measured runs, and there are 1',
    });
  });

  it("project to S1's 10.3 kWh a year from its means, with an error of its own", () => {
    const single = [8501.53 - 500, 8501.53, 8501.53 + 500];
    const outline = [3560.34 - 200, 3560.34, 3560.34 + 200];
    const projection = projectionOf(outline, single, { developers: 8 });
    assert.ok('runs' in projection);
    near(projection.savedJoulesPerPrompt, 4941.19, 1e-6);
    assert.equal(projection.kilowattHoursPerDeveloperYear.toFixed(1), '10.3');
    near(projection.kilowattHoursPerTeamYear, 8 * projection.kilowattHoursPerDeveloperYear);
    assert.ok(projection.plusMinusKilowattHours > 1 && projection.plusMinusKilowattHours < 5);
    assert.deepEqual([projection.runs, projection.referenceRuns], [3, 3]);
    assert.equal('why' in projectionOf([1], single), true);
  });
});

describe('grams of carbon', () => {
  it('are joules in kilowatt hours by the grid of a country, with year and source', () => {
    const france = gridOf('fra');
    assert.ok(france);
    near(gramsOfCarbon(3.6e6, france), 56);
    assert.equal(france.year, 2023);
    for (const code of gridCodes) {
      const grid = gridOf(code);
      assert.ok(grid !== undefined && grid.gramsPerKilowattHour > 0 && grid.source !== '', code);
    }
  });

  it('are not guessed for a country that is not in the table', () => assert.equal(gridOf('XXX'), undefined));
});

describe('comparisons with everyday life', () => {
  const cases: readonly [joules: number, text: string][] = [
    [0.5, 'a 10 W LED lamp for less than 0.1 s'],
    [360, 'a 10 W LED lamp for 36 s'],
    [3560, 'a 10 W LED lamp for 5.9 min'],
    [148_000, 'a 10 W LED lamp for 4.1 h'],
    [2_100_000, 'boiling 5 kettles of a litre of water'],
    [37_080_000, 'driving an electric car for 64 km'],
  ];
  for (const [joules, text] of cases) it(`${joules} J: ${text}`, () => assert.equal(compareToEveryday(joules), text));
});
