// Plays a policy over an answer as the gateway would: token by token, until a filter ends it. Pure.

import { firstStop, type StopFilter, type Sureness } from '../../../server/gateway/stop-filters.ts';
import type { StreamedAnswer } from './answer.ts';
import type { InfillTask } from './data.ts';

export interface Replayed {
  /** What would be inserted. */
  readonly text: string;
  /** Tokens that the engine generated. */
  readonly tokens: number;
  readonly why: string | undefined;
  readonly sureness: Sureness;
}

export function replay(answer: StreamedAnswer, filters: readonly StopFilter[]): Replayed {
  let text = '';
  const pieces: { start: number; lowestProbability: number }[] = [];
  let count = 0;
  for (const { text: token, logProbability, count: tokens = 1 } of answer.tokens) {
    if (logProbability !== undefined) pieces.push({ start: text.length, lowestProbability: Math.exp(logProbability) });
    text += token;
    count += tokens;
    const stop = firstStop(filters, text, { pieces });
    if (stop !== undefined)
      return { text: text.slice(0, stop.keep), tokens: count, why: stop.why, sureness: { pieces } };
  }
  // An end costs a token too, as the engines count.
  return { text, tokens: count + Number(answer.ended === 'itself'), why: undefined, sureness: { pieces } };
}

/** The line break at the end is the editor's: an answer with one more or less is the same. */
export function isExact(text: string, task: InfillTask): boolean {
  return text.trimEnd() === task.truth.trimEnd();
}

/** Whether the answer begins with the truth, so that somebody who knows it could cut it out. */
export function holdsTruth(answer: StreamedAnswer, task: InfillTask): boolean {
  const text = answer.tokens.map((token) => token.text).join('');
  return text.startsWith(task.truth.trimEnd());
}
