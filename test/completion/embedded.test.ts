// Completions by the real embedded engine: probabilities come although the settings are a little above greedy, so that doubt can end an
// answer at the engine; a long file fits into a small context.

import assert from 'node:assert/strict';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { type Generation, generate } from '../../server/completion/generate.ts';
import { defaultPolicy, type Policy } from '../../server/completion/policy/index.ts';
import { siteOf } from '../../server/completion/site.ts';
import { createGateway } from '../../server/gateway/gateway.ts';
import type { Engine, ModelProfile } from '../../server/models/engine.ts';
import { infillText } from '../../server/models/infill-tokens.ts';
import { engineWith, never, tiny } from '../support/embedded.ts';
import { recordingMeter } from '../support/fake-engine.ts';
import { needEngine } from '../support/install-engine.ts';

describe('completions by the embedded engine', function () {
  this.timeout(60_000);
  let engine: Engine | undefined;
  let profile: ModelProfile;
  before(async function () {
    await needEngine.call(this);
    engine = engineWith([tiny]);
    const [first] = (await engine.state(never)).models;
    assert.ok(first);
    profile = first;
  });
  after(() => engine?.close());

  async function complete(marked: string, { temperature = 0.1, policy = defaultPolicy } = {}): Promise<Generation> {
    const offset = marked.indexOf('│');
    const [uri, text] = ['file:///a.py', marked.replace('│', '')];
    const place = { uri, path: uri, languageId: 'python', text, offset, facts: undefined, factsAreStale: true };
    const site = siteOf(place);
    assert.ok(!('unfit' in site));
    const gateway = createGateway({
      engines: () => engine,
      meter: recordingMeter(),
      clock: systemClock,
      log: silentLog,
      keepAliveSeconds: 300,
    });
    const settings = {
      automatic: true,
      isOff: () => false,
      menuMilliseconds: 800,
      pauseMilliseconds: 0,
      promptTokens: 1024,
      contextTokens: 8192,
      temperature,
      topP: 0.95,
      seed: 7,
    };
    const model = { ref: { engineId: 'embedded', model: tiny.name }, profile };
    return generate(
      { place, site, invoked: true, neighbours: [], model, settings, policy, heard: () => {} },
      {
        gateway,
        clock: systemClock,
        syntax: { supports: () => false, parse: async () => undefined, close: async () => {} },
        infillText,
      },
      never,
    );
  }

  const place = 'def count_negatives(nums: list[int]) -> int:\n    """Count negative numbers."""\n    return │\n';

  it('come with probabilities where the settings are nearly greedy, and without where they are not', async () => {
    const greedy = await complete(place);
    assert.ok((greedy.answer?.sureness?.pieces.length ?? 0) > 3);
    assert.equal(greedy.answer?.call.sampling.temperature, 0);
    const free = await complete(place, { temperature: 0.8 });
    assert.equal(free.answer?.sureness?.pieces.length, 0);
    assert.equal(free.answer?.call.sampling.temperature, 0.8);
  });

  it('are ended in doubt at the engine', async () => {
    // Whoever takes nothing for sure ends at the first pieces that count.
    const unsure = { ...defaultPolicy.stop.unsure, isRight: { intercept: -20, slope: 0.001 } };
    const policy: Policy = { ...defaultPolicy, stop: { ...defaultPolicy.stop, unsure } };
    const { answer, text } = await complete(place, { policy });
    assert.equal(answer?.call.outcome, 'stopped-early');
    assert.match(answer?.call.why ?? '', /not sure/);
    assert.equal(text, undefined);
  });

  it('fit a long file into a context of 512 tokens', async () => {
    const { answer } = await complete(
      `${'value = {1: [2, 3], 4: (5, 6)}\n'.repeat(400)}${place}${'x = [1]\n'.repeat(400)}`,
    );
    assert.equal(answer?.failure, undefined);
    assert.ok((answer?.call.tokens.in ?? 0) > 100);
  });
});
