// What the rest of the server knows of a parsed text: plain data with UTF-16 offsets, no tree, no parser.

import type { OffsetRange } from '../base/text.ts';

export type SymbolKind = 'function' | 'method' | 'class' | 'interface' | 'module';

/** One definition. Ranges nest: `range` ⊃ `signature`, `body`. */
export interface SymbolFacts {
  readonly name: string;
  readonly kind: SymbolKind;
  /** Names of enclosing definitions, outermost first. */
  readonly container: readonly string[];
  /** The whole statement: decorators, `export`, `pub`, attributes included; comments before it are not. */
  readonly range: OffsetRange;
  readonly nameRange: OffsetRange;
  /**
   * From the definition's first character (after decorators and attributes) up to its body: Python's colon and the arrow of an
   * arrow function are inside, an opening brace is not. Without a body: to the end of `range`, semicolon excluded.
   */
  readonly signature: OffsetRange;
  /**
   * What a body replacement replaces. Brace languages: between the braces, braces excluded. Python: from after the colon's
   * line (or after the colon for one-liners) to the end of the last statement and of the indented comments right after it;
   * empty right after the colon (or the comment on its line) when nothing follows. Absent for declarations without a body
   * and for arrow functions whose body is an expression.
   */
  readonly body?: OffsetRange;
  /** Python docstring statement, or the doc comment lines directly before `range`. */
  readonly documentation?: OffsetRange;
  /** Python docstring is part of the body; other languages' comments are not. */
  readonly documentationInBody: boolean;
  /** Body does nothing yet: empty, `pass`, `...`, `todo!()`, `panic("not implemented")`, `raise NotImplementedError`, TODO only. */
  readonly isStub: boolean;
  /** Indentation of the line on which the definition starts. */
  readonly indentation: string;
  /** Names of parameters in order, without `self`, types and defaults. */
  readonly parameters: readonly string[];
}

export interface ImportFacts {
  readonly range: OffsetRange;
  /**
   * The statement's text for comparing, not for inserting: single spaces, no trailing semicolon, no visibility; in Go one
   * `import "path"` per path, in JS with double quotes.
   */
  readonly text: string;
  /** Names that it binds in this file. */
  readonly names: readonly string[];
  /** What is imported from: Python's module, JS's specifier, Go's import path; absent for Rust. */
  readonly path?: string;
  /** True inside a function, block, inner module: its names do not reach the whole file. */
  readonly nested?: true;
}

export interface CommentFacts {
  readonly range: OffsetRange;
  /** Without comment markers. */
  readonly text: string;
}

/** A call of something that touches the world, e.g. `os.system`, `fetch`, `exec.Command`. */
export interface DangerousCall {
  readonly range: OffsetRange;
  readonly name: string;
  readonly kind: 'process' | 'network' | 'delete' | 'eval';
}

export interface SyntaxFacts {
  readonly languageId: string;
  /** Definitions in document order, outer before inner. */
  readonly symbols: readonly SymbolFacts[];
  readonly imports: readonly ImportFacts[];
  /** In document order; documentation is among them where it is made of comments. */
  readonly comments: readonly CommentFacts[];
  /** Ranges that the grammar could not make sense of, including zero-width missing tokens. */
  readonly errors: readonly OffsetRange[];
  readonly dangerousCalls: readonly DangerousCall[];
  /** String, template and raw-string literals and block comments that span lines: reindenting must leave their inner lines alone. */
  readonly multilineLiterals: readonly OffsetRange[];
  /** String literals on one line whose quotes could be the other ones without changing them; Python, JavaScript, TypeScript; at most 400. */
  readonly quotedLiterals: readonly OffsetRange[];
  /**
   * Names used but bound nowhere in this text: no parameter, variable, definition, import, builtin. With where they are used;
   * at most 5000 uses. Go: names from other files of the package are among them. None after a wildcard import.
   */
  readonly freeNames: readonly NameUse[];
  /**
   * Where the line of a new import may be inserted: start of a line, or the end of the text. When the character before it
   * is not a line break, the inserted text has to begin with one.
   */
  readonly importOffset: number;
  /** Go only: start of the line of the last import block's `)`, where `\t"path"` may be inserted. */
  readonly importBlockOffset?: number;
}

export interface NameUse {
  readonly name: string;
  readonly range: OffsetRange;
}

export interface ParseRequest {
  readonly languageId: string;
  readonly text: string;
}

/** The port that pipeline and lsp see. */
export interface Syntax {
  /** Whether a grammar exists for this language. False means: works as plain text. */
  supports(languageId: string): boolean;
  /**
   * Parses in a worker thread. `undefined` for unsupported languages, texts over the size limit or with too many nodes or
   * facts for it (some hundred thousand lines), a full queue, or a worker that died or hung on this text (it is restarted
   * for the next request). Rejects with the signal's reason on abort.
   */
  parse(request: ParseRequest, signal?: AbortSignal): Promise<SyntaxFacts | undefined>;
  close(): Promise<void>;
}

/** Texts longer than this many UTF-16 units are treated as plain text. */
export const maximumParsedLength = 4_000_000;
