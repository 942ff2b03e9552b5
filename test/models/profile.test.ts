// Profiles from /api/tags and /api/show bodies shaped like those of real models (figures from their public GGUF metadata, tensors
// summed up into a few).

import assert from 'node:assert/strict';
import type { ModelProfile } from '../../server/models/engine.ts';
import { parseShow, parseTags } from '../../server/models/ollama-wire.ts';
import { ownStops, toProfile } from '../../server/models/profile.ts';

function profile(tag: object, show: object): ModelProfile {
  const [entry] = parseTags({ models: [{ name: 'm:1b', digest: 'd', ...tag }] }) ?? [];
  assert.ok(entry);
  return toProfile('ollama', entry, parseShow(show));
}

function near(actual: number, expected: number, share: number): void {
  assert.ok(Math.abs(actual - expected) <= expected * share, `${actual} is not about ${expected}`);
}

describe('model profile', () => {
  it('of a dense coder with infill: qwen2.5-coder:7b', () => {
    const made = profile(
      { name: 'qwen2.5-coder:7b', size: 4_683_087_332, details: { family: 'qwen2', parameter_size: '7.6B' } },
      {
        model_info: {
          'general.architecture': 'qwen2',
          'general.parameter_count': 7_615_616_512,
          'qwen2.context_length': 32_768,
        },
        tensors: [
          { name: 'token_embd.weight', type: 'Q4_K', shape: [3584, 152_064] },
          { name: 'output.weight', type: 'Q6_K', shape: [3584, 152_064] },
          { name: 'blk.0.everything', type: 'Q4_K', shape: [1, 6_525_621_760] },
        ],
        capabilities: ['completion', 'tools', 'insert'],
      },
    );
    near(made.parameters, 7.6156e9, 1e-3);
    assert.equal(made.activeParameters, made.parameters);
    near(made.bitsPerWeight, 4.92, 0.01);
    assert.equal(made.weightBytes, 4_683_087_332);
    assert.deepEqual(
      [made.family, made.contextLength, made.canInfill, made.canThink, made.canGenerate],
      ['qwen2', 32_768, true, false, true],
    );
  });

  it('of a mixture of experts: qwen3:30b-a3b reads about 3.3 of 30.5 billion', () => {
    const layers = 48;
    const experts = 3 * 2048 * 768 * 128 * layers;
    const made = profile(
      { name: 'qwen3:30b-a3b', size: 18_556_688_736 },
      {
        model_info: {
          'general.architecture': 'qwen3moe',
          'general.parameter_count': 30_532_122_624,
          'qwen3moe.context_length': 40_960,
          'qwen3moe.expert_count': 128,
          'qwen3moe.expert_used_count': 8,
        },
        tensors: [
          { name: 'blk.0.ffn_gate_exps.weight', type: 'Q4_K', shape: [experts / 3 / 128, 128] },
          { name: 'blk.0.ffn_up_exps.weight', type: 'Q4_K', shape: [experts / 3 / 128, 128] },
          { name: 'blk.0.ffn_down_exps.weight', type: 'Q6_K', shape: [experts / 3 / 128, 128] },
          { name: 'everything.else', type: 'Q4_K', shape: [30_532_122_624 - experts] },
        ],
        capabilities: ['completion', 'thinking', 'tools'],
      },
    );
    near(made.parameters, 30.53e9, 1e-3);
    near(made.activeParameters, 3.35e9, 0.02);
    near(made.bitsPerWeight, 4.86, 0.01);
    assert.equal(made.canThink, true);
  });

  it('of a mixture of experts on a server that lists no tensors: from the size label, else all of it', () => {
    const show = {
      model_info: {
        'general.architecture': 'qwen3moe',
        'general.parameter_count': 30.5e9,
        'general.size_label': '30B-A3B',
      },
    };
    assert.equal(profile({}, show).activeParameters, 3e9);
    assert.equal(
      profile({ name: 'qwen3:235b-a22b' }, { model_info: { 'general.parameter_count': 235e9 } }).activeParameters,
      22e9,
    );
    assert.equal(profile({}, { model_info: { 'general.parameter_count': 30.5e9 } }).activeParameters, 30.5e9);
  });

  it('leaves the vision tower out: gemma3:4b', () => {
    const vision = 417_000_000;
    const made = profile(
      { name: 'gemma3:4b', size: 3_338_801_804, details: { family: 'gemma3', parameter_size: '4.3B' } },
      {
        model_info: {
          'general.architecture': 'gemma3',
          'general.parameter_count': 4_299_915_632,
          'gemma3.context_length': 131_072,
        },
        tensors: [
          { name: 'token_embd.weight', type: 'Q6_K', shape: [2560, 262_144] },
          { name: 'blk.0.rest', type: 'Q4_K', shape: [3_882_915_632 - 2560 * 262_144] },
          { name: 'v.blk.0.attn_k.weight', type: 'F16', shape: [vision - 3_000_000] },
          { name: 'mm.mm_input_projection.weight', type: 'F16', shape: [3_000_000] },
        ],
        capabilities: ['completion', 'vision'],
      },
    );
    near(made.activeParameters, 3.883e9, 1e-3);
    assert.equal(made.weightBytes, 3_338_801_804 - 2 * vision);
    near(made.bitsPerWeight, 5.16, 0.01);
  });

  it('takes a separate projector file off: llava', () => {
    const made = profile(
      { size: 4_733_363_377 },
      { model_info: { 'general.parameter_count': 7.24e9 }, projector_info: { 'general.parameter_count': 312e6 } },
    );
    assert.equal(made.weightBytes, 4_733_363_377 - 624e6);
  });

  it('falls back to names and averages when little is said, and to 0 when nothing is', () => {
    const some = profile({ details: { family: 'llama', parameter_size: '8.0B', quantization_level: 'Q4_K_M' } }, {});
    assert.equal(some.parameters, 8e9);
    near(some.bitsPerWeight, 4.89, 1e-6);
    near(some.weightBytes, 4.89e9, 0.01);
    assert.equal(some.canGenerate, true, 'old servers list no capabilities');
    const nothing = profile({}, {});
    assert.deepEqual(
      [nothing.parameters, nothing.activeParameters, nothing.bitsPerWeight, nothing.weightBytes, nothing.contextLength],
      [0, 0, 0, 0, 0],
    );
    assert.equal(profile({ name: 'nomic-embed-text' }, {}).canGenerate, false);
    assert.equal(profile({}, { capabilities: ['embedding'] }).canGenerate, false);
  });

  it('is not led astray by nonsense', () => {
    const made = profile(
      { size: -5, details: 'x' },
      {
        model_info: { 'general.architecture': 7, 'general.parameter_count': 'many', 'x.expert_count': -1 },
        tensors: [null, { name: 'a', shape: ['x', Infinity] }, { shape: 4 }],
        capabilities: 'all',
      },
    );
    for (const value of Object.values(made))
      assert.ok(typeof value !== 'number' || (Number.isFinite(value) && value >= 0));
  });

  it("finds the model's own stop strings", () => {
    const show = parseShow({
      parameters: 'stop                           "<|im_end|>"\nstop "a b"\ntemperature 0.7\nstop bare',
    });
    assert.deepEqual(ownStops(show), ['<|im_end|>', 'a b', 'bare']);
  });
});
