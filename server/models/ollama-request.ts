// From the port's request to the body that Ollama gets. Every trap of its API that a request can step into is avoided here.

import type { ChatRequest, GenerateRequest as OllamaGenerateRequest, Options } from 'ollama/browser';
import type { GenerateRequest } from './engine.ts';

/** What must be known of the model before a request can be written. */
export interface ModelTraits {
  readonly canThink: boolean;
  readonly ownStops: readonly string[];
}

interface Common {
  readonly model: string;
  readonly stream: true;
  readonly keep_alive: number;
  readonly options: Partial<Options>;
  /** Not in the package's types. Without it Ollama cuts a long prompt in the middle without a word. */
  readonly truncate: false;
  readonly think?: boolean;
  readonly format?: object;
  readonly logprobs?: true;
}

export type OllamaBody =
  | { readonly endpoint: 'chat'; readonly body: ChatRequest & Common }
  | { readonly endpoint: 'generate'; readonly body: OllamaGenerateRequest & Common };

/** Writes the request for /api/chat (chat prompts) or /api/generate (raw and infill prompts). */
export function toOllamaBody(request: GenerateRequest, traits: ModelTraits): OllamaBody {
  const common: Common = {
    model: request.model,
    stream: true,
    keep_alive: request.keepAliveSeconds,
    options: toOptions(request, traits.ownStops),
    truncate: false,
    // Left out, a thinking model thinks; sent to another one, it is an error.
    ...(traits.canThink ? { think: request.think } : {}),
    ...(request.schema === undefined ? {} : { format: request.schema }),
    ...(request.wantProbabilities ? { logprobs: true } : {}),
  };
  const { prompt } = request;
  switch (prompt.kind) {
    case 'chat':
      return { endpoint: 'chat', body: { ...common, messages: prompt.messages.map((message) => ({ ...message })) } };
    case 'raw':
      return { endpoint: 'generate', body: { ...common, prompt: prompt.text, raw: true } };
    case 'infill':
      // An empty suffix would be dropped and turn the request into a chat: at the end of a file, a line break follows.
      return { endpoint: 'generate', body: { ...common, prompt: prompt.prefix, suffix: prompt.suffix || '\n' } };
  }
}

function toOptions(request: GenerateRequest, ownStops: readonly string[]): Partial<Options> {
  const { temperature, topP, seed } = request.sampling;
  return {
    num_ctx: request.contextTokens,
    // 0 would be dropped on the way to llama-server and mean "without limit"; −1 means ten contexts.
    num_predict: Math.max(1, Math.min(Math.floor(request.maxTokens), request.contextTokens)),
    temperature,
    top_p: topP,
    seed,
    ...(request.stop.length === 0 ? {} : { stop: [...new Set([...request.stop, ...ownStops])] }),
  };
}
