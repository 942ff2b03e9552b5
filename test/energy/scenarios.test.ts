import assert from 'node:assert/strict';
import { checkScenario } from '../support/check-scenario.ts';
import { scenarios } from './scenarios.ts';

describe('scenarios and their joules', () => {
  it('are sixty at least, each with a name of its own', () => {
    assert.ok(scenarios.length >= 60, `${scenarios.length}`);
    assert.equal(new Set(scenarios.map(({ name }) => name)).size, scenarios.length);
  });

  for (const scenario of scenarios) {
    it(scenario.name, async () => {
      const { problems } = await checkScenario(scenario);
      assert.deepEqual(problems, []);
    });
  }
});
