// Where the grammar gave up, as tightly as the tree allows.

import type { OffsetRange } from '../base/text.ts';
import { type SyntaxNode, words } from './tree.ts';

/** More ranges than this help nobody (a binary file has one per byte). */
const maximumErrors = 1000;

/**
 * Missing tokens as empty ranges; of an ERROR node only what is no well-formed statement or expression. In document order,
 * not overlapping.
 */
export function errorsOf(nodes: readonly SyntaxNode[], text: string): readonly OffsetRange[] {
  const found: OffsetRange[] = [];
  for (const node of nodes) {
    if (node.missing) found.push({ start: node.start, end: node.end });
    else if (node.type === 'ERROR') found.push(...leftovers(node, text));
    if (found.length > maximumErrors) break;
  }
  found.push(...outOfOrder(nodes[0]));
  return merged(found).slice(0, maximumErrors);
}

const goDeclarations = words(
  'function_declaration method_declaration type_declaration var_declaration const_declaration',
);

/** Go's grammar lets a package clause and imports stand anywhere; its compiler wants them first, in this order, the clause once. */
function outOfOrder(root: SyntaxNode | undefined): OffsetRange[] {
  const children = root?.children.filter((node) => node.named) ?? [];
  const firstOf = (types: (type: string) => boolean): number => children.findIndex((node) => types(node.type));
  const clause = firstOf((type) => type === 'package_clause');
  const declared = firstOf((type) => goDeclarations.has(type));
  const late = (node: SyntaxNode, index: number): boolean =>
    (node.type === 'package_clause' && index > clause) ||
    (node.type === 'import_declaration' && declared !== -1 && index > declared);
  return children.filter(late).map(({ start, end }) => ({ start, end }));
}

/** The text of an ERROR node that no structured child covers. */
function leftovers(node: SyntaxNode, text: string): readonly OffsetRange[] {
  const pieces: OffsetRange[] = [];
  let cursor = node.start;
  const cut = (end: number): void => {
    const piece = text.slice(cursor, end);
    const start = cursor + (piece.length - piece.trimStart().length);
    if (piece.trim() !== '') pieces.push({ start, end: start + piece.trim().length });
  };
  for (const child of node.children) {
    const structured = child.named && child.children.length > 0 && child.type !== 'ERROR';
    if (!structured) continue;
    cut(child.start);
    cursor = child.end;
  }
  cut(node.end);
  // All of it is well-formed and yet out of place: point at its first line.
  if (pieces.length === 0) {
    const newline = text.indexOf('\n', node.start);
    pieces.push({ start: node.start, end: newline === -1 ? node.end : Math.min(node.end, newline) });
  }
  return pieces;
}

function merged(ranges: OffsetRange[]): readonly OffsetRange[] {
  const result: { start: number; end: number }[] = [];
  for (const range of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = result.at(-1);
    if (last !== undefined && range.start < last.end) last.end = Math.max(last.end, range.end);
    else result.push({ ...range });
  }
  return result;
}
