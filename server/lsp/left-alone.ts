// Documents that joule-ls leaves alone, and the sentence why: secrets by name, binary by content.

import type { TextDocument } from 'vscode-languageserver-textdocument';
import { looksSecret } from '../base/secret-files.ts';
import { pathOf } from './convert.ts';

const binary = new WeakMap<TextDocument, { version: number; binary: boolean }>();

/** Undefined when the document may be read and written. */
export function whyLeftAlone(document: TextDocument): string | undefined {
  if (looksSecret(pathOf(document.uri))) return 'it looks like it holds secrets, and those never enter a prompt';
  let known = binary.get(document);
  if (known?.version !== document.version) {
    known = { version: document.version, binary: document.getText().includes('\0') };
    binary.set(document, known);
  }
  return known.binary ? 'it is not text' : undefined;
}
