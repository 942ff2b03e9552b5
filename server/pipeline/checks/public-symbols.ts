// Whether the answer adds definitions to what others can use that nobody asked for.

import type { SymbolFacts } from '../../syntax/facts.ts';
import { mentions } from '../draft/place.ts';
import type { Check } from '../task.ts';
import { check, type Drafted } from './check.ts';

/** A helper that the new code uses may come along; one that it exports, or that nothing uses, may not. */
export function publicSymbolCheck(drafted: Drafted): Check[] {
  const { task, draft, after, before, promised } = drafted;
  // A rewrite may be about new definitions; code for a comment is nothing else.
  const applies = task.actionId === 'fix' || (task.actionId === 'implement' && task.target.kind !== 'after');
  if (!applies || draft.newFile !== undefined || before === undefined) return [];
  const had = new Set(before.symbols.map(qualified));
  const asked = (name: string): boolean => promised.includes(name) || mentions(task.instruction, name);
  const added = after.symbols.filter(
    (symbol) => symbol.container.length === 0 && !had.has(qualified(symbol)) && !asked(symbol.name),
  );
  const unwanted = added.filter((symbol) => isExported(drafted, symbol) || !isUsed(drafted, symbol));
  const names = unwanted.map((symbol) => symbol.name).join(', ');
  return [check('nothing unrequested', names === '' ? undefined : `nobody asked for ${names}`)];
}

function qualified(symbol: SymbolFacts): string {
  return [...symbol.container, symbol.name].join('.');
}

/** By the word in front of it or, in Go, by its first letter. Python exports everything, so that use alone decides there. */
function isExported({ task, text }: Drafted, { name, range }: SymbolFacts): boolean {
  const head = text.slice(range.start, range.start + 200);
  if (/^(?:java|type)script/.test(task.languageId)) return /^export\b/.test(head);
  if (task.languageId === 'rust') return /^(?:#\[[^\]]*\]\s*)*pub\b/.test(head);
  return task.languageId === 'go' && /^\p{Lu}/u.test(name);
}

function isUsed({ text }: Drafted, { name, range }: SymbolFacts): boolean {
  return mentions(text.slice(0, range.start), name) || mentions(text.slice(range.end), name);
}
