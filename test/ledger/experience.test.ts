// What is learned from earlier answers: priors first, counts that fade, narrow classes over wide ones.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createExperience, type Observation, type Situation } from '../../server/ledger/experience.ts';

const situation: Situation = { models: 'a b', actionId: 'implement', size: 'many', languageId: 'python' };
const day = 86_400_000;
const observation = (fields: Partial<Observation> = {}): Observation => ({
  situation,
  strategy: 'split',
  passed: true,
  costRatio: 1,
  atWallMilliseconds: 0,
  ...fields,
});
const chanceOf = ({ alpha, beta }: { alpha: number; beta: number }): number => alpha / (alpha + beta);

describe('experience', () => {
  it('begins with the prior: a small model alone is best for one small piece and worst for many', () => {
    const experience = createExperience();
    const chance = (strategy: 'direct' | 'split', size: Situation['size']) =>
      chanceOf(experience.lesson(strategy, { ...situation, size }, 0));
    assert.ok(chance('direct', 'small') > chance('direct', 'many'));
    assert.ok(chance('split', 'many') > chance('direct', 'many'));
    assert.equal(experience.lesson('direct', situation, 0).runs, 0);
  });

  it('comes to the true rate and cost', () => {
    const experience = createExperience();
    for (let run = 0; run < 400; run++) experience.observe(observation({ passed: run % 10 < 3, costRatio: 2 }));
    const lesson = experience.lesson('split', situation, 0);
    assert.ok(Math.abs(chanceOf(lesson) - 0.3) < 0.06, String(chanceOf(lesson)));
    assert.ok(Math.abs(lesson.costRatio - 2) < 0.1, String(lesson.costRatio));
    assert.ok(lesson.costRatioError < 0.3);
  });

  it('counts no run twice on its way from the wide class to the narrow one', () => {
    const experience = createExperience();
    const before = chanceOf(experience.lesson('split', situation, 0));
    experience.observe(observation({ passed: false }));
    const after = chanceOf(experience.lesson('split', situation, 0));
    // One failure against two inherited runs: two thirds of what was believed.
    assert.ok(Math.abs(after - (before * 2) / 3) < 1e-9, `${after} from ${before}`);
  });

  it('lends to a language that was never seen what the others showed, and to other models nothing', () => {
    const experience = createExperience();
    const prior = chanceOf(experience.lesson('split', situation, 0));
    for (let run = 0; run < 50; run++) experience.observe(observation({ passed: false }));
    assert.ok(chanceOf(experience.lesson('split', { ...situation, languageId: 'go' }, 0)) < prior / 2);
    assert.equal(chanceOf(experience.lesson('split', { ...situation, models: 'a c' }, 0)), prior);
    assert.equal(
      chanceOf(experience.lesson('direct', situation, 0)),
      chanceOf(createExperience().lesson('direct', situation, 0)),
    );
  });

  it('forgets with age, and notices a change within some tens of runs', () => {
    const experience = createExperience();
    const prior = chanceOf(experience.lesson('split', situation, 0));
    for (let run = 0; run < 200; run++) experience.observe(observation({ passed: true }));
    const young = chanceOf(experience.lesson('split', situation, 0));
    const old = chanceOf(experience.lesson('split', situation, 365 * day));
    assert.ok(young > 0.93 && Math.abs(old - prior) < 0.02, `${young}, ${old}, ${prior}`);
    for (let run = 0; run < 60; run++) experience.observe(observation({ passed: false }));
    assert.ok(chanceOf(experience.lesson('split', situation, 0)) < 0.45);
  });

  it('takes undecided runs for their joules alone, and no outlier for the rule', () => {
    const experience = createExperience();
    const prior = experience.lesson('split', situation, 0);
    experience.observe(observation({ passed: undefined, costRatio: 1e9 }));
    const lesson = experience.lesson('split', situation, 0);
    assert.equal(chanceOf(lesson), chanceOf(prior));
    assert.ok(lesson.costRatio > prior.costRatio && lesson.costRatio < 4);
  });

  it('stays a probability and a cost, whatever comes in whatever order', () => {
    const observations = fc.array(
      fc.record({
        passed: fc.constantFrom(true, false, undefined),
        costRatio: fc.oneof(fc.constant(undefined), fc.double({ noNaN: true, min: -1, max: 1e12 })),
        atWallMilliseconds: fc.integer({ min: 0, max: 400 * day }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(observations, fc.integer({ min: 0, max: 800 * day }), (many, now) => {
        const experience = createExperience();
        for (const fields of many) experience.observe(observation(fields));
        const { alpha, beta, costRatio, costRatioError, runs } = experience.lesson('split', situation, now);
        assert.ok(alpha > 0 && beta > 0 && runs >= 0);
        assert.ok(costRatio > 0 && costRatio <= 12 && costRatioError > 0);
      }),
    );
  });
});
