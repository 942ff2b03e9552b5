// How many tokens a shared engine has handled for everybody, from its own page of metrics. Knows what engines call their counters;
// what a share is worth stands in token-share.ts.

import type { Unreadable } from '../../../native-bindings/energy-source.ts';
import type { Clock } from '../../base/clock.ts';
import { readExposition } from './exposition.ts';
import { type Endpoint, httpGet } from './http-get.ts';

/** Since the engine's start, over all its models. */
export interface TokenCounts {
  /** Prompt tokens, without those from its cache where the engine leaves them out. */
  readonly prompt: number;
  readonly generated: number;
  /** Requests that it works on now; undefined when it does not say. */
  readonly running: number | undefined;
  /** A request's tokens show while it runs, or all at once when it ends. */
  readonly counted: 'as they come' | 'at the end';
}

const engines = [
  {
    prompt: 'llamacpp:prompt_tokens_total',
    generated: 'llamacpp:tokens_predicted_total',
    running: 'llamacpp:requests_processing',
    counted: 'at the end',
  },
  {
    prompt: 'vllm:prompt_tokens_total',
    generated: 'vllm:generation_tokens_total',
    running: 'vllm:num_requests_running',
    counted: 'as they come',
  },
] as const;

const wanted: ReadonlySet<string> = new Set(
  engines.flatMap(({ prompt, generated, running }) => [prompt, generated, running]),
);

/** Never rejects. */
export async function readTokens(endpoint: Endpoint, clock: Clock): Promise<TokenCounts | Unreadable> {
  const { name, url } = endpoint;
  const got = await httpGet(endpoint, `${url.pathname}${url.search}`, clock);
  if (!got.ok) {
    const { ok: _, ...why } = got;
    return { sourceId: name, ...why };
  }
  return readTokenPage(got.text) ?? { sourceId: name, reason: 'absent', why: `${name} shows no counters of tokens` };
}

/** Undefined when the page has no such counters, or shows nonsense for them. */
export function readTokenPage(text: string): TokenCounts | undefined {
  const { samples } = readExposition(text, (metric) => wanted.has(metric));
  const sum = (metric: string): number | undefined => {
    const values = samples.filter((sample) => sample.metric === metric).map((sample) => sample.value);
    return values.length > 0 && values.every((value) => value >= 0 && Number.isFinite(value))
      ? values.reduce((total, value) => total + value, 0)
      : undefined;
  };
  for (const { prompt, generated, running, counted } of engines) {
    const [promptTokens, generatedTokens] = [sum(prompt), sum(generated)];
    if (promptTokens === undefined || generatedTokens === undefined) continue;
    return { prompt: promptTokens, generated: generatedTokens, running: sum(running), counted };
  }
  return undefined;
}
