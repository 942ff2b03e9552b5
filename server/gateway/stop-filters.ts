// Pure filters over a growing answer, shared by actions and completions. Each looks at the text so far and says whether the
// generation should end now, and where the answer ends. Ending at the engine saves the joules that trimming afterwards can't.

export { stopAtBlockEnd } from './stop-block.ts';
export { stopAtLineEnd } from './stop-completion.ts';
export { stopAfterFence, stopAtProse, stopAtSecondDefinition } from './stop-extra.ts';
export { type FindFit, type FitPlace, fitAt, stopAtFit } from './stop-fit.ts';
export { repeatsItself, stopAtRepetition } from './stop-repetition.ts';
export { isInsideLongToken, longTokensOf } from './stop-scan.ts';
export { stopAtNextLine, stopAtTail } from './stop-tail.ts';
export { leastSure, stopWhenUnsure } from './stop-unsure.ts';

/** Where to cut and why; `undefined` to go on. `keep` is a length of the text so far. */
export interface StopDecision {
  readonly keep: number;
  readonly why: string;
}

/** How sure the model was of the text so far, as far as its engine says so. */
export interface Sureness {
  /** In order: where a piece begins (UTF-16 offset), and the lowest probability of its tokens, 0 to 1. */
  readonly pieces: readonly { readonly start: number; readonly lowestProbability: number }[];
}

export interface StopFilter {
  readonly name: string;
  /**
   * Must be pure and cheap: called for each chunk.
   * @param text everything received so far.
   * @param sureness absent or without pieces where the engine gives no probabilities.
   */
  decide(text: string, sureness?: Sureness): StopDecision | undefined;
}

/** The decision that keeps least, when any filter decides. */
export function firstStop(filters: readonly StopFilter[], text: string, sureness?: Sureness): StopDecision | undefined {
  let first: StopDecision | undefined;
  for (const filter of filters) {
    const decision = filter.decide(text, sureness);
    if (decision !== undefined && (first === undefined || decision.keep < first.keep)) first = decision;
  }
  return first;
}
