// From the port's request to path and body for an OpenAI-compatible engine. Fields that only some of them know go only to those.

import type { GenerateRequest } from './engine.ts';
import { infillText } from './infill-tokens.ts';

/** Who answers: strict engines refuse fields that are not in OpenAI's own list. */
export type OpenaiFlavour = 'llama-server' | 'vllm' | 'sglang' | 'other';

export interface OpenaiBody {
  readonly path: '/v1/chat/completions' | '/v1/completions' | '/infill';
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Writes the request. Infill goes to llama-server's own endpoint, elsewhere as a raw prompt with the family's tokens.
 * @returns undefined for an infill into a model whose tokens are not known.
 */
export function toOpenaiBody(request: GenerateRequest, flavour: OpenaiFlavour): OpenaiBody | undefined {
  const { prompt, model } = request;
  const common = commonFields(request);
  switch (prompt.kind) {
    case 'chat':
      return {
        path: '/v1/chat/completions',
        body: {
          ...common,
          messages: prompt.messages,
          max_tokens: boundOf(request),
          ...schemaFields(request),
          ...(request.wantProbabilities ? { logprobs: true, top_logprobs: 1 } : {}),
          // Left out, a thinking model thinks.
          ...(flavour === 'other' ? {} : { chat_template_kwargs: { enable_thinking: request.think } }),
        },
      };
    case 'raw':
      return textBody(request, prompt.text, flavour);
    case 'infill': {
      if (flavour !== 'llama-server') {
        const text = infillText(model, prompt);
        return text === undefined ? undefined : textBody(request, text, flavour);
      }
      const { stream_options: _, ...own } = common;
      return {
        path: '/infill',
        body: {
          ...own,
          input_prefix: prompt.prefix,
          input_suffix: prompt.suffix,
          n_predict: boundOf(request),
          ...(request.wantProbabilities ? { n_probs: 1 } : {}),
        },
      };
    }
  }
}

function textBody(request: GenerateRequest, prompt: string, flavour: OpenaiFlavour): OpenaiBody {
  const { schema } = request;
  return {
    path: '/v1/completions',
    body: {
      ...commonFields(request),
      prompt,
      max_tokens: boundOf(request),
      // llama-server reads response_format in chats only.
      ...(schema !== undefined && flavour === 'llama-server' ? { json_schema: schema } : schemaFields(request)),
      ...(request.wantProbabilities ? { logprobs: 1 } : {}),
    },
  };
}

function commonFields(request: GenerateRequest): Record<string, unknown> {
  const { temperature, topP, seed } = request.sampling;
  return {
    model: request.model,
    stream: true,
    stream_options: { include_usage: true },
    temperature,
    top_p: topP,
    seed,
    ...(request.stop.length === 0 ? {} : { stop: request.stop }),
  };
}

function schemaFields({ schema }: GenerateRequest): Record<string, unknown> {
  if (schema === undefined) return {};
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } };
}

function boundOf(request: GenerateRequest): number {
  return Math.max(1, Math.min(Math.floor(request.maxTokens), request.contextTokens));
}
