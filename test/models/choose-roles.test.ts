// Who is chosen for which role, from lists of models as people have them.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { RoleAnswer, RoleQuestion } from '../../server/models/choose-roles.ts';
import { chooseRoles } from '../../server/models/choose-roles.ts';
import { codeRank } from '../../server/models/code-families.ts';
import type { ModelProfile } from '../../server/models/engine.ts';

function model(name: string, billions: number, more: Partial<ModelProfile> = {}): ModelProfile {
  return {
    name,
    engineId: 'ollama',
    digest: name,
    family: name.split(':')[0] ?? name,
    parameters: billions * 1e9,
    activeParameters: billions * 1e9,
    bitsPerWeight: 5,
    weightBytes: (billions * 1e9 * 5) / 8,
    contextLength: 32_768,
    canInfill: false,
    canThink: false,
    canGenerate: true,
    ...more,
  };
}

const gemma4 = model('gemma3:4b', 4.3);
const gemma12 = model('gemma3:12b', 12);
const gemma27 = model('gemma3:27b', 27);
const coder15 = model('qwen2.5-coder:1.5b', 1.5, { family: 'qwen2', canInfill: true });
const coder7 = model('qwen2.5-coder:7b', 7.6, { family: 'qwen2', canInfill: true });
const embedder = model('nomic-embed-text:latest', 0.14, { family: 'nomic-bert', canGenerate: false });
const tiny = model('joule-tiny', 0.005, { engineId: 'embedded', family: 'joule-tiny' });
const moe = model('qwen3-coder:30b', 30.5, { activeParameters: 3.3e9 });

/** `worker planner`, or what is wrong. */
function outcome(answer: RoleAnswer): string {
  if (answer.kind !== 'chosen') return `${answer.kind}: ${answer.mend}`;
  return `${answer.roles.worker.ref.model} ${answer.roles.planner?.ref.model}`;
}

describe('choosing roles', () => {
  const cases: [string, RoleQuestion, string][] = [
    [
      'the smallest works, the next larger plans',
      { models: [gemma27, gemma12, gemma4], configured: {} },
      'gemma3:4b gemma3:12b',
    ],
    ['one model does everything', { models: [gemma4, embedder], configured: {} }, 'gemma3:4b gemma3:4b'],
    [
      'what is set is set',
      { models: [gemma4, gemma12, coder15], configured: { worker: 'gemma3:12b' } },
      'gemma3:12b gemma3:12b',
    ],
    [
      'a name without its tag',
      { models: [model('llama3:latest', 8)], configured: { worker: 'llama3' } },
      'llama3:latest llama3:latest',
    ],
    [
      'a planner alone may be set',
      { models: [gemma4, gemma12, gemma27], configured: { planner: 'gemma3:27b' } },
      'gemma3:4b gemma3:27b',
    ],
    [
      'the planner must fit beside the worker',
      { models: [gemma4, gemma12, coder7], configured: {}, freeBytes: 10e9 },
      'gemma3:4b qwen2.5-coder:7b',
    ],
    ['nothing larger fits', { models: [gemma4, gemma12], configured: {}, freeBytes: 4e9 }, 'gemma3:4b gemma3:4b'],
    [
      'not even the smallest fits: it is tried all the same',
      { models: [gemma4], configured: {}, freeBytes: 1e9 },
      'gemma3:4b gemma3:4b',
    ],
    [
      'few active parameters count as cheap',
      { models: [gemma12, gemma4, moe], configured: {} },
      'qwen3-coder:30b qwen3-coder:30b',
    ],
    [
      'a cheap one that does not fit is passed over',
      { models: [gemma12, gemma4, moe], configured: {}, freeBytes: 16e9 },
      'gemma3:4b gemma3:12b',
    ],
    ['the tiny model never beside a real one', { models: [gemma4, tiny], configured: {} }, 'gemma3:4b gemma3:4b'],
    ['the tiny model when it is alone', { models: [tiny, embedder], configured: {} }, 'joule-tiny joule-tiny'],
    [
      'the tiny model when it is asked for',
      { models: [gemma4, tiny], configured: { worker: 'embedded/joule-tiny' } },
      'joule-tiny gemma3:4b',
    ],
    [
      'known code families before others',
      { models: [model('storyteller:1b', 1), coder7], configured: {} },
      'qwen2.5-coder:7b qwen2.5-coder:7b',
    ],
    [
      'an unknown one rather than none',
      { models: [model('storyteller:1b', 1)], configured: {} },
      'storyteller:1b storyteller:1b',
    ],
    [
      'no cloud model unasked',
      { models: [model('gpt-oss:120b-cloud', 120, { remoteHost: 'ollama.com' }), gemma4], configured: {} },
      'gemma3:4b gemma3:4b',
    ],
    ['nothing there', { models: [embedder], configured: {} }, 'none: ollama pull qwen2.5-coder:3b'],
    [
      'a missing one is said, not replaced',
      { models: [gemma4], configured: { planner: 'gemma3:12b' } },
      'missing: ollama pull gemma3:12b',
    ],
    [
      'an embedder can not write',
      { models: [gemma4, embedder], configured: { worker: 'nomic-embed-text' } },
      'missing: set joule.roles.worker to another model',
    ],
    [
      'the embedded one is not pulled',
      { models: [gemma4], configured: { worker: 'joule-tiny' } },
      'missing: joule-ls engine install',
    ],
  ];
  for (const [name, question, expected] of cases)
    it(name, () => assert.equal(outcome(chooseRoles(question)), expected));

  it('gives every role somebody, and `large` only to whom it was set', () => {
    const answer = chooseRoles({ models: [gemma4, gemma12, coder15], configured: {} });
    assert.ok(answer.kind === 'chosen');
    const names = Object.fromEntries(Object.entries(answer.roles).map(([role, seat]) => [role, seat.ref.model]));
    assert.deepEqual(names, {
      planner: 'gemma3:4b',
      worker: 'qwen2.5-coder:1.5b',
      assembler: 'qwen2.5-coder:1.5b',
      repair: 'qwen2.5-coder:1.5b',
      judge: 'gemma3:4b',
      completion: 'qwen2.5-coder:1.5b',
    });
    assert.match(answer.why, /qwen2\.5-coder:1\.5b writes \(cheapest code model here\), gemma3:4b plans/);
    const large = chooseRoles({
      models: [gemma4, gemma27],
      configured: { large: 'gemma3:27b', completion: 'gemma3:27b' },
    });
    assert.ok(large.kind === 'chosen');
    assert.equal(large.roles.large?.ref.model, 'gemma3:27b');
    assert.equal(large.roles.completion?.ref.model, 'gemma3:27b');
  });

  it('has the worker, or whom it was set to, complete what the completion model is not sure of, where that is a larger one', () => {
    const infills = (model: ModelProfile): ModelProfile => ({ ...model, canInfill: true });
    const larger = (models: readonly ModelProfile[], configured: RoleQuestion['configured']): string | undefined => {
      const answer = chooseRoles({ models, configured });
      assert.ok(answer.kind === 'chosen');
      return answer.roles.completionLarge?.ref.model;
    };
    const both = [infills(coder15), infills(coder7)];
    assert.equal(larger(both, {}), undefined);
    assert.equal(larger(both, { worker: 'qwen2.5-coder:7b' }), 'qwen2.5-coder:7b');
    assert.equal(
      larger([infills(coder15), { ...coder7, canInfill: false }], { worker: 'qwen2.5-coder:7b' }),
      undefined,
    );
    assert.equal(larger([...both, gemma27], { completionLarge: 'gemma3:27b' }), 'gemma3:27b');
  });

  it('names what is there when something is not', () => {
    const answer = chooseRoles({ models: [gemma4, coder7], configured: { judge: 'phi4' } });
    assert.ok(answer.kind === 'missing');
    assert.equal(answer.role, 'judge');
    assert.match(answer.why, /there are gemma3:4b, qwen2\.5-coder:7b/);
  });

  it('chooses the same whatever the order, and never one that can not write', () => {
    const all = [gemma4, gemma12, gemma27, coder15, coder7, embedder, tiny, moe];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(all),
        fc.option(fc.integer({ min: 0, max: 60e9 }), { nil: undefined }),
        (models, freeBytes) => {
          const answer = chooseRoles({ models, configured: {}, freeBytes });
          assert.equal(
            outcome(answer),
            outcome(chooseRoles({ models: [...models].reverse(), configured: {}, freeBytes })),
          );
          if (answer.kind !== 'chosen') return assert.ok(models.every((one) => !one.canGenerate));
          for (const seat of Object.values(answer.roles)) assert.ok(seat.profile.canGenerate);
          if (models.some((one) => one.canGenerate && one !== tiny))
            assert.notEqual(answer.roles.worker.ref.model, 'joule-tiny');
        },
      ),
    );
  });

  it('ranks names as people pull them', () => {
    const rank = (name: string, billions: number): string => codeRank(model(name, billions));
    for (const name of [
      'qwen2.5-coder:0.5b',
      'codellama:7b-code',
      'deepseek-coder-v2:16b',
      'starcoder2:3b',
      'hf.co/someone/Qwen2.5-Coder-3B-GGUF:Q4_K_M',
    ]) {
      assert.equal(rank(name, 0.5), 'known', name);
    }
    for (const name of ['gemma3:4b', 'llama3.2:3b', 'phi4-mini:3.8b', 'qwen3:4b', 'mistral:7b', 'gpt-oss:20b'])
      assert.equal(rank(name, 4), 'known', name);
    for (const [name, size] of [
      ['gemma3:270m', 0.27],
      ['llama3.2:1b', 1.2],
      ['tinyllama:1b', 1.1],
    ] as const)
      assert.equal(rank(name, size), 'unknown', name);
    for (const name of ['llama-guard3:8b', 'mxbai-embed-large', 'llava:7b'])
      assert.equal(rank(name, 8), 'unsuited', name);
  });
});
