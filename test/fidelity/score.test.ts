// The scoring around the judge: a faultless editor scores everything, a faulty one is named with its seed, tests count.

import assert from 'node:assert/strict';
import type { Driver } from './drive.ts';
import { ownCases } from './own-cases.ts';
import { partsLabel } from './parts.ts';
import { type ScoreOptions, score, trialsOf } from './score.ts';
import { fidelityTable, share } from './table.ts';

const options: ScoreOptions = { actions: ['implement'], sets: ['known'], seed: '7', combinations: 1 };
const cases = ownCases.filter((source) => source.language === 'js');

/** Knows the right answer and puts it in; `spoil` is what goes wrong afterwards. */
function driver(spoil: (text: string) => string): Driver {
  return {
    edit: async (task, reply) => {
      const { before, after, answer } = task;
      const body = typeof reply === 'string' ? answer.body : reply.body;
      const helpers = typeof reply === 'string' ? '' : `\n${reply.helpers.join('\n')}`;
      const right = `${before}\n${body}\n${after}${helpers}`.replace(/\r?\n/g, task.variant.lineBreak);
      return { text: spoil(right), said: 'done' };
    },
    close: async () => {},
  };
}

describe('fidelity score', () => {
  it('is full for a faultless editor', async () => {
    const outcomes = await score(cases, [driver((text) => text), driver((text) => text)], options, () => {});
    assert.deepEqual(
      outcomes.filter((outcome) => outcome.failure !== undefined),
      [],
    );
    assert.equal(outcomes.length, trialsOf(cases, options).length);
    assert.ok(outcomes.some((outcome) => outcome.label === partsLabel));
    assert.match(share(outcomes), /^100 %/);
  });

  it('names every failure with what the server said', async () => {
    let done = 0;
    const outcomes = await score(cases, [driver((text) => `${text} `)], options, () => done++);
    assert.equal(done, outcomes.length);
    for (const outcome of outcomes.filter((one) => one.label !== partsLabel)) {
      assert.match(outcome.failure ?? '', /after the target changed; the server said: done/);
      assert.equal(outcome.seed, `7/${outcome.id}/implement`);
    }
  });

  it('runs the tests of what looks right', async () => {
    // Whitespace does not count for the judge, but it does inside a string.
    const [source] = cases.filter((candidate) => candidate.name === 'page');
    assert.ok(source);
    const spoilt = driver((text) => text.replace('<table>\n', '<table>\n\n'));
    const outcomes = await score([source], [spoilt], { ...options, only: 'bare body' }, () => {});
    assert.match(outcomes[0]?.failure ?? '', /its test fails/);
  });

  it('has a row for every dressing and a column for every language and action', async () => {
    const outcomes = await score(
      cases,
      [driver((text) => text)],
      { ...options, actions: ['implement', 'fix'] },
      () => {},
    );
    const table = fidelityTable(outcomes);
    assert.match(table, /^dressing +js implement +js fix +all\n/);
    assert.match(table, /\nbare body +3\/3 +0\/3 +3\/6\n/);
    assert.match(table, /\ntwo at once /);
    assert.equal(fidelityTable([]), '');
  });
});
