// From a parsed tree to facts. Pure: same nodes, same facts; runs in the worker.

import { commentsOf } from './comments.ts';
import { dangerousCallsOf } from './dangerous-calls.ts';
import { errorsOf } from './errors.ts';
import type { SyntaxFacts } from './facts.ts';
import { importFacts, importPlace, importsOf } from './imports.ts';
import type { Language } from './language.ts';
import { multilineLiteralsOf, quotedLiteralsOf } from './literals.ts';
import { freeNamesOf } from './names.ts';
import { symbolsOf } from './symbols.ts';
import type { SyntaxNode } from './tree.ts';

export interface ParsedText {
  readonly languageId: string;
  readonly text: string;
  readonly language: Language;
  readonly nodes: readonly SyntaxNode[];
}

/** Everything that the rest of the server may know of a text. */
export function factsOf({ languageId, text, language, nodes }: ParsedText): SyntaxFacts {
  const comments = commentsOf(nodes, text, language);
  const imports = importsOf(nodes, text, language);
  return {
    languageId,
    symbols: symbolsOf(nodes, { text, language, comments }),
    imports: imports.map(importFacts),
    comments,
    errors: errorsOf(nodes, text),
    dangerousCalls: dangerousCallsOf(nodes, text, language, imports),
    freeNames: freeNamesOf(nodes, text, language, imports),
    multilineLiterals: multilineLiteralsOf(nodes, text),
    quotedLiterals: quotedLiteralsOf(nodes, text),
    ...importPlace(nodes, text, language, imports),
  };
}
