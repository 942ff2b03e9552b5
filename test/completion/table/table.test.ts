// The table's own parts: scripted answers repeat, rules cut where they should, figures add up, the trainer finds what was put in.

import assert from 'node:assert/strict';
import { defaultPolicy, withDial } from '../../../server/completion/policy/index.ts';
import { trainPolicy } from '../../../server/completion/policy/learn.ts';
import { chanceAt } from '../../../server/completion/policy/logistic.ts';
import { editSimilarity } from '../../../server/report/experiments/completion/similarity.ts';
import { createDraws } from '../../lab/draws.ts';
import { tokensOf } from './answer.ts';
import { halves, type InfillTask } from './data.ts';
import { placeOf } from './place.ts';
import { reportOf } from './report.ts';
import { type ScriptedModel, scriptedAnswer } from './scripted-model.ts';
import { rowOf } from './tally.ts';
import { type AnsweredTask, trainOn } from './train.ts';
import { learned, neverStop, neverStopTrimmed } from './ways.ts';

const sure = { median: -0.03, spread: 1 };
const model: ScriptedModel = {
  name: 'small',
  joulesPerToken: 1,
  answers: { truth: 0.6, slip: 0.2, nonsense: 0.2 },
  runOn: { share: 0.7, writesSuffixAgain: 0.5 },
  sure: {
    truth: sure,
    runOn: sure,
    slip: { median: -2.5, spread: 0.5 },
    afterSlip: { median: -0.3, spread: 1 },
    nonsense: { median: -1.5, spread: 0.7 },
  },
  unnoticedSlips: 0.1,
};

/** Functions of four lines, each line but the first one a task. */
const tasks: readonly InfillTask[] = Array.from({ length: 30 }, (_, index): InfillTask[] => {
  const name = String.fromCharCode(97 + (index % 26));
  const lines = [
    `def ${name}${index}(values):`,
    `    total${index} = sum(values)`,
    `    half${index} = total${index} / 2`,
    `    return half${index} + len(values)`,
  ];
  return [1, 2, 3].map((at) => ({
    id: `${index}/${at}`,
    group: String(index),
    languageId: 'python',
    prefix: `${lines.slice(0, at).join('\n')}\n`,
    suffix: lines.slice(at + 1).join('\n'),
    truth: `${lines[at]}\n`,
  }));
}).flat();

function answered(change: Partial<ScriptedModel> = {}): AnsweredTask[] {
  return tasks.map((task) => ({
    task,
    small: scriptedAnswer(task, { model: { ...model, ...change }, maxTokens: 64, seed: 1, others: tasks }),
  }));
}

const prices = { small: 1, large: 1 };

describe('completion table', () => {
  it('answers the same way for the same seed, and cuts text into tokens that give it again', () => {
    assert.deepEqual(answered(), answered());
    for (const { truth } of tasks) assert.equal(tokensOf(truth).join(''), truth);
  });

  it('keeps the lines of a function in one half', () => {
    const { training, measured } = halves(tasks);
    assert.equal(training.length + measured.length, tasks.length);
    const groups = new Set(training.map(({ group }) => group));
    assert.ok(measured.every(({ group }) => !groups.has(group)));
  });

  it('counts similarity from 0 to 1', () => {
    assert.equal(editSimilarity('abc', 'abc\n'), 1);
    assert.equal(editSimilarity('abc', ''), 0);
    assert.equal(editSimilarity('kitten', 'sitting'), 1 - 3 / 7);
  });

  it('saves nothing but the end where a model ends by itself and is sure', () => {
    const own = answered({ answers: { truth: 1, slip: 0, nonsense: 0 }, runOn: { share: 0, writesSuffixAgain: 0 } });
    const tokens = (way: typeof neverStop): number => own.reduce((sum, one) => sum + way(one, prices).tokens, 0);
    const policy = withDial(defaultPolicy, 0.5);
    assert.ok(tokens(neverStop) - tokens(learned(policy)) <= own.length);
    assert.ok(own.filter((one) => learned(policy)(one, prices).exact).length >= own.length * 0.95);
  });

  it('saves most of the tokens where models run on, and loses little', () => {
    const { training, measured } = halves(tasks);
    const all = answered();
    const of = (part: readonly InfillTask[]): AnsweredTask[] => all.filter(({ task }) => part.includes(task));
    const policy = trainOn(of(training), defaultPolicy);
    const report = reportOf({ name: 'small', policy, trainedOn: training.length, measured: of(measured), prices });
    const row = report.rows.find(({ way }) => way === 'learned, dial 0.5');
    assert.ok((row?.tokensSaved.value ?? 0) > 0.5, JSON.stringify(row?.tokensSaved));
    assert.ok((row?.exactDifference.value ?? -100) > -5, JSON.stringify(row?.exactDifference));
    const overDial = report.curve.points.map(({ tokens }) => tokens.value);
    assert.equal(overDial[0], 1);
    assert.ok((overDial.at(-1) ?? 1) <= (overDial[5] ?? 0) + 1e-9);
  });

  it('gives every figure an interval around it', () => {
    const all = answered();
    const baseline = all.map((one) => neverStop(one, prices));
    const reference = all.map((one) => neverStopTrimmed(one, prices));
    const row = rowOf('never', reference, { baseline, reference });
    assert.deepEqual(row.tokensSaved, { value: 0, low: 0, high: 0 });
    assert.ok(row.exactPercent.low < row.exactPercent.value && row.exactPercent.value < row.exactPercent.high);
  });

  it('decides one line or several by the place', () => {
    assert.equal(placeOf({ languageId: 'python', prefix: 'x = ', suffix: ' + 1' }).lines, 'single');
  });
});

describe('trainPolicy', () => {
  it('finds the curve that the examples came from, and stays at the prior without any', () => {
    const draws = createDraws(5);
    const truth = { intercept: 1.5, slope: 0.8 };
    const examples = Array.from({ length: 4000 }, (_, index) => {
      const leastSure = -5 * draws.uniform(index, 'sure');
      return { small: { leastSure, right: draws.uniform(index, 'right') < chanceAt(truth, leastSure) } };
    });
    const { isRight } = trainPolicy(examples, defaultPolicy, 'simulator').stop.unsure;
    assert.ok(Math.abs(isRight.intercept - truth.intercept) < 0.25, JSON.stringify(isRight));
    assert.ok(Math.abs(isRight.slope - truth.slope) < 0.1, JSON.stringify(isRight));
    const { learned: _, ...untouched } = trainPolicy([], defaultPolicy, 'ledger');
    const { learned: __, ...prior } = defaultPolicy;
    assert.deepEqual(untouched, prior);
  });

  it('never takes surer for less likely', () => {
    const odd = Array.from({ length: 100 }, (_, index) => ({
      small: { leastSure: -index / 20, right: index > 50 },
    }));
    assert.equal(trainPolicy(odd, defaultPolicy, 'ledger').stop.unsure.isRight.slope, 0);
  });

  it('learns how often the larger model mends what the small one got wrong', () => {
    const examples = Array.from({ length: 90 }, (_, index) => ({ large: { right: index % 10 === 0 } }));
    assert.ok(Math.abs(trainPolicy(examples, defaultPolicy, 'ledger').size.largeMends - 0.14) < 0.01);
  });
});
