// Imports as facts, and where the next one goes.

import { lineStart } from '../base/text.ts';
import type { ImportFacts } from './facts.ts';
import type { FoundImport, Language } from './language.ts';
import type { SyntaxNode } from './tree.ts';

export interface PlacedImport extends FoundImport {
  readonly nested: boolean;
}

/** All imports in document order. */
export function importsOf(nodes: readonly SyntaxNode[], text: string, language: Language): readonly PlacedImport[] {
  const root = nodes[0];
  return nodes.flatMap((node) =>
    node.named ? language.imports(node, text).map((found) => ({ ...found, nested: !isTopLevel(node, root) })) : [],
  );
}

/** At the top, or in a group, `export` or `try` there. */
function isTopLevel(node: SyntaxNode, root: SyntaxNode | undefined): boolean {
  for (let outer = node.parent; outer !== undefined; outer = outer.parent) {
    if (outer === root) return true;
    if (/function|method|class|impl|mod_item|arrow|lambda|statement_block|\bmodule$/.test(outer.type)) return false;
  }
  return node === root;
}

export function importFacts(found: PlacedImport): ImportFacts {
  const { range, text, path, bindings, nested } = found;
  return {
    range: { start: range.start, end: range.end },
    text,
    names: [...new Set(bindings.map(([name]) => name))],
    ...(path === undefined ? {} : { path }),
    ...(nested ? { nested } : {}),
  };
}

interface Place {
  readonly importOffset: number;
  readonly importBlockOffset?: number;
}

/** After the first run of top-level imports, else after what has to come first. */
export function importPlace(
  nodes: readonly SyntaxNode[],
  text: string,
  language: Language,
  imports: readonly PlacedImport[],
): Place {
  const top = nodes[0]?.children.filter((node) => node.named) ?? [];
  const starts = imports.filter((found) => !found.nested).map((found) => found.range.start);
  let next = 0;
  let lastImport: SyntaxNode | undefined;
  let lastBlock: SyntaxNode | undefined;
  for (const node of top) {
    const before = next;
    while (next < starts.length && (starts[next] ?? 0) < node.end) next++;
    if (next > before) {
      lastImport = node;
      lastBlock = node.children.find((child) => child.type === 'import_spec_list') ?? lastBlock;
    } else if (lastImport !== undefined && !language.commentTypes.has(node.type)) break;
  }
  const after = lastImport === undefined ? prologueEnd(top, text, language) : lastImport.end;
  const importOffset = after === 0 ? 0 : lineAfter(text, after);
  const close = lastBlock?.children.at(-1);
  if (close === undefined || close.type !== ')' || close.missing) return { importOffset };
  const line = lineStart(text, close.start);
  return text.slice(line, close.start).trim() === '' ? { importOffset, importBlockOffset: line } : { importOffset };
}

/** End of docstring, directives, package clause, shebang, and of leading comments that a blank line sets apart. */
function prologueEnd(top: readonly SyntaxNode[], text: string, language: Language): number {
  let end = 0;
  let pending = 0;
  for (const node of top) {
    const nodeEnd = node.start + text.slice(node.start, node.end).trimEnd().length;
    if (language.isPrologue(node, text) || text.startsWith('#!', node.start)) end = pending = nodeEnd;
    else if (language.commentTypes.has(node.type)) {
      if (pending > end && isBlankLineBetween(text, pending, node.start)) end = pending;
      pending = nodeEnd;
    } else {
      if (isBlankLineBetween(text, pending, node.start)) end = pending;
      return end;
    }
  }
  return Math.max(end, pending);
}

function isBlankLineBetween(text: string, start: number, end: number): boolean {
  return /\n[ \t\r]*\n/.test(text.slice(start, end));
}

function lineAfter(text: string, offset: number): number {
  const from = text[offset - 1] === '\n' ? offset - 1 : offset;
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline + 1;
}
