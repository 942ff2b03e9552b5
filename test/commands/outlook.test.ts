// What is said in advance: predictions from memory, savings only at the careful end, and the models that are missing or larger.

import assert from 'node:assert/strict';
import { largerModel, type Survey } from '../../server/commands/engine-room.ts';
import { activeGigabytes, createOutlook } from '../../server/commands/outlook.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { chooseRoles } from '../../server/models/choose-roles.ts';
import type { ModelProfile } from '../../server/models/engine.ts';
import { callEvent, energyOf, outcomeEvent, sampleCall } from '../support/sample-events.ts';

function model(name: string, billions: number): ModelProfile {
  return {
    name,
    engineId: 'ollama',
    digest: name,
    family: 'gemma3',
    parameters: billions * 1e9,
    activeParameters: billions * 1e9,
    bitsPerWeight: 4.5,
    weightBytes: billions * 5e8,
    contextLength: 8192,
    canInfill: false,
    canThink: false,
    canGenerate: true,
  };
}

const models = [model('gemma3:4b', 4), model('gemma3:12b', 12), model('gemma3:27b', 27)];

function survey(configured = {}, list = models, reachable = true): Survey {
  const state = { version: '1', slots: 1, models: list, locality: { where: 'elsewhere', why: 'x' } } as const;
  return {
    engines: [
      {
        id: 'ollama',
        state: reachable ? state : undefined,
        failure: reachable ? undefined : { message: 'no answer', mend: 'ollama serve' },
      },
    ],
    models: list,
    roles: chooseRoles({ models: list, configured }),
  };
}

const expected = { in: 500, outLow: 80, outHigh: 160 };

describe('outlook', () => {
  it('knows the weights read per token', () => {
    assert.equal(activeGigabytes(model('x', 8)), 4.5);
  });

  it('predicts nothing before an engine was asked, an interval after, one figure after ten runs', () => {
    const surveys: Survey[] = [];
    const outlook = createOutlook(
      () => surveys[0],
      () => 'auto',
    );
    assert.equal(outlook.predict('implement', expected), undefined);
    surveys.push(survey());
    assert.match(outlook.predict('implement', expected) ?? '', /^[\d.]+–[\d.]+ k?J$/);
    for (let run = 0; run < 10; run++) outlook.observe(sampleCall({ id: `c${run}` }));
    assert.match(outlook.predict('implement', expected) ?? '', /^≈ [\d.]+ k?J$/);
  });

  it('expects more of a plan and of a larger model', () => {
    const last = survey({ large: 'gemma3:27b' });
    const joules = (strategy: string): number => {
      assert.ok(last.roles.kind === 'chosen');
      const figure = createOutlook(
        () => last,
        () => 'auto',
      ).expected(expected, last.roles.roles, strategy);
      return figure?.status === 'estimated' ? figure.joules : 0;
    };
    assert.ok(joules('direct') > 0);
    assert.ok(joules('outline') > joules('direct'));
    assert.ok(joules('split') > joules('outline'));
    assert.ok(joules('single') > joules('direct') * 4);
  });

  it('learns nothing from calls that failed, or whose joules or model nobody knows', () => {
    const outlook = createOutlook(
      () => survey(),
      () => 'auto',
    );
    const before = outlook.predict('implement', expected);
    const unknown = { status: 'unknown', why: 'x' } as const;
    outlook.observe(sampleCall({ outcome: 'failed', joules: energyOf(9e6, 0) }));
    outlook.observe(sampleCall({ model: 'other', joules: energyOf(9e6, 0) }));
    outlook.observe(sampleCall({ joules: { gross: unknown, net: unknown, bySource: [], flags: [] } }));
    assert.equal(outlook.predict('implement', expected), before);
  });

  it('claims a saving only against a configured large model, and only what is sure', () => {
    const cheap = foldReceipt([callEvent({ call: sampleCall({ joules: energyOf(1, 0) }) }), outcomeEvent()]);
    const dear = foldReceipt([callEvent({ call: sampleCall({ joules: energyOf(1e6, 0) }) }), outcomeEvent()]);
    const large = foldReceipt([
      callEvent({ call: sampleCall({ model: 'gemma3:27b', joules: energyOf(1, 0) }) }),
      outcomeEvent(),
    ]);
    assert.ok(cheap && dear && large);
    assert.equal(
      createOutlook(
        () => survey(),
        () => 'auto',
      ).saving(cheap),
      undefined,
    );
    const outlook = createOutlook(
      () => survey({ large: 'gemma3:27b' }),
      () => 'auto',
    );
    assert.match(outlook.saving(cheap) ?? '', /^at least \d+ % under gemma3:27b, predicted$/);
    assert.equal(outlook.saving(dear), undefined);
    assert.equal(outlook.saving(large), undefined);
  });

  it('names the next larger model, and the one to pull', () => {
    assert.equal(largerModel(survey())?.name, 'gemma3:12b');
    assert.equal(largerModel(survey({}, [model('gemma3:4b', 4)])), undefined);
    const missing = (last: Survey): string | undefined =>
      createOutlook(
        () => last,
        () => 'auto',
      ).missingModel();
    assert.equal(missing(survey()), undefined);
    assert.equal(missing(survey({ worker: 'gemma3:1b' })), 'gemma3:1b');
    assert.equal(missing(survey({}, [])), 'qwen2.5-coder:3b');
    assert.equal(missing(survey({}, [], false)), undefined);
  });
});
