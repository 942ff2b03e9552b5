// Pure filters over a growing answer, shared by actions and completions. Each looks at the text so far and says whether the
// generation should end now, and where the answer ends. Ending at the engine saves the joules that trimming afterwards can't.

export { stopAtLineEnd, stopAtSuffix, stopWhenTooLong } from './stop-completion.ts';
export { stopAfterFence, stopAtProse, stopAtSecondDefinition } from './stop-extra.ts';
export { stopAtRepetition } from './stop-repetition.ts';
export { isInsideLongToken, longTokensOf } from './stop-scan.ts';

/** Where to cut and why; `undefined` to go on. `keep` is a length of the text so far. */
export interface StopDecision {
  readonly keep: number;
  readonly why: string;
}

export interface StopFilter {
  readonly name: string;
  /** @param text everything received so far. Must be pure and cheap: called for each chunk. */
  decide(text: string): StopDecision | undefined;
}

/** The decision that keeps least, when any filter decides. */
export function firstStop(filters: readonly StopFilter[], text: string): StopDecision | undefined {
  let first: StopDecision | undefined;
  for (const filter of filters) {
    const decision = filter.decide(text);
    if (decision !== undefined && (first === undefined || decision.keep < first.keep)) first = decision;
  }
  return first;
}
