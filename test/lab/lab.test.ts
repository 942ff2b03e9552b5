// The laboratory itself: the same seed gives the same figures, every policy meets the same luck, and `auto` learns in it.

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { mixFileSchema, modelsFileSchema, readLabFile } from './files.ts';
import { createLaboratory, joulesToPass } from './lab.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const models = readLabFile(here('models/workstation.json'), modelsFileSchema);
const mix = (name: string) => readLabFile(here(`mixes/${name}.json`), mixFileSchema);

describe('the replay laboratory', function () {
  this.timeout(120_000);
  const laboratory = createLaboratory(models);

  it('gives the same figures for the same seed, and others for another', async () => {
    const policy = { kind: 'fixed', strategy: 'split' } as const;
    const [first, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => laboratory.run(mix('modules'), policy, { seed, requests: 30 })),
    );
    assert.deepEqual(first, again);
    assert.notDeepEqual(first?.joules, other?.joules);
  });

  it('splits modules into as many parts as they have, and into three when S1 says so', async () => {
    const task = { seed: 3, requests: 40 };
    const many = await laboratory.run(mix('modules'), { kind: 'fixed', strategy: 'split' }, task);
    const three = await laboratory.run(mix('modules'), { kind: 'fixed', strategy: 'split', alwaysThree: true }, task);
    assert.ok(many.passed > 0 && three.passed > 0);
    assert.notEqual(many.joules, three.joules);
  });

  it('auto finds that modules want a plan and small functions do not', async () => {
    const auto = () => ({ kind: 'auto', mind: laboratory.newMind(), frugality: 0.5 }) as const;
    const modules = await laboratory.run(mix('modules'), auto(), { seed: 5, requests: 300 });
    assert.ok(modules.chosen.split > 0.7 * modules.requests, JSON.stringify(modules.chosen));
    const small = await laboratory.run(mix('small-functions'), auto(), { seed: 5, requests: 100 });
    assert.equal(small.chosen.outline + small.chosen.split, 0);
    const direct = await laboratory.run(
      mix('modules'),
      { kind: 'fixed', strategy: 'direct' },
      { seed: 5, requests: 300 },
    );
    assert.ok(joulesToPass(modules) < joulesToPass(direct));
  });

  it('names the field of a file that is wrong', () => {
    assert.throws(() => readLabFile(here('mixes/modules.json'), modelsFileSchema), /modules\.json: worker/);
  });
});
