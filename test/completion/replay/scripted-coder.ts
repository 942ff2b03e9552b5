// A completion model for replays: it knows what the user is about to write, and says that, that with a slip, or something else, and then
// runs on. Speaks at a pace of simulated time, and counts what it read and wrote as an engine with one slot and a prompt cache does.

import type { Clock } from '../../../server/base/clock.ts';
import { roughTokens } from '../../../server/base/text.ts';
import type { EngineChunk, GenerateRequest } from '../../../server/models/engine.ts';
import { piecesOf } from '../../support/fake-ollama-reply.ts';

export interface CoderParameters {
  /** Shares of answers; the rest is nonsense. */
  readonly right: number;
  readonly slips: number;
  readonly millisecondsPerToken: number;
  readonly millisecondsPerPromptToken: number;
  /** Simulated, as a 3-billion model at 4 bits on a laptop's processor: the priors of energy/prediction.ts in round figures. */
  readonly joulesPerToken: number;
  readonly joulesPerPromptToken: number;
}

export const defaultCoder: CoderParameters = {
  right: 0.55,
  slips: 0.3,
  millisecondsPerToken: 25,
  millisecondsPerPromptToken: 0.4,
  joulesPerToken: 0.75,
  joulesPerPromptToken: 0.01,
};

export interface Spent {
  requests: number;
  tokensOut: number;
  /** Read anew: what the last prompt began with is in the cache. */
  tokensIn: number;
  joules: number;
}

/** What the user will write from here, if he is on his way at all, and what stands behind it. */
export type Intention = { readonly text: string; readonly behind: string } | undefined;

export function createCoder(
  parameters: CoderParameters,
  {
    clock,
    random,
    intention,
  }: { readonly clock: Clock; readonly random: () => number; readonly intention: () => Intention },
): {
  readonly spent: Spent;
  answer(request: GenerateRequest, index: number, signal: AbortSignal): AsyncIterable<EngineChunk>;
} {
  const spent: Spent = { requests: 0, tokensOut: 0, tokensIn: 0, joules: 0 };
  let cache = '';

  function read(request: GenerateRequest): number {
    const { prompt } = request;
    const text = prompt.kind === 'infill' ? `${prompt.prefix}\u0000${prompt.suffix}` : '';
    let same = 0;
    while (same < Math.min(cache.length, text.length) && cache[same] === text[same]) same++;
    cache = text;
    return roughTokens(text.slice(same));
  }

  return {
    spent,
    async *answer(request, _index, signal) {
      const tokensIn = read(request);
      spent.requests++;
      spent.tokensIn += tokensIn;
      spent.joules += tokensIn * parameters.joulesPerPromptToken;
      await clock.sleep(tokensIn * parameters.millisecondsPerPromptToken, signal);
      const pieces = piecesOf(said(intention(), parameters, random)).slice(0, request.maxTokens);
      for (const text of pieces) {
        await clock.sleep(parameters.millisecondsPerToken, signal);
        spent.tokensOut++;
        spent.joules += parameters.joulesPerToken;
        yield { kind: 'text', text, tokens: 1, lowestProbability: 0.5 + random() / 2 };
      }
      const usage = { tokensIn, tokensOut: pieces.length };
      yield { kind: 'done', reason: pieces.length === request.maxTokens ? 'length' : 'stop', usage };
    },
  };
}

function said(intention: Intention, { right, slips }: CoderParameters, random: () => number): string {
  const nonsense = `value_${Math.floor(random() * 100)} = compute(${Math.floor(random() * 100)})\n`;
  const draw = random();
  if (intention === undefined || draw > right + slips) return nonsense.repeat(3);
  const all = intention.text + intention.behind;
  if (draw <= right) return all;
  const at = Math.floor(random() * Math.min(60, all.length));
  return `${all.slice(0, at)}_slip${all.slice(at)}`;
}
