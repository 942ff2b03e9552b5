// A model that can write one function at a time gets several by a plan of its own, and says so where it can't.

import assert from 'node:assert/strict';
import { actions } from '../../server/actions/index.ts';
import { silentLog } from '../../server/base/log.ts';
import type { Task } from '../../server/pipeline/task.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { markedPlace } from '../support/marked-place.ts';
import { edited, type Outcome, run, type Script, seat } from '../support/pipeline-bench.ts';

const tiny = seat('joule-tiny', 5e6, 'joule-tiny');
const source = [
  '"""Readings."""',
  '',
  '# joule: Write a module with two functions:',
  '# - keep_even: Return a list of the even numbers in nums.',
  '# - pipeline: Apply keep_even to nums.',
  '',
].join('\n');
const plan = {
  mode: 'split',
  subtasks: [
    { id: 1, goal: 'Return a list of the even numbers in nums.', provides: 'keep_even', needs: [] },
    { id: 2, goal: 'Apply keep_even to nums.', provides: 'pipeline', needs: [1] },
  ],
};
const parts = {
  keep_even: 'def keep_even(nums: list[int]) -> list[int]:\n    return [x for x in nums if x % 2 == 0]',
  pipeline: 'def pipeline(nums: list[int]) -> list[int]:\n    return keep_even(nums)',
};

const script: Script = ({ prompt }) => {
  assert.ok(prompt.kind === 'raw');
  if (prompt.text.startsWith('<|plan|>')) return { text: JSON.stringify(plan), lowestTokenProbability: 0.99 };
  const name = prompt.text.includes('name: pipeline') ? 'pipeline' : 'keep_even';
  return { text: parts[name], lowestTokenProbability: 0.95 };
};

describe('a model that works only in parts', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());

  async function asked(answer: Script, text = source): Promise<Outcome> {
    const place = await markedPlace('python', text.replace('# joule:', '# │joule:'));
    const task: Task | undefined = actions.find(({ id }) => id === 'implement')?.task(place, undefined);
    assert.ok(task);
    return run(syntax, answer, {
      source: `${text}\n\ndef mean(values):\n    return 0\n`,
      roles: { worker: tiny, planner: tiny },
      task,
    });
  }

  it('plans by itself, writes part after part with the signatures of those needed, joins them by syntax', async () => {
    const outcome = await asked(script);
    const after = edited(outcome, source);
    assert.equal(after, `${source.trimEnd()}\n${parts.keep_even}\n\n\n${parts.pipeline}\n`);
    const texts = outcome.requests.map(({ prompt }) => (prompt.kind === 'raw' ? prompt.text : ''));
    assert.equal(
      texts[0],
      '<|plan|>Write a module with two functions:\n- keep_even: Return a list of the even numbers in nums.\n- pipeline: Apply keep_even to nums.<|out|>',
    );
    assert.equal(
      texts[2],
      '<|code|>def keep_even(nums: list[int]) -> list[int]: ...\nApply keep_even to nums.\nname: pipeline<|out|>',
    );
    assert.ok(outcome.requests.every(({ sampling }) => sampling.temperature === 0));
    const chosen = outcome.events.find((event) => event.kind === 'strategy');
    assert.equal(chosen?.kind === 'strategy' && chosen.why, 'the worker can do it only in parts');
  });

  it('is refused when one part is below the bound, with the text kept', async () => {
    const { result } = await asked((request, index, signal) => {
      const reply = script(request, index, signal);
      return index === 2 ? { ...(reply as object), lowestTokenProbability: 0.5 } : reply;
    });
    assert.equal(result.kind, 'refused');
    assert.match(result.kind === 'refused' ? result.why : '', /was not sure.*0\.50/);
    assert.match(result.kind === 'refused' ? result.text : '', /def keep_even/);
  });

  it('is refused when it is not sure of its plan', async () => {
    const { result, requests } = await asked(() => ({ text: JSON.stringify(plan), lowestTokenProbability: 0.4 }));
    assert.equal(requests.length, 1);
    assert.match(result.kind === 'refused' ? result.why : '', /not sure of its plan, and joule-tiny works only on one/);
  });

  it('is not asked for a list without names', async () => {
    const nameless = source.replace('keep_even: Return', 'Return').replace('pipeline: Apply', 'Apply');
    const { result, requests } = await asked(script, nameless);
    assert.equal(requests.length, 0);
    assert.match(result.kind === 'refused' ? result.why : '', /one whole function/);
  });
});
