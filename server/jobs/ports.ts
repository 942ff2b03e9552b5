// What jobs ask of the outside: the editor (implemented by lsp/ or by a test) and the models of the moment.

import type { OffsetEdit, OffsetRange } from '../base/text.ts';
import type { PipelineDependencies } from '../pipeline/port.ts';
import type { Job, JobListener, JobRequest } from './job.ts';

export interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
}

export interface DocumentEdit {
  readonly uri: string;
  /** Version that `edits` refer to. */
  readonly version: number;
  readonly edits: readonly OffsetEdit[];
  /** Another file to create or append to, as its whole new text. `existing` is its text before, undefined to create. */
  readonly newFile?: { readonly path: string; readonly text: string; readonly existing: string | undefined };
  /** For the undo list and clients that show it. */
  readonly label: string;
}

export type ApplyAnswer = { readonly applied: true } | { readonly applied: false; readonly why: string };

/** The editor as jobs see it. */
export interface Editor {
  document(uri: string): OpenDocument | undefined;
  /**
   * Never rejects: a client's error is an answer. Applied means that `document` shows it: some clients drop an edit and say that
   * they made it.
   */
  apply(edit: DocumentEdit): Promise<ApplyAnswer>;
  /** A read-only page; false when the client can't show one (then a message was sent instead). */
  showPage(title: string, markdown: string): Promise<boolean>;
  /** Text of a file in the workspace, from an open document or from disk; undefined when it does not exist or lies outside. */
  readWorkspaceFile(path: string): Promise<string | undefined>;
  /** Names in a folder of the workspace, folders with `/` behind them, some thousands at most; undefined as above. */
  listWorkspaceFolder(path: string): Promise<readonly string[] | undefined>;
}

export type Unready = { readonly why: string; readonly mend?: string };

/** Engines, roles and settings for one job; asked when the job starts, so that changed settings count. */
export type PreparePipeline = (
  request: { readonly model?: string; readonly languageId: string },
  signal: AbortSignal,
) => Promise<PipelineDependencies | Unready>;

/** A generated answer that was not applied. It stays until inserted, dismissed, or the server ends. */
export interface KeptResult {
  readonly jobId: string;
  readonly uri: string;
  readonly title: string;
  /** Where it was meant to go, following edits as well as it can; undefined when that place is gone. */
  readonly range: OffsetRange | undefined;
  readonly text: string;
  readonly why: string;
}

/** The queue of jobs as lsp and commands see it. */
export interface Jobs {
  /** Takes a snapshot and queues. A job on the same region replaces the older one. */
  submit(request: JobRequest): { readonly job: Job } | { readonly refused: string };
  /** Cancels one job, or all without an id. Returns how many were cancelled. */
  cancel(jobId?: string): number;
  /** Queued and running jobs, oldest first. */
  active(): readonly Job[];
  kept(uri: string): readonly KeptResult[];
  /** Puts a kept result where it was meant to go, or at `offset` when that place is gone. */
  insertKept(jobId: string, offset: number): Promise<ApplyAnswer>;
  dropKept(jobId: string): void;
  /**
   * The document changed, and `Editor.document` already answers with the text after all of `edits`. Each edit is in the
   * coordinates that hold after the ones before it, as LSP sends them. To be called for every change of every document.
   */
  documentChanged(uri: string, edits: readonly OffsetEdit[]): void;
  documentSaved(uri: string): void;
  documentClosed(uri: string): void;
  subscribe(listener: JobListener): () => void;
  /** Cancels everything and waits until every call is on the ledger. */
  close(): Promise<void>;
}
