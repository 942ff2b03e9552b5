// Prompt-lookup decoding: where the last tokens stand in the prompt too, those behind them there are guessed and checked many at a
// time. The text is the model's own: a guess counts only when the model would have written it.
// Guesses are the library's InputLookupTokenPredictor; its own check of them takes one per step (node-llama-cpp 3.21.1), this takes all.

import type { LoadedModel, Token } from './embedded-llama.ts';
import { EngineFailure } from './engine.ts';

export interface WrittenToken {
  readonly token: Token;
  /** Probability that the model gave it, 0 to 1. */
  readonly confidence?: number;
}

export interface LookupOptions {
  readonly loaded: LoadedModel;
  readonly prompt: readonly Token[];
  /** Of the prompt, how many tokens the sequence holds already. */
  readonly cached: number;
  readonly sampling: { readonly temperature: number; readonly topP: number; readonly seed: number };
  readonly confidence: boolean;
}

/** Guesses per step. Measured with test/bench/embedded-lookup.ts: a step of nine tokens takes about half as long again as one of one. */
const longestGuess = 8;
/** Tokens that have to be the same before a guess: one alone is in every prompt somewhere. */
const shortestMatch = 2;

/** Whether guesses can be taken back: a recurrent state can't be wound back token by token. */
export function canLookUp({ sequence }: LoadedModel): boolean {
  return !sequence.needsCheckpoints;
}

/**
 * The tokens of the answer up to its end token, as `evaluateWithMetadata` gives them. Above temperature 0 each step draws with
 * a seed of its own: the same request gets the same answer, another one than without lookup.
 */
export async function* tokensByLookup(options: LookupOptions): AsyncGenerator<WrittenToken> {
  const { loaded, prompt, cached, sampling, confidence } = options;
  const { sequence, model } = loaded;
  const predictor = new loaded.library.InputLookupTokenPredictor({
    patternLength: { min: shortestMatch },
    predictionLength: { max: longestGuess },
  });
  predictor.reset({ stateTokens: prompt });
  predictor.updateInputTokens(prompt);
  try {
    let pending = prompt.slice(cached);
    for (let step = 0; ; step++) {
      const begin = sequence.nextTokenIndex + pending.length;
      const guesses = predictor.predictTokens().slice(0, Math.max(0, loaded.contextTokens - begin));
      const generateNext = { token: true, confidence, options: { ...sampling, seed: sampling.seed + step } };
      const asked = [...pending, ...guesses].map((token, at) =>
        at < pending.length - 1 ? token : ([token, { generateNext }] as const),
      );
      const results = (await sequence.controlledEvaluate(asked)).slice(pending.length - 1);
      const written = rightOnes(results, guesses);
      const right = written.length - 1;
      if (right < guesses.length) {
        await sequence.eraseContextTokenRanges([{ start: begin + right, end: begin + guesses.length }]);
      }
      predictor.pushTokens(written.map(({ token }) => token));
      for (const one of written) {
        if (model.isEogToken(one.token)) return;
        yield one;
      }
      pending = written.slice(-1).map(({ token }) => token);
    }
  } finally {
    predictor.dispose();
  }
}

type StepResult = { readonly next: { readonly token?: Token | null; readonly confidence?: number } } | undefined;

/** What the model wrote: each right guess, and the token behind the last of them. */
function rightOnes(results: readonly StepResult[], guesses: readonly Token[]): WrittenToken[] {
  const written: WrittenToken[] = [];
  for (const [at, result] of results.entries()) {
    const { token, confidence } = result?.next ?? {};
    if (token === undefined || token === null) throw new EngineFailure('crashed', 'llama.cpp gave no next token');
    written.push({ token, ...(confidence === undefined ? {} : { confidence }) });
    if (guesses[at] !== token) break;
  }
  return written;
}
