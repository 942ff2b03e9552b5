// String literals and block comments: those that span lines, which reindenting must leave alone, and short ones whose quotes may change.

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

/** Enough to see a file's habit, and more than an answer has. */
const mostQuoted = 400;
const quotedTypes = words('string');
const fixedQuotes = words('jsx_attribute import_statement export_statement');

/** Literals on one line between `'` or `"` with nothing inside that either quote would change: their quotes are a matter of taste. */
export function quotedLiteralsOf(nodes: readonly SyntaxNode[], text: string): readonly OffsetRange[] {
  const found: OffsetRange[] = [];
  let covered = 0;
  for (const { type, start, end, parent } of nodes) {
    if (start < covered || !literalTypes.has(type)) continue;
    // Inside an f-string or a template the outer quotes decide.
    covered = end;
    if (!quotedTypes.has(type) || end - start > 300 || fixedQuotes.has(parent?.type ?? '')) continue;
    if (/^(?:[rRbBuU]{0,2})(?:'[^'"\\\n]*'|"[^'"\\\n]*")$/.test(text.slice(start, end))) found.push({ start, end });
    if (found.length >= mostQuoted) break;
  }
  return found;
}
