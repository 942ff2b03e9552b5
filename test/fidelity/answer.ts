// The right answer in pieces, as a model could lay them out, and the few ways to put the pieces together.
// Knows nothing of how the product takes an answer apart.

import { dedent, indent } from '../../server/base/text.ts';
import { type Language, languageFacts } from '../../server/exercises/languages.ts';

export type FidelityAction = 'implement' | 'fix' | 'document';

/** Texts have no leading or trailing line breaks and use `\n`. Indentation is that of a function at column 0. */
export interface Answer {
  readonly language: Language;
  readonly action: FidelityAction;
  readonly name: string;
  /** Parameter list between the parentheses. */
  readonly parameters: string;
  /** Import statements at the top of the file; '' when there are none. */
  readonly imports: string;
  /** Nothing but the right body needs the imports: before it is there, the file can do without. */
  readonly onlyBodyNeedsImports: boolean;
  /** Python: the docstring statement, indented. Others: the comment lines before the function. '' when there is none. */
  readonly documentation: string;
  /** The documentation's words without any marker. */
  readonly prose: string;
  /** Up to and including the colon or the opening brace. */
  readonly signature: string;
  /** The right body. */
  readonly body: string;
  /** What stands in the file now: a stub, or the body with the bug. */
  readonly presentBody: string;
  /** A body that parses and is wrong, for second attempts. */
  readonly wrongBody: string;
  /** Calls of the function that are valid expressions, at least one. */
  readonly calls: readonly string[];
  /** The whole file with the right answer in it. */
  readonly wholeFile: string;
}

/** A function put together again: optional documentation, signature, body, closing brace. */
export function renderFunction(pieces: {
  readonly language: Language;
  readonly documentation: string;
  readonly signature: string;
  readonly body: string;
}): string {
  const { documentation, signature, body } = pieces;
  const lines = languageFacts[pieces.language].hasBraces
    ? [documentation, signature, body, '}']
    : [signature, documentation, body];
  return lines.filter((part) => part !== '').join('\n');
}

export function answerFunction(answer: Answer, changes: Partial<Answer> = {}): string {
  return renderFunction({ ...answer, ...changes });
}

/** Documentation in the language's usual form, from words. Python: indented by `indentation`. */
export function renderDocumentation(language: Language, prose: string, indentation = '    '): string {
  const lines = prose.split('\n').map((line) => line.trimEnd());
  switch (language) {
    case 'python': {
      const text = lines.length === 1 ? `"""${lines[0]}"""` : `"""${lines.join('\n')}\n"""`;
      return indent(text, indentation);
    }
    case 'js':
      return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
    case 'go':
      return lines.map((line) => `// ${line}`.trimEnd()).join('\n');
    case 'rust':
      return lines.map((line) => `/// ${line}`.trimEnd()).join('\n');
  }
}

/** Whether the body has a string over several lines: its indentation counts, so layout can't be changed without changing it. */
export function hasMultilineLiteral(answer: Answer): boolean {
  return /"""|'''|`[^`]*\n[^`]*`/.test(answer.body);
}

/** The text without any whitespace: what is left when layout does not count. */
export function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}

/** Moves a block so that its least indented line stands at `indentation`. */
export function reindent(text: string, indentation: string): string {
  return indent(dedent(text), indentation);
}
