// Listens to one answer until it ends, is complete earlier, or goes wrong, and keeps what came. Knows no meter and no queue.

import type { Engine, EngineUsage, GenerateRequest } from '../models/engine.ts';
import { orAborted } from './engine-states.ts';
import type { StopFilter, Sureness } from './stop-filters.ts';
import { firstStop, stopAtRepetition } from './stop-filters.ts';

export interface ListenOptions {
  readonly engine: Engine;
  readonly request: GenerateRequest;
  readonly filters: readonly StopFilter[];
  /** After each piece, the first one included. */
  readonly onPiece: (heard: Heard) => void;
}

export type Ending =
  | { readonly kind: 'done'; readonly reason: 'stop' | 'length'; readonly usage: EngineUsage }
  | { readonly kind: 'stopped'; readonly why: string }
  | { readonly kind: 'broken'; readonly error: unknown };

/** What came so far. */
export interface Heard {
  text: string;
  /** Tokens of text and thinking, as many as the engine showed. */
  tokens: number;
  /** Some of it was thinking. */
  thinks: boolean;
  /** Lowest token probability of what is kept of the text. */
  lowestProbability: number | undefined;
  /** Probabilities of what came, also of what was cut off. */
  readonly pieces: Sureness['pieces'][number][];
}

/** No code that is inserted somewhere is longer; thinking counts too. */
const mostCharacters = 1_000_000;

/** The end of the thinking that is searched for repetition. */
const mostThinking = 16_000;

/** An engine that goes on after so many tokens more than it was allowed does not obey. */
const tokenTolerance = 64;

/** Hears an answer to its end. Never rejects. When it is over, the engine has been told. */
export async function listen(options: ListenOptions, signal: AbortSignal): Promise<Heard & { ending: Ending }> {
  const { request, onPiece } = options;
  const heard: Heard = { text: '', tokens: 0, thinks: false, lowestProbability: undefined, pieces: [] };
  const { pieces } = heard;
  const chunks = options.engine.generate(request, signal)[Symbol.asyncIterator]();
  const repetition = stopAtRepetition();
  const filters = [...options.filters, repetition];
  let thinking = '';
  let characters = 0;

  function cut(keep: number, why: string): Ending {
    heard.text = heard.text.slice(0, keep);
    const kept = pieces.filter(({ start }) => start < keep).map(({ lowestProbability }) => lowestProbability);
    heard.lowestProbability = kept.length === 0 ? undefined : Math.min(...kept);
    return { kind: 'stopped', why };
  }

  async function hear(): Promise<Ending> {
    for (;;) {
      const { done, value: chunk } = await orAborted(chunks.next(), signal);
      if (done) throw new Error('the engine ended its answer without saying so');
      if (chunk.kind === 'done') return chunk;
      heard.tokens += chunk.tokens;
      characters += chunk.text.length;
      if (chunk.kind === 'text') {
        const { lowestProbability } = chunk;
        if (lowestProbability !== undefined) {
          pieces.push({ start: heard.text.length, lowestProbability });
          heard.lowestProbability = Math.min(heard.lowestProbability ?? 1, lowestProbability);
        }
        heard.text += chunk.text;
      } else {
        heard.thinks = true;
        thinking = (thinking + chunk.text).slice(-mostThinking);
      }
      onPiece(heard);
      if (chunk.kind === 'text') {
        const stop = firstStop(filters, heard.text, { pieces });
        if (stop !== undefined) return cut(stop.keep, stop.why);
      } else if (repetition.decide(thinking) !== undefined)
        return cut(heard.text.length, 'the thinking repeats itself');
      if (characters > mostCharacters) return cut(mostCharacters, `longer than ${mostCharacters} characters`);
      if (heard.tokens > request.maxTokens + tokenTolerance) {
        return cut(heard.text.length, 'the engine went on after its limit of tokens');
      }
    }
  }

  let ending: Ending;
  try {
    ending = await hear();
  } catch (error) {
    ending = { kind: 'broken', error };
  }
  // Not awaited: an engine that hangs must not keep the caller. Its own clean-up closes the socket at once.
  // After its last chunk an engine still has to put away what the call hung on.
  if (ending.kind === 'done') chunks.next().catch(() => undefined);
  chunks.return?.()?.catch(() => undefined);
  return { ...heard, ending };
}
