// The gate: asks less where people take less, bends with dial and cost, learns within bounds, and its chances can be calibrated.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chanceOfAcceptance, decideToAsk, type GateFeatures } from '../../../server/completion/policy/gate.ts';
import { gateFeatureNames, priorWeights } from '../../../server/completion/policy/gate-weights.ts';
import { logistic } from '../../../server/completion/policy/logistic.ts';
import { afterCall, afterOutcome, afterSilence, furthestFromPrior } from '../../../server/completion/policy/online.ts';
import { defaultPolicy, neverStopping, type Policy, withDial } from '../../../server/completion/policy/policy.ts';
import { nothingSaved, savingsAfter } from '../../../server/completion/policy/savings.ts';
import { createDraws } from '../../lab/draws.ts';

const emptyLine: GateFeatures = {
  invoked: false,
  previousAccepted: true,
  secondsSinceOutcome: 30,
  lineLength: 4,
  blankAfterCursor: true,
  documentShare: 0.5,
  midWord: false,
  inComment: false,
  inString: false,
  onBattery: false,
  predictedJoules: undefined,
};

const anyFeatures: fc.Arbitrary<GateFeatures> = fc.record({
  invoked: fc.constant(false),
  previousAccepted: fc.option(fc.boolean(), { nil: undefined }),
  secondsSinceOutcome: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
  lineLength: fc.nat(400),
  blankAfterCursor: fc.boolean(),
  documentShare: fc.double({ min: 0, max: 1, noNaN: true }),
  midWord: fc.boolean(),
  inComment: fc.boolean(),
  inString: fc.boolean(),
  onBattery: fc.boolean(),
  predictedJoules: fc.option(fc.double({ min: 0.01, max: 1e4, noNaN: true }), { nil: undefined }),
});
const anyDial = fc.double({ min: 0, max: 1, noNaN: true });

describe('gate', () => {
  const lessLikely: Readonly<Record<string, Partial<GateFeatures>>> = {
    'mid-word': { midWord: true },
    'in comments': { inComment: true },
    'in strings': { inString: true },
    'right after a dismissal': { previousAccepted: false, secondsSinceOutcome: 1 },
    'in front of code': { blankAfterCursor: false },
    'on long lines': { lineLength: 100 },
  };
  for (const [where, change] of Object.entries(lessLikely)) {
    it(`expects less ${where}`, () => {
      const here = chanceOfAcceptance({ ...emptyLine, ...change }, defaultPolicy);
      assert.ok(here < chanceOfAcceptance(emptyLine, defaultPolicy) - 0.05);
    });
  }

  it('forgives a dismissal with time', () => {
    const later = (secondsSinceOutcome: number): number =>
      chanceOfAcceptance({ ...emptyLine, previousAccepted: false, secondsSinceOutcome }, defaultPolicy);
    assert.ok(later(30) > later(1));
  });

  it('asks for a double chance on battery', () => {
    fc.assert(
      fc.property(anyFeatures, anyDial, (features, dial) => {
        const policy = withDial(defaultPolicy, dial);
        const onBattery = decideToAsk({ ...features, onBattery: true }, policy).ask;
        return !onBattery || decideToAsk({ ...features, onBattery: false }, policy).ask;
      }),
    );
    const place = { ...emptyLine, inComment: true, midWord: true };
    assert.equal(decideToAsk(place, defaultPolicy).ask, true);
    assert.equal(decideToAsk({ ...place, onBattery: true }, defaultPolicy).ask, false);
  });

  it('asks no more often the more frugal it is, and no more often the dearer a call is', () => {
    const policy: Policy = { ...defaultPolicy, gate: { ...defaultPolicy.gate, typicalJoules: 10 } };
    fc.assert(
      fc.property(anyFeatures, anyDial, anyDial, (features, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const ask = (dial: number, more: Partial<GateFeatures> = {}): boolean =>
          decideToAsk({ ...features, ...more }, withDial(policy, dial)).ask;
        if (ask(high)) assert.ok(ask(low));
        if (ask(high, { predictedJoules: 30 })) assert.ok(ask(high, { predictedJoules: 5 }));
      }),
    );
  });

  it('always asks at 0, and when it was asked for', () => {
    fc.assert(
      fc.property(anyFeatures, anyDial, (features, dial) => {
        assert.ok(decideToAsk(features, withDial(defaultPolicy, 0)).ask);
        assert.ok(decideToAsk(features, neverStopping(defaultPolicy)).ask);
        assert.ok(decideToAsk({ ...features, invoked: true }, withDial(defaultPolicy, dial)).ask);
      }),
    );
  });

  it('says a chance between 0 and 1, and a sentence', () => {
    fc.assert(
      fc.property(anyFeatures, anyDial, (features, dial) => {
        const { chance, why } = decideToAsk(features, withDial(defaultPolicy, dial));
        assert.ok(chance > 0 && chance < 1);
        assert.ok(why.length > 10);
      }),
    );
  });
});

describe('gate, learning', () => {
  it('moves towards what happened, within its bounds, and the same way every time', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyFeatures, fc.boolean()), { maxLength: 200 }), (outcomes) => {
        const learn = (): Policy =>
          outcomes.reduce((policy, [features, accepted]) => {
            const next = afterOutcome(policy, features, accepted);
            const moved = chanceOfAcceptance(features, next) - chanceOfAcceptance(features, policy);
            assert.ok(accepted ? moved >= -1e-12 : moved <= 1e-12);
            return next;
          }, defaultPolicy);
        const learned = learn();
        assert.deepEqual(learn(), learned);
        for (const name of gateFeatureNames) {
          assert.ok(Math.abs(learned.gate.weights[name] - priorWeights[name]) <= furthestFromPrior);
        }
        assert.equal(learned.learned.updates, outcomes.length);
      }),
      { numRuns: 50 },
    );
  });

  it('comes back to the prior where it no longer asks', () => {
    let policy = defaultPolicy;
    for (let count = 0; count < 3000; count++) policy = afterOutcome(policy, emptyLine, false);
    const place = {
      ...emptyLine,
      previousAccepted: undefined,
      secondsSinceOutcome: undefined,
    };
    assert.equal(decideToAsk(place, policy).ask, false);
    for (let count = 0; count < 2000; count++) policy = afterSilence(policy);
    assert.equal(decideToAsk(place, policy).ask, true);
  });

  it('is calibrated after it has seen a user: of those given p, about p are taken', () => {
    const draws = createDraws(7);
    const featuresOf = (index: number): GateFeatures => ({
      ...emptyLine,
      previousAccepted: draws.uniform(index, 'previous') < 0.4,
      secondsSinceOutcome: Math.exp(6 * draws.uniform(index, 'seconds')),
      lineLength: Math.floor(60 * draws.uniform(index, 'length')),
      blankAfterCursor: draws.uniform(index, 'blank') < 0.7,
      documentShare: draws.uniform(index, 'share'),
      midWord: draws.uniform(index, 'mid') < 0.15,
      inComment: draws.uniform(index, 'comment') < 0.1,
      inString: draws.uniform(index, 'string') < 0.1,
    });
    // A user who takes less than the prior thinks, likes comments to be completed, and minds long lines more.
    const user: Policy = {
      ...defaultPolicy,
      gate: { weights: { ...priorWeights, always: -1, inComment: 0.5, lineLength: -0.5 } },
    };
    const taken = (index: number): boolean =>
      draws.uniform(index, 'taken') < chanceOfAcceptance(featuresOf(index), user);
    let policy = defaultPolicy;
    for (let index = 0; index < 4000; index++) policy = afterOutcome(policy, featuresOf(index), taken(index));

    const error = (judge: Policy): number => {
      const bins = Array.from({ length: 5 }, () => ({ count: 0, expected: 0, taken: 0 }));
      for (let index = 4000; index < 10_000; index++) {
        const chance = chanceOfAcceptance(featuresOf(index), judge);
        const bin = bins[Math.min(4, Math.floor(chance * 10))];
        assert.ok(bin);
        bin.count++;
        bin.expected += chance;
        bin.taken += Number(taken(index));
      }
      return bins.reduce((sum, bin) => sum + Math.abs(bin.expected - bin.taken), 0) / 6000;
    };
    assert.ok(error(policy) < 0.02, `expected calibration error ${error(policy)}`);
    assert.ok(error(policy) < error(defaultPolicy) / 3);
  });

  it('takes a typical call from the calls that were made', () => {
    let policy = afterCall(defaultPolicy, undefined);
    assert.equal(policy.gate.typicalJoules, undefined);
    policy = afterCall(policy, 8);
    assert.equal(policy.gate.typicalJoules, 8);
    for (let count = 0; count < 200; count++) policy = afterCall(policy, 2);
    assert.ok(Math.abs((policy.gate.typicalJoules ?? 0) - 2) < 0.01);
  });
});

describe('gate, savings', () => {
  it('counts calls that were not made and the joules they were predicted to take', () => {
    const no = { ask: false, chance: 0.1, why: '' };
    let savings = savingsAfter(nothingSaved, { ...no, ask: true }, { ...emptyLine, predictedJoules: 5 });
    assert.deepEqual(savings, nothingSaved);
    savings = savingsAfter(savings, no, { ...emptyLine, predictedJoules: 5 });
    savings = savingsAfter(savings, no, { ...emptyLine, predictedJoules: undefined });
    assert.deepEqual(savings, { callsNotMade: 2, predictedJoules: 5, withoutPrediction: 1 });
  });
});

it('the logistic curve is 1/2 in the middle', () => assert.equal(logistic(0), 0.5));
