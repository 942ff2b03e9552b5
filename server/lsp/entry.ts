// A code action before it is dressed for one client, and the request that it answers.

import type { CodeActionParams, Diagnostic } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Place } from '../actions/action.ts';

/** `kind` decides which `only` lists it. */
export interface Entry {
  readonly title: string;
  readonly kind: string;
  readonly command: string;
  readonly argument: object;
  /** Writes or rewrites code by a model. */
  readonly generates: boolean;
  readonly diagnostics?: readonly Diagnostic[];
  readonly disabled?: string;
}

/** What every source of entries may look at. */
export interface ListRequest {
  readonly params: CodeActionParams;
  readonly document: TextDocument;
  readonly place: Place;
  /** The editor filters by kind and asks for this one in particular. */
  explicit(kind: string): boolean;
}

/** `joule: Implement parse_config · 300–600 J` */
export function titled(title: string, prediction: string | undefined): string {
  return `joule: ${title}${prediction === undefined ? '' : ` · ${prediction}`}`;
}
