// Names that the text uses and binds nowhere. Scopes do not matter: bound anywhere is bound, so that an alarm is rarely wrong.

import type { NameUse } from './facts.ts';
import type { FoundImport, Language } from './language.ts';
import { type SyntaxNode, textOf } from './tree.ts';

/** A text with more is not written in the language that it claims. */
const maximumUses = 5000;

/** Uses of free names in document order; none when an import brings names that the text does not show. */
export function freeNamesOf(
  nodes: readonly SyntaxNode[],
  text: string,
  language: Language,
  imports: readonly FoundImport[],
): readonly NameUse[] {
  if (imports.some((found) => found.wildcard === true)) return [];
  const bound = new Set<string>();
  for (const found of imports) for (const [name] of found.bindings) bound.add(name);
  const uses: NameUse[] = [];
  let brokenUntil = 0;
  for (const node of nodes) {
    // What the grammar could not place may have been a binding.
    if (node.type === 'ERROR') brokenUntil = Math.max(brokenUntil, node.end);
    if (node.start === node.end || !language.nameTypes.has(node.type)) continue;
    const role = language.nameRole(node, text);
    if (role === 'neither') continue;
    const name = textOf(node, text);
    if (role === 'binds' || node.start < brokenUntil) bound.add(name);
    else if (!language.isBuiltin(name, node)) uses.push({ name, range: { start: node.start, end: node.end } });
  }
  return uses.filter((use) => !bound.has(use.name)).slice(0, maximumUses);
}
