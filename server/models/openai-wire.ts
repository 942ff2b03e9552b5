// Answers of OpenAI-compatible engines, from unknown JSON to types: chat and text completions as llama-server, vLLM, SGLang and LM
// Studio write them, and llama-server's own /infill. Fields that are missing or of another type are left out, never invented.

import type { EngineUsage } from './engine.ts';
import { countOf, recordOf, stringOf } from './json-fields.ts';

/** One event of a stream. */
export interface OpenaiPart {
  readonly text: string;
  readonly thinking: string;
  /** Natural logarithms of the probabilities of this event's tokens. */
  readonly logprobs: readonly number[];
  readonly finish: 'stop' | 'length' | undefined;
  readonly usage: EngineUsage;
  /** Of an answer that broke on the way; the events of a whole one have none. */
  readonly error: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

export function parseOpenaiPart(value: unknown): OpenaiPart {
  const part = recordOf(value);
  const choice = recordOf(Array.isArray(part.choices) ? part.choices[0] : undefined);
  const delta = recordOf(choice.delta);
  return {
    text: stringOf(delta.content) || stringOf(choice.text) || stringOf(part.content),
    // vLLM's newer name and everybody else's.
    thinking: stringOf(delta.reasoning_content) || stringOf(delta.reasoning),
    logprobs: logprobsOf(choice.logprobs, part.completion_probabilities),
    finish: finishOf(choice, part),
    usage: usageOf(part),
    error: part.error ?? (part.object === 'error' ? part : undefined),
  };
}

/** Chat: `content[].logprob`. Text completions of the old kind, as vLLM has them: `token_logprobs`. /infill has a list of its own. */
function logprobsOf(logprobs: unknown, infill: unknown): readonly number[] {
  const { content, token_logprobs } = recordOf(logprobs);
  if (Array.isArray(token_logprobs)) return token_logprobs.filter((entry) => typeof entry === 'number');
  const list = [content, infill].find(Array.isArray) ?? [];
  return list.map((entry: unknown) => recordOf(entry).logprob).filter((entry) => typeof entry === 'number');
}

function finishOf(choice: Fields, part: Fields): OpenaiPart['finish'] {
  if (typeof choice.finish_reason === 'string') return choice.finish_reason === 'length' ? 'length' : 'stop';
  if (part.stop === true) return part.stop_type === 'limit' ? 'length' : 'stop';
  return undefined;
}

/** llama-server's `timings` say more than `usage`: prompt_n counts only what was read anew, cache_n what was there. */
function usageOf(part: Fields): EngineUsage {
  const usage = recordOf(part.usage);
  const timings = recordOf(part.timings);
  const [fresh, cached] = [countOf(timings.prompt_n), countOf(timings.cache_n)];
  const said = {
    tokensIn: fresh === undefined || cached === undefined ? countOf(usage.prompt_tokens) : fresh + cached,
    tokensCached: cached ?? countOf(recordOf(usage.prompt_tokens_details).cached_tokens),
    tokensOut: countOf(timings.predicted_n) ?? countOf(usage.completion_tokens),
    prefillSeconds: secondsOf(timings.prompt_ms),
    decodeSeconds: secondsOf(timings.predicted_ms),
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function secondsOf(milliseconds: unknown): number | undefined {
  const count = countOf(milliseconds);
  return count === undefined ? undefined : count / 1000;
}
