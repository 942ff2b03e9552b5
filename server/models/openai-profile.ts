// From what an OpenAI-compatible engine says of a model, and what its owner says, to a profile. The owner's word comes first, then
// the engine's, then what the name tells; where nobody knows, 0. Pure.

import type { NamedEngine } from '../settings.ts';
import type { ModelProfile } from './engine.ts';
import { infillText } from './infill-tokens.ts';
import { countOf, recordOf, stringOf } from './json-fields.ts';

/** One entry of /v1/models; `meta` is llama-server's, `max_model_len` vLLM's and SGLang's. */
export interface OpenaiModel {
  readonly name: string;
  readonly ownedBy: string;
  readonly parameters: number;
  readonly weightBytes: number;
  readonly contextLength: number;
}

/** The models of /v1/models; `undefined` when the answer is not one. */
export function parseOpenaiModels(value: unknown): readonly OpenaiModel[] | undefined {
  const { data } = recordOf(value);
  if (!Array.isArray(data)) return undefined;
  return data.map(recordOf).flatMap((entry) => {
    const name = stringOf(entry.id);
    const meta = recordOf(entry.meta);
    if (name === '') return [];
    return [
      {
        name,
        ownedBy: stringOf(entry.owned_by),
        parameters: countOf(meta.n_params) ?? 0,
        weightBytes: countOf(meta.size) ?? 0,
        contextLength: countOf(meta.n_ctx) ?? countOf(meta.n_ctx_train) ?? countOf(entry.max_model_len) ?? 0,
      },
    ];
  });
}

/** Names of models → families of prompts and code tables, as `general.architecture` spells them. First match counts. */
const familiesByName: readonly (readonly [RegExp, string])[] = [
  [/joule-tiny/i, 'joule-tiny'],
  [/qwen-?3/i, 'qwen3'],
  [/qwen-?2|codeqwen/i, 'qwen2'],
  [/gemma-?3n/i, 'gemma3n'],
  [/gemma-?3/i, 'gemma3'],
  [/gemma-?4/i, 'gemma4'],
  [/gemma/i, 'gemma'],
  [/llama/i, 'llama'],
  [/(?:mi|mini|code|dev)stral|mixtral/i, 'mistral'],
  [/deepseek/i, 'deepseek2'],
  [/gpt-?oss/i, 'gptoss'],
  [/granite/i, 'granite'],
  [/phi-?[34]/i, 'phi3'],
  [/starcoder/i, 'starcoder2'],
];

export function openaiProfile(engine: NamedEngine, model: OpenaiModel): ModelProfile {
  const said = engine.models[model.name];
  const parameters = said?.parameters ?? (model.parameters || billions(/(\d+(?:\.\d+)?)b\b/i, model.name));
  const active = said?.activeParameters ?? billions(/-a(\d+(?:\.\d+)?)b\b/i, model.name);
  const measured = parameters > 0 ? (model.weightBytes * 8) / parameters : 0;
  const bitsPerWeight = said?.bitsPerWeight ?? measured;
  const canGenerate = !/embed|rerank|whisper|tts|moderation/i.test(model.name);
  return {
    name: model.name,
    engineId: engine.id,
    digest: '',
    family: said?.family ?? familiesByName.find(([pattern]) => pattern.test(model.name))?.[1] ?? '',
    parameters,
    activeParameters: active || parameters,
    bitsPerWeight,
    weightBytes: model.weightBytes || Math.round((parameters * bitsPerWeight) / 8),
    contextLength: said?.contextLength ?? model.contextLength,
    canInfill: said?.canInfill ?? infillText(model.name, { prefix: '', suffix: '' }) !== undefined,
    canThink: false,
    canGenerate,
  };
}

function billions(pattern: RegExp, name: string): number {
  return Number(pattern.exec(name)?.[1] ?? 0) * 1e9;
}
