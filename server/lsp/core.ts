// What the protocol room is handed by the composition root, and when: nothing heavy before the first document or command.

import type { Action, ExpectedTokens } from '../actions/action.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Completions } from '../completion/port.ts';
import type { Editor, Jobs } from '../jobs/ports.ts';
import type { Receipt } from '../ledger/events.ts';
import type { NotAsked } from '../ledger/not-asked.ts';
import type { Ledger } from '../ledger/port.ts';
import type { ActionId } from '../pipeline/task.ts';
import type { EditorSettings } from '../settings.ts';
import type { Syntax } from '../syntax/facts.ts';

export interface Core {
  readonly clock: Clock;
  readonly log: Log;
  /** Version of the package, for `serverInfo`. */
  readonly version: string;
  /** The owner's own defaults for the editor's settings, asked once, when settings are first needed. */
  editorDefaults?(): Promise<unknown>;
  /** Builds the parts. Called once per session, when the first document is opened or the first command comes. */
  load(host: CoreHost): Promise<Parts>;
}

/** What the parts may ask of the session that they serve. */
export interface CoreHost {
  readonly editor: Editor;
  settings(): EditorSettings;
}

export interface Parts {
  /** In the order in which they are listed. */
  readonly actions: readonly Action[];
  readonly jobs: Jobs;
  readonly ledger: Ledger;
  readonly syntax: Syntax;
  readonly completions: Completions;
  readonly outlook: Outlook;
  /** What completions did not ask for today because it was not worth its joules. */
  notAskedToday(): NotAsked;
  /** Downloads a model. Returns the sentence why it did not work, undefined when it did. */
  pull(model: string, onProgress: (progress: PullStep) => void, signal: AbortSignal): Promise<string | undefined>;
  /** Writes the report's page to a place of this user's own and returns its path. Rejects when there is no place to write. */
  report(): Promise<string>;
  /** Cancels what runs and waits until every call is on the ledger. */
  close(): Promise<void>;
}

/** What is known in advance, from memory alone: it is asked while code actions are listed. */
export interface Outlook {
  /** `300–600 J`, or one figure after enough runs; undefined while nothing can be said. */
  predict(actionId: ActionId, expected: ExpectedTokens, model?: string): string | undefined;
  /** Name of a model larger than the worker that is there to be used; undefined when there is none, or nobody has asked yet. */
  larger(): string | undefined;
  /** `at least 40 % under gemma3:27b, predicted`; undefined when no larger model is configured or nothing can be claimed. */
  saving(receipt: Receipt): string | undefined;
  /** A model that a job asked for and the engine does not have, but could pull. */
  missingModel(): string | undefined;
}

export interface PullStep {
  readonly status: string;
  readonly completedBytes: number;
  readonly totalBytes: number;
}
