// What one language has to tell: which nodes define, import, bind and call, and what a body that does nothing looks like.

import type { OffsetRange } from '../base/text.ts';
import type { SymbolKind } from './facts.ts';
import type { SyntaxNode } from './tree.ts';

export interface Definition {
  readonly kind: SymbolKind;
  readonly name: string;
  readonly nameRange: OffsetRange;
  /** With decorators, `export`, attributes. */
  readonly whole: OffsetRange;
  /** First character after decorators and attributes. */
  readonly headStart: number;
  /** The block, braces included where the language has them. */
  readonly body?: SyntaxNode | undefined;
  readonly parameters?: SyntaxNode | undefined;
  /** Owners that do not enclose the text: receivers, prototypes. */
  readonly owners?: readonly string[];
  /** An empty body is what the author wants: abstract methods, overloads, marker types. */
  readonly completeWhenEmpty?: boolean;
}

export interface FoundImport {
  readonly range: OffsetRange;
  readonly text: string;
  readonly path?: string;
  /** Bound name to what it stands for, dotted: `run` to `subprocess.run`. */
  readonly bindings: readonly (readonly [name: string, origin: string])[];
  /** Binds names that this text does not show (`import *`). */
  readonly wildcard?: boolean;
}

export type NameRole = 'binds' | 'uses' | 'neither';

export interface Language {
  /** LSP language id to the grammar file's stem. */
  readonly grammars: Readonly<Record<string, string>>;
  /** Which rows of the table of dangerous calls apply. */
  readonly dangerFamily: string;
  readonly blocks: 'braces' | 'indented';
  readonly commentTypes: ReadonlySet<string>;
  /** Definitions that begin at exactly this node. */
  definitions(node: SyntaxNode, text: string): readonly Definition[];
  imports(node: SyntaxNode, text: string): readonly FoundImport[];
  /** Top-level nodes that have to stay before the first import: docstring, directives, package clause. */
  isPrologue(node: SyntaxNode, text: string): boolean;
  /** A statement's text with single spaces: stands for missing work / only returns nothing / does something. */
  readonly placeholder: RegExp;
  readonly zeroReturn: RegExp;
  /** Nodes that can be names; all others are not asked for their role. */
  readonly nameTypes: ReadonlySet<string>;
  nameRole(node: SyntaxNode, text: string): NameRole;
  isBuiltin(name: string, node: SyntaxNode): boolean;
  /** The dotted path of what a call node calls; undefined for other nodes. */
  callee(node: SyntaxNode, text: string): { readonly node: SyntaxNode; readonly path: readonly string[] } | undefined;
  /** First statement of the body when it is documentation (Python). */
  docstring?(body: SyntaxNode): SyntaxNode | undefined;
  /** The name of the receiver, left out of parameters. */
  readonly selfNames?: ReadonlySet<string>;
}
