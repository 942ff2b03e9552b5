// What jobs ask of the outside: the editor (implemented by lsp/ or by a test) and the models of the moment.

import type { OffsetEdit } from '../base/text.ts';
import type { PipelineDependencies } from '../pipeline/port.ts';

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
  /** Never rejects: a client's error is an answer. */
  apply(edit: DocumentEdit): Promise<ApplyAnswer>;
  /** A read-only page; false when the client can't show one (then a message was sent instead). */
  showPage(title: string, markdown: string): Promise<boolean>;
  /** Text of a file in the workspace, from an open document or from disk; undefined when it does not exist or lies outside. */
  readWorkspaceFile(path: string): Promise<string | undefined>;
}

export type Unready = { readonly why: string; readonly mend?: string };

/** Engines, roles and settings for one job; asked when the job starts, so that changed settings count. */
export type PreparePipeline = (
  request: { readonly model?: string; readonly languageId: string },
  signal: AbortSignal,
) => Promise<PipelineDependencies | Unready>;
