// The policy's file and the evidence on the ledger: what is written is read back, and whatever is in the file, what comes out can be used.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evidenceOf, loggedFrom } from '../../../server/completion/policy/evidence.ts';
import { decideToAsk, type GateFeatures } from '../../../server/completion/policy/gate.ts';
import { gateFeatureNames, priorWeights } from '../../../server/completion/policy/gate-weights.ts';
import { afterOutcome, furthestFromPrior } from '../../../server/completion/policy/online.ts';
import { defaultPolicy, neverStopping } from '../../../server/completion/policy/policy.ts';
import { unsureThreshold } from '../../../server/completion/policy/stop.ts';
import { policyText, readPolicy } from '../../../server/completion/policy/text.ts';

const features: GateFeatures = {
  invoked: false,
  previousAccepted: undefined,
  secondsSinceOutcome: 12.5,
  lineLength: 7,
  blankAfterCursor: true,
  documentShare: 0.25,
  midWord: false,
  inComment: true,
  inString: false,
  onBattery: false,
  predictedJoules: undefined,
};

describe('the policy as text', () => {
  it('is read back as it was written, without the dial', () => {
    const policy = afterOutcome(neverStopping(defaultPolicy), features, true);
    const read = readPolicy(policyText({ ...policy, dial: 0.9 }));
    assert.ok(!('why' in read));
    assert.equal(read.dial, defaultPolicy.dial);
    assert.equal(read.stop.mode, 'never');
    assert.equal(read.learned.updates, 1);
    for (const name of gateFeatureNames) {
      assert.ok(Math.abs(read.gate.weights[name] - policy.gate.weights[name]) < 1e-5);
    }
    assert.ok(policyText(policy).length < 1500, 'small');
  });

  it('says why a file is of no use', () => {
    assert.match(JSON.stringify(readPolicy('{')), /not JSON/);
    assert.match(JSON.stringify(readPolicy('{"version":2}')), /version 1/);
    assert.match(JSON.stringify(readPolicy('[]')), /version 1/);
  });

  it('decides with whatever stands in it, within the bounds', () => {
    const prior = JSON.parse(policyText(defaultPolicy)) as Record<string, unknown>;
    const junk = fc.oneof(fc.jsonValue(), fc.double(), fc.constant(undefined));
    fc.assert(
      fc.property(fc.constantFrom('gate', 'size', 'stop', 'learned'), junk, fc.object(), (part, value, inner) => {
        for (const changed of [value, { weights: inner, unsure: inner, smallIsRight: inner }]) {
          const read = readPolicy(JSON.stringify({ ...prior, [part]: changed }));
          assert.ok(!('why' in read));
          for (const name of gateFeatureNames) {
            assert.ok(Math.abs(read.gate.weights[name] - priorWeights[name]) <= furthestFromPrior);
          }
          const { chance } = decideToAsk(features, read);
          assert.ok(chance > 0 && chance < 1);
          assert.ok(!Number.isNaN(unsureThreshold(read)));
        }
      }),
    );
  });
});

describe('evidence', () => {
  it('comes back from the ledger as what it was', () => {
    const logged = loggedFrom(evidenceOf(features, { leastSure: -0.7, larger: undefined }), true);
    assert.deepEqual(logged?.gate, { features, accepted: true });
    assert.deepEqual(logged?.small, { leastSure: -0.7, right: true });
    assert.ok(Object.values(evidenceOf(features, undefined)).every(Number.isFinite));
  });

  it('teaches of the model whose answer was shown', () => {
    const logged = (larger: 'another text' | 'the same text' | 'no text', accepted: boolean) => {
      const { small, large } = loggedFrom(evidenceOf(features, { leastSure: -2, larger }), accepted) ?? {};
      return [small?.right, large?.right];
    };
    assert.deepEqual(logged('another text', true), [undefined, true]);
    assert.deepEqual(logged('the same text', false), [false, false]);
    assert.deepEqual(logged('no text', true), [true, undefined]);
  });

  it('teaches the gate nothing where somebody asked by hand', () => {
    const logged = loggedFrom(evidenceOf({ ...features, invoked: true }, undefined), false);
    assert.deepEqual(logged, {});
  });

  it('is of no use with numbers missing', () => assert.equal(loggedFrom({ lineLength: 3 }, true), undefined));
});
