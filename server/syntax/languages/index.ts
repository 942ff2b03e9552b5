// The languages that have a grammar. A new one is a file here and a line in this list.

import type { Language } from '../language.ts';
import { go } from './go.ts';
import { python } from './python.ts';
import { rust } from './rust.ts';
import { javascript, typescript } from './typescript.ts';

const languages: readonly Language[] = [python, typescript, javascript, go, rust];

const byId = new Map(languages.flatMap((language) => Object.keys(language.grammars).map((id) => [id, language])));

/** The language with this LSP id, if it has a grammar. */
export function languageOf(languageId: string): Language | undefined {
  return byId.get(languageId);
}

/** The LSP ids of all languages with a grammar. */
export function languageIds(): readonly string[] {
  return [...byId.keys()];
}
