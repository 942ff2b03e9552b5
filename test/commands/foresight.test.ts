// From the ledger's receipts to forecasts: what counts as passed, and how spent joules bend what is predicted.

import assert from 'node:assert/strict';
import { createForesight } from '../../server/commands/foresight.ts';
import { choiceLines } from '../../server/commands/run-output.ts';
import type { Receipt } from '../../server/ledger/events.ts';
import { outcomeOf } from '../../server/ledger/passed.ts';
import type { ForecastQuestion } from '../../server/pipeline/forecast.ts';
import type { StrategyRecord, Task } from '../../server/pipeline/task.ts';
import { dependencies } from '../support/jobs-bench.ts';

const minute = 60_000;
const at = Date.parse('2026-11-26T10:00:00.000Z');
const task = { actionId: 'implement', languageId: 'python' } as Task;
const question: ForecastQuestion = { task, parts: 1, size: 'small', roles: dependencies.roles, expected: undefined };
const choice: StrategyRecord = {
  strategy: 'direct',
  languageId: 'python',
  size: 'small',
  models: 'gemma3:4b',
  considered: [
    { strategy: 'direct', cleanJoules: 100, lowJoules: 50, highJoules: 200, meanJoules: 125, chance: 0.7, runs: 0 },
  ],
};

function receipt(id: string, fields: Partial<Receipt> = {}): Receipt {
  const gross = {
    status: 'measured',
    joules: 300,
    plusMinusJoules: 1,
    scope: 'machine',
    coverage: ['package'],
  } as const;
  return {
    id,
    actionId: 'implement',
    path: '/a.py',
    at: new Date(at).toISOString(),
    strategy: 'direct',
    why: 'x',
    regions: [],
    calls: [],
    totals: {
      gross,
      net: gross,
      byDomain: {},
      tokensIn: 1,
      tokensCached: 0,
      tokensOut: 1,
      seconds: 1,
      averageWatts: 1,
      joulesPerOutputToken: 1,
    },
    predicted: undefined,
    choice,
    decisions: [],
    recalledFrom: undefined,
    executed: [],
    verdict: 'ok',
    outcome: 'accepted',
    environment: undefined,
    ...fields,
  };
}

describe('what a receipt says of its strategy', () => {
  const regions = [{ path: '/a.py', hash: 'x', length: 1, lineCount: 1, firstLine: 0, firstLineHash: 'x' }];
  const cases: readonly [name: string, fields: Partial<Receipt>, minutes: number, expected: string][] = [
    ['accepted, seen to stand after ten minutes', { regions, stillThere: 0.7 }, 11, 'passed'],
    ['accepted, mostly edited away by then', { regions, stillThere: 0.69 }, 11, 'failed'],
    ['accepted, and nobody looked', { regions }, 600, 'undecided'],
    ['accepted, seen to stand, undone later', { regions, stillThere: 1, outcome: 'undone' }, 600, 'failed'],
    ['accepted, and another model was asked', { regions, stillThere: 1, retried: true }, 600, 'failed'],
    ['accepted, and examples passed', { regions, executed: ['examples passed'] }, 1, 'passed'],
    ['accepted, and examples were not run', { regions, executed: ['examples not executed'] }, 600, 'undecided'],
    ['its note dismissed, mostly edited away', { regions, stillThere: 0.2, outcome: 'dismissed' }, 600, 'failed'],
    ['a page that was shown', {}, 11, 'passed'],
    ['accepted a moment ago', {}, 1, 'undecided'],
    ['undone', { outcome: 'undone' }, 1, 'failed'],
    ['refused by the verifier and kept', { outcome: 'kept', verdict: 'failed' }, 1, 'failed'],
    ['sound, but the code had changed', { outcome: 'kept', verdict: 'ok' }, 1, 'left out'],
    ['cancelled', { outcome: 'cancelled', verdict: 'none' }, 1, 'left out'],
    ['only its note was dismissed', { outcome: 'dismissed' }, 1, 'passed'],
    ['still running', { outcome: 'open', verdict: 'none' }, 60, 'undecided'],
  ];
  for (const [name, fields, minutes, expected] of cases) {
    it(`${expected}: ${name}`, () => assert.equal(outcomeOf(receipt('a', fields), at + minutes * minute), expected));
  }
});

describe('foresight', () => {
  const foresight = (now = at + 60 * minute) =>
    createForesight({
      predict: () => ({ status: 'estimated', lowJoules: 50, highJoules: 200, middleJoules: 100, runs: 3 }),
      wallMilliseconds: () => now,
    });

  it('knows nothing where the models are not known', () => {
    const blind = createForesight({ predict: () => undefined, wallMilliseconds: () => at });
    assert.equal(blind.forecast('direct', question), undefined);
  });

  it('bends the prediction by what runs like it took, and the chance by how they ended', () => {
    const mind = foresight();
    const before = mind.forecast('direct', question);
    mind.learn(Array.from({ length: 40 }, (_, index) => receipt(`r${index}`, { outcome: 'undone' })));
    const after = mind.forecast('direct', question);
    assert.ok(before && after);
    assert.equal(after.cleanJoules, 100);
    assert.ok(after.meanJoules > 250 && after.meanJoules < 300, String(after.meanJoules));
    assert.ok(after.chance < before.chance / 3);
    assert.ok(after.runs > 20);
  });

  it('counts each receipt once, and an undecided one only when it is decided', () => {
    const young = foresight(at + minute);
    young.learn([receipt('a'), receipt('b', { outcome: 'undone' })]);
    young.learn([receipt('b', { outcome: 'undone' })]);
    assert.equal(Math.round((young.forecast('direct', question)?.runs ?? 0) * 100), 100);
  });

  it('learns nothing of joules from receipts without a figure', () => {
    const mind = foresight();
    const before = mind.forecast('direct', question)?.meanJoules;
    const unknown = { status: 'unknown', why: 'no counters' } as const;
    const { totals } = receipt('a');
    mind.learn([receipt('a', { totals: { ...totals, gross: unknown, net: unknown } })]);
    assert.equal(mind.forecast('direct', question)?.meanJoules, before);
  });
});

describe('run --explain', () => {
  it('prints what was weighed, best first', () => {
    assert.deepEqual(choiceLines(receipt('a')), [
      'weighed for one small piece of python, predicted:',
      '  direct: 125 J (50 J to 200 J), 70 % pass, 179 J per passed answer, 0 runs',
    ]);
    assert.deepEqual(choiceLines(receipt('a', { choice: undefined })), []);
  });
});
