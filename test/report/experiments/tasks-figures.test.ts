// Figures of tasks and batches from records with known numbers: what counts, what is not run, what is unknown, what nothing beats.

import assert from 'node:assert/strict';
import type { Joules } from '../../../server/energy/joules.ts';
import { type BatchRecord, rankBatches } from '../../../server/report/experiments/batch/figures.ts';
import { equalWeights } from '../../../server/report/experiments/batch/report.ts';
import { parseBatchResult } from '../../../server/report/experiments/batch/result.ts';
import { figuresOf, frontOf, regressionOf, type TaskRecord } from '../../../server/report/experiments/tasks/figures.ts';
import { parseTaskResult, type TaskCall, type TaskResult } from '../../../server/report/experiments/tasks/result.ts';

const arms = ['a', 'b', 'c'].map((id) => ({ id, title: id }));
const rest = { seconds: 0, state: 'not-wanted' } as const;

function measured(joules: number, plusMinusJoules = 0.1): Joules {
  return { status: 'measured', joules, plusMinusJoules, scope: 'machine', coverage: ['package'] };
}

function call(joules: number, more: Partial<TaskCall> = {}): TaskCall {
  const gross = measured(joules);
  return {
    role: 'worker',
    model: 'm',
    tokensIn: 100,
    tokensOut: 10,
    gross,
    activeParameters: 3e9,
    bitsPerWeight: 4,
    ...more,
  };
}

let count = 0;
function record(arm: string, joules: number, more: Partial<TaskResult> = {}): TaskRecord {
  const result: TaskResult = {
    kind: 'generate',
    exercise: `Python/${++count}`,
    language: 'python',
    outcome: 'accepted',
    gross: measured(joules),
    tokensOut: 10,
    seconds: 1,
    calls: [call(joules)],
    verdict: { status: 'passed' },
    answer: '',
    said: [],
    ...more,
  };
  return { trial: { id: `${count}`, arm, repeat: 1 }, position: count, at: '', rest, result };
}

const failed = { verdict: { status: 'failed', why: 'no' } } as const;
const notRun = { verdict: { status: 'not run', why: 'no sandbox' } } as const;

describe('figures of tasks', () => {
  it('count joules of wrong answers for those that passed', () => {
    const [figures] = figuresOf([record('a', 10), record('a', 30, failed), record('a', 20)], arms);
    assert.equal(figures?.joulesPerAnswer, 20);
    assert.equal(figures?.joulesPerPassed, 30);
    assert.equal(figures?.tokensPerJoule, 0.5);
    assert.ok(figures?.passed.status === 'known');
    assert.deepEqual([figures.passed.hits, figures.passed.of], [2, 3]);
    // Wilson's interval for 2 of 3, by hand: centre (2/3 + 1.9208/3)/(1 + 3.8416/3).
    assert.ok(Math.abs(figures.passed.interval.low - 0.2077) < 1e-3, `${figures.passed.interval.low}`);
    assert.ok(Math.abs(figures.passed.interval.high - 0.9385) < 1e-3, `${figures.passed.interval.high}`);
  });

  it('have no joules per passed answer while a figure or a verdict is missing', () => {
    const unknown = { gross: { status: 'unknown', why: 'no counter' } } as const;
    const [withoutFigure] = figuresOf([record('a', 10), record('a', 0, unknown)], arms);
    assert.deepEqual([withoutFigure?.joulesPerPassed, withoutFigure?.suite.unknown], [undefined, 1]);
    const [withoutVerdict] = figuresOf([record('a', 10), record('a', 10, notRun)], arms);
    assert.equal(withoutVerdict?.joulesPerPassed, undefined);
  });

  it('count an answer that was refused before a model was asked with no joules, and say how many', () => {
    const unasked = {
      ...failed,
      outcome: 'failed',
      calls: [],
      gross: { status: 'unknown', why: 'no model was called' },
    } as const;
    const [figures] = figuresOf([record('a', 10), record('a', 0, unasked)], arms);
    assert.deepEqual(
      [figures?.unasked, figures?.refused, figures?.joulesPerAnswer, figures?.joulesPerPassed],
      [1, 1, 5, 10],
    );
  });

  it('do not make a rate of refusals where nothing could be run', () => {
    const refused = { ...failed, outcome: 'kept' };
    const [figures] = figuresOf([record('a', 10, notRun), record('a', 10, refused)], arms);
    assert.deepEqual(figures?.passed, { status: 'not run', why: 'no sandbox' });
    const go = { language: 'go' };
    const [mixed] = figuresOf(
      [record('a', 10), record('a', 10, { ...notRun, ...go }), record('a', 10, { ...refused, ...go })],
      arms,
    );
    assert.ok(mixed?.passed.status === 'known');
    assert.deepEqual([mixed.passed.hits, mixed.passed.of], [1, 1]);
  });

  it('find the front', () => {
    const figures = figuresOf(
      [
        record('a', 10),
        record('a', 10, failed),
        record('b', 20),
        record('b', 20, failed),
        record('c', 40),
        record('c', 40),
      ],
      arms,
    );
    assert.deepEqual(
      frontOf(figures).map((index) => figures[index]?.arm.id),
      ['a', 'c'],
    );
  });

  it('fit the regression on calls, and refuse where there are too few', () => {
    // E = 2 + 0.5 · tokens out, exactly, over three sizes that all cost the same.
    const records = Array.from({ length: 30 }, (_, index) => {
      const tokensOut = 10 + ((index * 7) % 40);
      return record('a', 1, { calls: [call(2 + 0.5 * tokensOut, { tokensOut })] });
    });
    const fit = regressionOf(records, 'generate');
    assert.ok(!('why' in fit));
    const slope = fit.coefficients.find(({ of }) => of === 'tokensOut');
    assert.ok(Math.abs((slope?.joules ?? 0) / (slope?.deviation ?? 1) - 0.5) < 1e-9);
    assert.deepEqual(
      fit.leftOut.map(({ predictor }) => predictor),
      ['activeParameters', 'bitsPerWeight', 'tokensIn'],
    );
    assert.match(JSON.stringify(regressionOf(records.slice(0, 4), 'generate')), /no regression yet/);
    assert.match(JSON.stringify(regressionOf(records, 'fix')), /no regression yet/);
  });

  it('come back from their lines, and nothing else does', () => {
    const { result } = record('a', 1);
    assert.deepEqual(parseTaskResult(JSON.parse(JSON.stringify(result))), result);
    for (const wrong of [null, 1, {}, { ...result, kind: 'sing' }, { ...result, calls: 1 }, { ...result, verdict: {} }])
      assert.equal(parseTaskResult(wrong), undefined);
  });
});

describe('figures of requests at once', () => {
  function round(
    arm: string,
    parallel: number,
    joules: number,
    seconds: number,
    passed: boolean | undefined,
  ): BatchRecord {
    const verdict = passed === undefined ? notRun.verdict : passed ? ({ status: 'passed' } as const) : failed.verdict;
    const request = { outcome: 'accepted', seconds, gross: measured(joules), tokensOut: 10, verdict };
    const result = {
      model: 'm',
      parallel,
      seconds: (4 * seconds) / parallel,
      requests: Array.from({ length: 4 }, () => request),
    };
    return { trial: { id: `${arm}#1`, arm, repeat: 1 }, position: 1, at: '', rest, result };
  }

  it('are ranked by the overall metric under the weights', () => {
    const records = [round('a', 1, 10, 1, true), round('b', 4, 4, 2, true)];
    const energy = rankBatches(records, arms, { quality: 0, latency: 0, energy: 1 });
    assert.deepEqual(
      energy.best.map(({ parallel, overall }) => [parallel, overall]),
      [
        [4, 2.5],
        [1, 1],
      ],
    );
    assert.equal(energy.figures[1]?.energyChange, -0.6);
    const latency = rankBatches(records, arms, { quality: 0, latency: 1, energy: 0 });
    assert.deepEqual(
      latency.best.map(({ parallel, overall }) => [parallel, overall]),
      [
        [1, 1],
        [4, 0.5],
      ],
    );
    assert.equal(latency.figures[1]?.requestsPerSecond, 2);
    // SEEDS S3 with all three: sqrt((1 + 0.5² + 2.5²) / 3).
    const all = rankBatches(records, arms, equalWeights);
    assert.ok(Math.abs((all.best[0]?.overall ?? 0) - Math.sqrt((1 + 0.25 + 6.25) / 3)) < 1e-12);
    assert.ok(all.countsQuality);
  });

  it('leave quality out where it was not run, or no real model answered', () => {
    const records = [round('a', 1, 10, 1, undefined), round('b', 4, 4, 2, true)];
    for (const ranking of [
      rankBatches(records, arms, equalWeights),
      rankBatches([round('a', 1, 10, 1, true)], arms, equalWeights, true),
    ]) {
      assert.equal(ranking.countsQuality, false);
      assert.equal(ranking.figures[0]?.passed, undefined);
      assert.equal(ranking.figures[0]?.overall, 1);
    }
  });

  it('come back from their lines, and nothing else does', () => {
    const { result } = round('a', 1, 1, 1, true);
    assert.deepEqual(parseBatchResult(JSON.parse(JSON.stringify(result))), result);
    for (const wrong of [null, {}, { ...result, requests: [{}] }, { ...result, parallel: '2' }])
      assert.equal(parseBatchResult(wrong), undefined);
  });
});
