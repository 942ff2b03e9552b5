// Plans: what a planner may say, what is mended without a model, what is refused.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { layersOf, maximumSubtasks, readPlan } from '../../server/pipeline/plan.ts';
import type { PlanScope } from '../../server/pipeline/plan-repair.ts';
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
      assert.deepEqual(readPlan(answer), { plan: { mode: 'split', subtasks }, repairs: [] });
    }
  });

  it('takes zero parts as direct', () => {
    assert.deepEqual(readPlan(plan([])), { plan: { mode: 'direct', subtasks: [] }, repairs: [] });
    assert.deepEqual(readPlan(plan([part('1', 'f')], 'direct')), {
      plan: { mode: 'direct', subtasks: [] },
      repairs: [],
    });
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

  const scope = (asked: string[], more: Partial<PlanScope> = {}): PlanScope => ({
    existing: new Set(),
    asked: asked.map((name) => ({ name, goal: `Write ${name}.` })),
    parts: Math.max(1, asked.length),
    ...more,
  });
  const shown = (subtasks: readonly Subtask[]): string[] =>
    subtasks.map(({ id, provides, needs }) => `${id} ${provides}${needs.length > 0 ? ` < ${needs.join(' ')}` : ''}`);
  const mended: [string, Subtask[], PlanScope, string[], RegExp][] = [
    [
      'a circle is opened in the order of the plan',
      [part('1', 'a', ['2']), part('2', 'b', ['3']), part('3', 'c', ['1'])],
      scope(['a', 'b', 'c']),
      ['1 a', '2 b', '3 c < 1'],
      /circle/,
    ],
    [
      'two parts for one symbol become one, with the needs of both',
      [part('1', 'a'), part('2', 'b', ['1']), part('3', 'b', ['4']), part('4', 'c'), part('5', 'd', ['3'])],
      scope(['a', 'b', 'c', 'd']),
      ['1 a', '2 b < 1 4', '4 c', '5 d < 2'],
      /same symbol/,
    ],
    [
      'what stands in the file is not written again',
      [part('1', 'there'), part('2', 'a', ['1'])],
      scope(['a'], { existing: new Set(['there']) }),
      ['2 a'],
      /already/,
    ],
    ['a forgotten definition becomes a part', [part('1', 'a')], scope(['a', 'b']), ['1 a', '2 b'], /forgotten/],
    [
      'the one definition asked for uses the helpers of its plan',
      [part('1', 'read'), part('2', 'show', ['1'])],
      scope(['main']),
      ['1 read', '2 show < 1', '3 main < 1 2'],
      /forgotten/,
    ],
    [
      'a helper beyond the parts of the request goes into the part that needs it',
      [part('1', 'help'), part('2', 'a', ['1']), part('3', 'b')],
      scope(['a', 'b']),
      ['2 a', '3 b'],
      /helpers/,
    ],
    [
      'a helper that two parts need stays',
      [part('1', 'help'), part('2', 'a', ['1']), part('3', 'b', ['1'])],
      scope(['a', 'b']),
      ['1 help', '2 a < 1', '3 b < 1'],
      /^$/,
    ],
    [
      'what nobody asked for and nobody needs is left out',
      [part('1', 'a'), part('2', 'logo')],
      scope(['a']),
      ['1 a'],
      /helpers/,
    ],
    [
      'five definitions stay five parts',
      ['a', 'b', 'c', 'd', 'e'].map((name, index) => part(String(index), name)),
      scope(['a', 'b', 'c', 'd', 'e']),
      ['0 a', '1 b', '2 c', '3 d', '4 e'],
      /^$/,
    ],
  ];
  for (const [name, subtasks, about, expected, told] of mended) {
    it(`${name}, without a model`, () => {
      const reading = readPlan(plan(subtasks), about);
      assert.ok('plan' in reading, JSON.stringify(reading));
      assert.deepEqual(shown(reading.plan.subtasks), expected);
      assert.match(reading.repairs.join('; '), told);
    });
  }

  it('leaves nothing to do where all of the plan stands in the file', () => {
    const reading = readPlan(plan([part('1', 'there')]), scope([], { existing: new Set(['there']) }));
    assert.ok('plan' in reading && reading.plan.mode === 'direct');
  });

  it('mends every plan into one that can be run: no circle, no twin, no unknown need, nothing asked for lost', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', '');
    const entry = fc.record({ provides: name, needs: fc.array(fc.nat({ max: 7 }).map(String), { maxLength: 4 }) });
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 8 }),
        fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }),
        fc.uniqueArray(fc.constantFrom('d', 'e'), { maxLength: 2 }),
        (entries, asked, existing) => {
          const subtasks = entries.map(({ provides, needs }, index) => part(String(index), provides, needs));
          const reading = readPlan(plan(subtasks), scope(asked, { existing: new Set(existing) }));
          if ('problem' in reading) return assert.match(reading.problem, /more than/);
          const { subtasks: result } = reading.plan;
          const ids = result.map((one) => one.id);
          const names = result.map((one) => one.provides).filter((one) => one !== '');
          assert.equal(new Set(ids).size, ids.length);
          assert.equal(new Set(names).size, names.length);
          assert.ok(result.every((one) => one.needs.every((need) => need !== one.id && ids.includes(need))));
          assert.equal(layersOf(result)?.flat().length, result.length);
          if (result.length > 0)
            for (const one of asked) assert.ok(names.includes(one) || result.some((part) => part.goal.includes(one)));
          assert.ok(existing.every((one) => !names.includes(one)));
        },
      ),
      { numRuns: 2000 },
    );
  });

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
