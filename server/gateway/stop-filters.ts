// Pure filters over a growing answer, shared by actions and completions. Each looks at the text so far and says whether the
// generation should end now, and where the answer ends. Ending at the engine saves the joules that trimming afterwards can't.

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
