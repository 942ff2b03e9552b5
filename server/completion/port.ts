// Completions as the protocol's side sees them: one question in, offers out, and word of what became of them. Knows no protocol,
// no engine and no joule but those on the record.

import type { OffsetEdit, OffsetRange } from '../base/text.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { ExpectedTokens } from '../pipeline/forecast.ts';
import type { Task } from '../pipeline/task.ts';
import type { SyntaxFacts } from '../syntax/facts.ts';
import type { CompletionEvidence, GateSavings, Policy } from './policy/index.ts';

/** Where the cursor is. Offsets are UTF-16 units. */
export interface CompletionPlace {
  readonly uri: string;
  /** Absolute path or uri, for the record. */
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  readonly offset: number;
  /** Last finished parse; may be older than `text` if `factsAreStale`. */
  readonly facts: SyntaxFacts | undefined;
  readonly factsAreStale: boolean;
}

/** Another open document, for the signatures that it defines. */
export interface Neighbour {
  readonly path: string;
  readonly languageId: string;
  readonly text: string;
  readonly facts: SyntaxFacts | undefined;
}

/** Work for the whole pipeline: an empty body, or a comment that says what is wanted. */
export interface TaskHere {
  readonly task: Task;
  readonly expected: ExpectedTokens;
}

export interface CompletionRequest {
  readonly surface: 'menu' | 'inline';
  /** By hand; else the editor asks while the user types. */
  readonly invoked: boolean;
  /** The last change of the document was at the cursor: an automatic question after a mere move asks no model. */
  readonly typedHere: boolean;
  /**
   * The place as if `selected` had been accepted, where something is selected in the menu: then nothing of it is in the document and
   * changes of the document say nothing about this answer.
   */
  readonly place: CompletionPlace;
  readonly hypothetical: boolean;
  readonly neighbours: () => readonly Neighbour[];
  /** Whether this is work for the whole pipeline; asked only of questions by hand. */
  readonly taskHere: () => Promise<TaskHere | undefined>;
}

export interface CompletionOffer {
  readonly receiptId: string;
  /** On the cursor's line: from the cursor to where the closing tail of the line ends. */
  readonly edit: OffsetEdit;
  /** Elsewhere in the document, where an answer needs it: imports, the rest of an empty body. */
  readonly further: readonly OffsetEdit[];
  /** What it took: one call, or those of the pipeline. */
  readonly calls: readonly ModelCall[];
}

export interface CompletionAnswer {
  readonly offers: readonly CompletionOffer[];
  /** Something was asked for that is not there yet: the same question again may get it. */
  readonly unfinished: boolean;
}

export interface Completions {
  /** Never rejects, and always answers: nothing when it was superseded, cancelled, or took too long. */
  ask(request: CompletionRequest, signal: AbortSignal): Promise<CompletionAnswer>;
  /** The editor says that an offer was taken. False for one that nobody made. */
  accepted(receiptId: string): boolean;
  /** The document changed; each edit is in the coordinates after the ones before it. */
  documentChanged(uri: string, edits: readonly OffsetEdit[]): void;
  documentClosed(uri: string): void;
  /** What the gate did not ask for, since the session began. */
  saved(): GateSavings;
  /** Ends what runs, and waits until it is on the record. */
  close(): Promise<void>;
}

/** The policy that decides, and learns from what becomes of its answers. */
export interface PolicyKeeper {
  current(): Policy;
  update(change: (policy: Policy) => Policy): void;
}

/** What became of an answer. */
export type CompletionOutcome = 'accepted' | 'dismissed' | 'rejected' | 'superseded' | 'cancelled' | 'failed';

/** Whoever writes down what was spent. */
export interface CompletionRecord {
  call(of: { readonly receiptId: string; readonly path: string }, call: ModelCall): void;
  outcome(
    of: { readonly receiptId: string; readonly path: string },
    outcome: CompletionOutcome,
    details: OutcomeDetails,
  ): void;
}

export interface OutcomeDetails {
  /** Why nothing is shown. */
  readonly why?: string | undefined;
  readonly evidence?: CompletionEvidence | undefined;
  /** What was decided on the way, in a sentence. */
  readonly decision?: string | undefined;
}

export interface CompletionSettings {
  readonly automatic: boolean;
  /** Languages for which nothing is offered. */
  readonly isOff: (languageId: string) => boolean;
  readonly menuMilliseconds: number;
  readonly pauseMilliseconds: number;
  /** Budget of a prompt. */
  readonly promptTokens: number;
  /** Context size asked of the engine. */
  readonly contextTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

export type { OffsetEdit, OffsetRange };
