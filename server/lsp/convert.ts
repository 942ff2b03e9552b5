// Between the protocol's words and ours: UTF-16 positions ↔ offsets, uris ↔ paths, diagnostics → findings.
// Knows no connection and no state.

import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Diagnostic, Range } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { OffsetRange } from '../base/text.ts';
import type { Finding } from '../pipeline/task.ts';

/** Name under which our own diagnostics are published. */
export const diagnosticSource = 'joule';

/** The absolute path of a `file:` uri; every other uri (`untitled:Untitled-1`) stands for itself. */
export function pathOf(uri: string): string {
  if (!uri.startsWith('file:')) return uri;
  try {
    return fileURLToPath(uri);
  } catch {
    return uri;
  }
}

/** The uri of an absolute path; anything with a scheme is a uri already. */
export function uriOf(path: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(path) ? path : pathToFileURL(path).href;
}

/** Offsets of a range, in order and inside the text whatever the editor sent. */
export function toOffsets(document: TextDocument, range: Range): OffsetRange {
  const a = document.offsetAt(range.start);
  const b = document.offsetAt(range.end);
  return { start: Math.min(a, b), end: Math.max(a, b) };
}

/** Lines and UTF-16 columns of a range of offsets. */
export function toRange(document: TextDocument, range: OffsetRange): Range {
  return { start: document.positionAt(range.start), end: document.positionAt(range.end) };
}

/**
 * The selection as actions see it. One character is a cursor: Helix selects at least one, on a line's end its line break.
 */
export function toSelection(document: TextDocument, range: Range): OffsetRange {
  const { start, end } = toOffsets(document, range);
  if (end - start > 16) return { start, end };
  return oneCharacter.test(document.getText().slice(start, end)) ? { start, end: start } : { start, end };
}

const oneCharacter = /^(\r\n|\P{M}(\p{M}|\u200d\P{M})*)?$/su;

/** What other servers and linters complain about here. Our own receipt notes are not complaints. */
export function toFindings(document: TextDocument, diagnostics: readonly Diagnostic[]): Finding[] {
  return diagnostics
    .filter((diagnostic) => diagnostic.source !== diagnosticSource)
    .map((diagnostic) => ({ message: plainMessage(diagnostic.message), range: toOffsets(document, diagnostic.range) }));
}

function plainMessage(message: Diagnostic['message']): string {
  return typeof message === 'string' ? message : message.value;
}

/** Checks the shape of something that claims to be a range; `undefined` when it is none. */
export function parseRange(value: unknown): Range | undefined {
  const { start, end } = asRecord(value);
  const [from, to] = [parsePosition(start), parsePosition(end)];
  return from && to && { start: from, end: to };
}

/** Checks the shape of something that claims to be a position; `undefined` when it is none. */
export function parsePosition(value: unknown): Range['start'] | undefined {
  const { line, character } = asRecord(value);
  return isIndex(line) && isIndex(character) ? { line, character } : undefined;
}

/** The fields of an object from outside; an empty one for anything else. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
