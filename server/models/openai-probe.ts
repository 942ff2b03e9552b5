// What an OpenAI-compatible engine is and has: its models by /v1/models, and of llama-server what /props adds.

import type { NamedEngine } from '../settings.ts';
import { EngineFailure, type ModelProfile } from './engine.ts';
import { countOf, recordOf, stringOf } from './json-fields.ts';
import { getDocument, type OpenaiCall } from './openai-client.ts';
import { notOpenai } from './openai-errors.ts';
import { openaiProfile, parseOpenaiModels } from './openai-profile.ts';
import type { OpenaiFlavour } from './openai-request.ts';

export interface OpenaiProbe {
  readonly flavour: OpenaiFlavour;
  readonly version: string;
  readonly slots: number;
  readonly models: readonly ModelProfile[];
}

/** Asks once. Rejects with EngineFailure, or with the signal's reason. */
export async function probeOpenai(engine: NamedEngine, call: OpenaiCall): Promise<OpenaiProbe> {
  const listed = parseOpenaiModels(await getDocument(call, '/v1/models'));
  if (listed === undefined) throw notOpenai(call.context, 'no list of models');
  const owner = listed[0]?.ownedBy ?? '';
  const props = owner === 'llamacpp' ? await propsOf(call) : undefined;
  const slots = engine.slots ?? countOf(props?.total_slots) ?? 0;
  return {
    flavour: props === undefined ? (flavours[owner] ?? 'other') : 'llama-server',
    version: stringOf(props?.build_info) || owner || 'unknown',
    slots: Math.max(1, Math.floor(slots)),
    models: listed.map((model) => openaiProfile(engine, model)),
  };
}

/** `owned_by` of models that an engine serves itself. */
const flavours: Readonly<Record<string, OpenaiFlavour>> = { vllm: 'vllm', sglang: 'sglang', llamacpp: 'llama-server' };

/** A gateway may pass on /v1 alone: then there are no props. */
async function propsOf(call: OpenaiCall): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    return recordOf(await getDocument(call, '/props'));
  } catch (error) {
    if (error instanceof EngineFailure && !call.signal.aborted) return undefined;
    throw error;
  }
}
