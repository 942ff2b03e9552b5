// Models of the fake Ollama and what /api/tags, /api/show and /api/ps say of them, shaped as Ollama 0.33 does it.

export interface FakeModel {
  /** `gemma3:4b`. Without a tag it is `:latest`. */
  readonly name: string;
  /** `general.architecture`. Default: what comes before the colon (`qwen2.5-coder` → `qwen2`). */
  readonly family?: string;
  /** Default 3 000 000 000. With `experts`: everything, all experts included. */
  readonly parameters?: number;
  /** Default 4.85, which is what Q4_K_M comes to. */
  readonly bitsPerWeight?: number;
  readonly quantization?: string;
  /** Default 32 768. */
  readonly contextLength?: number;
  /** Default `['completion']`. Others: `insert`, `thinking`, `tools`, `vision`, `embedding`. */
  readonly capabilities?: readonly string[];
  /** Mixture of experts: `parameters` of the expert tensors, of which `used / count` are read per token. */
  readonly experts?: { readonly count: number; readonly used: number; readonly parameters: number };
  /** Parameters of a vision tower in the same file (tensors `v.*`, `mm.*`). */
  readonly visionParameters?: number;
  /** Old servers send no tensors without `verbose`. */
  readonly withoutTensors?: boolean;
  /** A cloud model: this Ollama only forwards. */
  readonly remoteHost?: string;
}

export interface LoadedModel {
  readonly model: FakeModel;
  contextTokens: number;
  expiresAt: Date;
}

const families: readonly [RegExp, string][] = [
  [/^qwen2\.5|^qwen2/, 'qwen2'],
  [/^qwen3-coder|^qwen3:30b/, 'qwen3moe'],
  [/^codellama|^llama|^codestral|^mistral/, 'llama'],
  [/^deepseek-coder-v2/, 'deepseek2'],
];

/** `gemma3` → `gemma3:latest`, as Ollama completes names. */
export function fullName(name: string): string {
  return name.includes(':') ? name : `${name}:latest`;
}

export function familyOf(model: FakeModel): string {
  if (model.family !== undefined) return model.family;
  return families.find(([pattern]) => pattern.test(model.name))?.[1] ?? model.name.replace(/:.*$/, '');
}

/** Bytes on disk, vision tower included: /api/tags `size`. */
export function sizeOf(model: FakeModel): number {
  const bits = model.bitsPerWeight ?? 4.85;
  return Math.round(((model.parameters ?? 3e9) * bits) / 8 + (model.visionParameters ?? 0) * 2);
}

export function digestOf(model: FakeModel): string {
  let hash = 0x811c9dc5;
  for (const character of fullName(model.name)) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0').repeat(8);
}

export function detailsOf(model: FakeModel): object {
  const billions = (model.parameters ?? 3e9) / 1e9;
  return {
    parent_model: '',
    format: 'gguf',
    family: familyOf(model),
    families: [familyOf(model)],
    parameter_size: billions >= 1 ? `${billions.toFixed(1)}B` : `${(billions * 1000).toFixed(2)}M`,
    quantization_level: model.quantization ?? 'Q4_K_M',
  };
}

export function tagOf(model: FakeModel): object {
  const name = fullName(model.name);
  return {
    name,
    model: name,
    modified_at: '2026-09-01T10:00:00.123456789+02:00',
    size: sizeOf(model),
    digest: digestOf(model),
    details: detailsOf(model),
    capabilities: model.capabilities ?? ['completion'],
    ...(model.remoteHost === undefined ? {} : { remote_host: model.remoteHost, remote_model: model.name }),
  };
}

export function showOf(model: FakeModel): object {
  const family = familyOf(model);
  const total = model.parameters ?? 3e9;
  const experts = model.experts;
  return {
    license: 'fake licence',
    modelfile: `FROM ${fullName(model.name)}`,
    parameters: 'stop "<|end|>"',
    template: (model.capabilities ?? []).includes('insert')
      ? '{{ if .Suffix }}<|pre|>{{ .Prompt }}<|suf|>{{ .Suffix }}<|mid|>{{ else }}{{ .Prompt }}{{ end }}'
      : '{{ .Prompt }}',
    details: detailsOf(model),
    model_info: {
      'general.architecture': family,
      'general.file_type': 15,
      'general.parameter_count': total,
      'general.quantization_version': 2,
      [`${family}.block_count`]: 2,
      [`${family}.context_length`]: model.contextLength ?? 32_768,
      [`${family}.embedding_length`]: 1000,
      [`${family}.attention.head_count`]: 16,
      [`${family}.attention.head_count_kv`]: 4,
      ...(experts === undefined
        ? {}
        : { [`${family}.expert_count`]: experts.count, [`${family}.expert_used_count`]: experts.used }),
      'tokenizer.ggml.tokens': null,
    },
    ...(model.withoutTensors ? {} : { tensors: tensorsOf(model) }),
    capabilities: model.capabilities ?? ['completion'],
    modified_at: '2026-09-01T10:00:00.123456789+02:00',
    ...(model.remoteHost === undefined ? {} : { remote_host: model.remoteHost, remote_model: model.name }),
  };
}

function tensorsOf(model: FakeModel): object[] {
  const total = model.parameters ?? 3e9;
  const expert = model.experts?.parameters ?? 0;
  const vision = model.visionParameters ?? 0;
  return [
    { name: 'token_embd.weight', type: 'Q6_K', shape: [1000, Math.round((total - expert) / 1000)] },
    ...(expert === 0
      ? []
      : [
          {
            name: 'blk.0.ffn_gate_exps.weight',
            type: 'Q4_K',
            shape: [1000, Math.round(expert / 1000 / (model.experts?.count ?? 1)), model.experts?.count ?? 1],
          },
        ]),
    ...(vision === 0 ? [] : [{ name: 'v.blk.0.attn_k.weight', type: 'F16', shape: [1000, Math.round(vision / 1000)] }]),
  ];
}

export function psOf(loaded: LoadedModel): object {
  return {
    name: fullName(loaded.model.name),
    model: fullName(loaded.model.name),
    size: sizeOf(loaded.model) + 200_000_000,
    digest: digestOf(loaded.model),
    details: detailsOf(loaded.model),
    expires_at: loaded.expiresAt.toISOString(),
    size_vram: sizeOf(loaded.model) + 200_000_000,
    context_length: loaded.contextTokens,
  };
}
