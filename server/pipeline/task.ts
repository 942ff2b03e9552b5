// What an action asks of the pipeline and what it gets back: plain data, offsets, no uri, no protocol, no joules.

import type { OffsetEdit, OffsetRange } from '../base/text.ts';
import type { ModelAnswer, ModelCall, ModelRef, Role } from '../gateway/model-call.ts';
import type { ModelProfile } from '../models/engine.ts';
import type { SymbolFacts, SyntaxFacts } from '../syntax/facts.ts';
import type { ConsideredStrategy, SizeClass } from './forecast.ts';
import type { Surroundings } from './surroundings.ts';

export type ActionId = 'implement' | 'fix' | 'document' | 'test' | 'rewrite' | 'explain';
export type StrategyId = 'direct' | 'outline' | 'split' | 'single';

/** The piece of the document that the answer replaces. */
export type Target =
  /** A definition: its body (implement), all of it (fix, rewrite) or its documentation (document). */
  | { readonly kind: 'symbol'; readonly symbol: SymbolFacts }
  /** Whole lines: a selection, or the lines around a diagnostic outside any definition. */
  | { readonly kind: 'lines'; readonly range: OffsetRange }
  /** New code goes in after the line of a TODO or `joule:` comment. */
  | { readonly kind: 'after'; readonly offset: number; readonly indentation: string };

export interface Finding {
  readonly message: string;
  readonly range: OffsetRange;
}

/** Another file that the answer goes to (tests), with its present text when it exists. */
export interface OtherFile {
  readonly path: string;
  readonly text: string | undefined;
}

export interface Task {
  readonly actionId: ActionId;
  readonly languageId: string;
  /** Base name, for prompts. */
  readonly fileName: string;
  /** The whole snapshot. All offsets refer to it. */
  readonly text: string;
  /** Undefined where the language has no grammar or the text does not fit: plain-text rules apply. */
  readonly facts: SyntaxFacts | undefined;
  readonly target: Target;
  /** What is wanted, in words: docstring, comment, typed instruction. */
  readonly instruction: string;
  readonly findings: readonly Finding[];
  readonly otherFile?: OtherFile;
  /** What the workspace knows; undefined where it was not looked at. */
  readonly surroundings?: Surroundings;
}

export interface Subtask {
  readonly id: string;
  readonly goal: string;
  /** Symbol that the part defines; empty when it is a fragment. */
  readonly provides: string;
  readonly needs: readonly string[];
}

/** `direct` has no subtasks; `outline` has prose in `outline`; `split` has 1…N subtasks. */
export interface Plan {
  readonly mode: 'direct' | 'outline' | 'split';
  readonly subtasks: readonly Subtask[];
  readonly outline?: string;
}

/** The answer as edits of the snapshot. */
export interface Draft {
  readonly edits: readonly OffsetEdit[];
  /** Which of the edits hold generated code worth a receipt (imports merged at the top do not). */
  readonly regionEdits: readonly number[];
  readonly newFile?: { readonly path: string; readonly text: string };
  /** Markdown, for `explain`. */
  readonly page?: string;
  /** What was asked for and is kept when the draft can't be applied. */
  readonly code: string;
  /** Calls that touch process, network, files or eval which neither the request nor the code around uses. */
  readonly cautions: readonly string[];
}

export interface Verdict {
  readonly ok: boolean;
  readonly checks: readonly Check[];
}

export interface Check {
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'not-executed';
  /** What is wrong, as evidence for the repair prompt and for people; why it was not executed; what passed. */
  readonly evidence?: string;
  /** Set on checks that run something. */
  readonly byRunning?: true;
}

/** Models for the roles, with profiles where the engine knows them. */
export type RoleAssignment = Partial<Record<Role, { readonly ref: ModelRef; readonly profile: ModelProfile }>> & {
  readonly worker: { readonly ref: ModelRef; readonly profile: ModelProfile };
};

/** Told to whoever listens while the pipeline runs. */
export type PipelineEvent =
  | {
      readonly kind: 'strategy';
      readonly strategy: StrategyId;
      readonly why: string;
      /** How it was chosen, once per run; a strategy that was given up for another comes without. */
      readonly choice?: StrategyRecord;
    }
  | { readonly kind: 'plan'; readonly plan: Plan }
  /** What was decided on the way, for the receipt: one sentence without code or names of the user's. */
  | { readonly kind: 'decision'; readonly about: DecisionSubject; readonly sentence: string }
  | {
      readonly kind: 'stage';
      readonly stage: Stage;
      readonly index: number;
      readonly count: number;
      readonly model: string;
    }
  | { readonly kind: 'progress'; readonly tokensOut: number; readonly joules: import('../energy/joules.ts').Joules }
  | { readonly kind: 'call'; readonly call: ModelCall }
  | { readonly kind: 'verdict'; readonly verdict: Verdict };

export type DecisionSubject = 'plan' | 'order' | 'form' | 'repair' | 'budget' | 'judge' | 'reuse';

/** What is kept of a choice: enough to explain it, and to learn from how it ends. */
export interface StrategyRecord {
  readonly strategy: StrategyId;
  readonly languageId: string;
  readonly size: SizeClass;
  /** Digests of the models that the strategy uses: other weights under the same names are another experience. */
  readonly models: string;
  /** What was weighed, best first; of a strategy that was asked for, only that one. */
  readonly considered: readonly ConsideredStrategy[];
}

export type Stage = 'planning' | 'working' | 'assembling' | 'verifying' | 'repairing' | 'stepping up';

export type PipelineResult =
  | {
      readonly kind: 'draft';
      readonly draft: Draft;
      readonly verdict: Verdict;
      /** To be kept for the next time that the same is asked, once the answer has passed. */
      readonly recall?: { readonly identity: string; readonly answer: string; readonly promised: readonly string[] };
      /** The receipt whose answer this is: no model was called. */
      readonly recalledFrom?: string;
    }
  /** Everything was tried; `text` is the best answer so far, kept for the user to insert. */
  | {
      readonly kind: 'refused';
      readonly why: string;
      readonly draft: Draft | undefined;
      readonly text: string;
      readonly verdict: Verdict;
    }
  | { readonly kind: 'failed'; readonly failure: NonNullable<ModelAnswer['failure']>; readonly text: string }
  | { readonly kind: 'cancelled'; readonly text: string };
