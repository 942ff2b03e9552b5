// What a code action is: when it is offered, what it is called, and the task it makes of the place it was offered at.
// Pure: from memory, in microseconds, without model, file or clock.

import type { OffsetRange } from '../base/text.ts';
import type { ActionId, Finding, Target, Task } from '../pipeline/task.ts';
import type { SyntaxFacts } from '../syntax/facts.ts';

/** The place the editor asks about. */
export interface Place {
  readonly languageId: string;
  /** Absolute path or uri of the document. */
  readonly path: string;
  readonly text: string;
  /** Last finished parse; undefined while there is none. May be older than `text` only if `factsAreStale`. */
  readonly facts: SyntaxFacts | undefined;
  readonly factsAreStale: boolean;
  /** Empty for a cursor. A one-character selection is already turned into a cursor (Helix always selects one). */
  readonly selection: OffsetRange;
  readonly findings: readonly Finding[];
}

/** How much text a model will read and write, for the prediction in the title. Tokens. */
export interface ExpectedTokens {
  readonly in: number;
  readonly outLow: number;
  readonly outHigh: number;
}

export interface Offer {
  /** After `joule: `, without the prediction: `Implement parse_config`. */
  readonly title: string;
  readonly target: Target;
  readonly expected: ExpectedTokens;
}

export interface Action {
  readonly id: ActionId;
  /** LSP code action kind with our suffix: `refactor.rewrite.joule.implement`. */
  readonly kind: string;
  /** Offered here? `explicit`: the editor filtered by this action's own kind, so noise is no concern. */
  offer(place: Place, explicit: boolean): Offer | undefined;
  /** The task for the same place; `undefined` when there is nothing to do here (any more). */
  task(place: Place, instruction: string | undefined): Task | undefined;
  /** Paths the answer may go to instead of this file, best first; relative to the document's directory. */
  otherFiles?(place: Place): readonly string[];
}
