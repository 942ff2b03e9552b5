// String literals and block comments that span lines: reindenting must leave their inner lines alone.

import type { OffsetRange } from '../base/text.ts';
import { type SyntaxNode, words } from './tree.ts';

const literalTypes = words(`
  string template_string raw_string_literal interpreted_string_literal string_literal comment block_comment`);

/** The outermost ones, in document order. */
export function multilineLiteralsOf(nodes: readonly SyntaxNode[], text: string): readonly OffsetRange[] {
  const found: OffsetRange[] = [];
  let covered = 0;
  for (const node of nodes) {
    if (node.start < covered || !literalTypes.has(node.type)) continue;
    const newline = text.indexOf('\n', node.start);
    if (newline === -1 || newline >= node.end) continue;
    found.push({ start: node.start, end: node.end });
    covered = node.end;
  }
  return found;
}
