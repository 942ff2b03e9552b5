// Plans: what a planner may say, what is mended without a model, what is refused.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layersOf, maximumSubtasks, readPlan } from '../../server/pipeline/plan.ts';
import type { Subtask } from '../../server/pipeline/task.ts';

const part = (id: string, provides: string, needs: string[] = []): Subtask => ({
  id,
  goal: `write ${provides}`,
  provides,
  needs,
});
const plan = (subtasks: unknown[], mode = 'split'): string => JSON.stringify({ mode, subtasks });

describe('reading a plan', () => {
  it('takes a plan as JSON, fenced or after thinking', () => {
    const subtasks = [part('1', 'read'), part('2', 'show', ['1'])];
    for (const answer of [
      plan(subtasks),
      `\`\`\`json\n${plan(subtasks)}\n\`\`\``,
      `<think>hm</think>Plan: ${plan(subtasks)}`,
    ]) {
      assert.deepEqual(readPlan(answer), { plan: { mode: 'split', subtasks } });
    }
  });

  it('takes zero parts as direct', () => {
    assert.deepEqual(readPlan(plan([])), { plan: { mode: 'direct', subtasks: [] } });
    assert.deepEqual(readPlan(plan([part('1', 'f')], 'direct')), { plan: { mode: 'direct', subtasks: [] } });
  });

  it('mends needs by name, needs of nobody and ids that come twice', () => {
    const reading = readPlan(plan([part('1', 'read'), part('1', 'show', ['read', 'nobody', 'show()'])]));
    assert.ok('plan' in reading);
    assert.deepEqual(
      reading.plan.subtasks.map(({ id, needs }) => ({ id, needs })),
      [
        { id: '1', needs: [] },
        { id: '2', needs: ['1'] },
      ],
    );
  });

  const refused: [string, string, RegExp][] = [
    ['prose', 'First read the file, then show it.', /JSON/],
    ['a circle', plan([part('1', 'a', ['2']), part('2', 'b', ['1'])]), /circle/],
    ['two parts with one name', plan([part('1', 'a'), part('2', 'a')]), /two parts/],
    [
      'ten thousand parts',
      plan(Array.from({ length: 10_000 }, (_, index) => part(String(index), `f${index}`))),
      /more than/,
    ],
    ['a part without a goal', plan([{ id: '1', provides: 'a', needs: [] }]), /goal/],
  ];
  for (const [name, answer, problem] of refused) {
    it(`refuses ${name}, in words`, () => {
      const reading = readPlan(answer);
      assert.ok('problem' in reading && problem.test(reading.problem), JSON.stringify(reading).slice(0, 200));
    });
  }

  it('never throws and never passes on more parts than it should', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const reading = readPlan(text);
        if ('plan' in reading) assert.ok(reading.plan.subtasks.length <= maximumSubtasks);
      }),
    );
  });
});

describe('the order of parts', () => {
  it('puts every part after all it needs, and loses none', () => {
    const graph = fc.array(fc.array(fc.nat({ max: 7 }), { maxLength: 4 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(graph, (needs) => {
        const subtasks = needs.map((list, index) =>
          part(String(index), `f${index}`, list.filter((need) => need < index).map(String)),
        );
        const layers = layersOf(subtasks);
        assert.ok(layers);
        const order = layers.flat().map((subtask) => subtask.id);
        assert.equal(new Set(order).size, subtasks.length);
        for (const subtask of subtasks) {
          for (const need of subtask.needs) assert.ok(order.indexOf(need) < order.indexOf(subtask.id));
        }
      }),
    );
  });
});
