// The words of a task: what documentation and comments around a target ask for, and short titles made of them.

import { oneLine } from '../base/escape.ts';
import type { SymbolFacts } from '../syntax/facts.ts';
import type { Place } from './action.ts';
import { contains, touches } from './lines.ts';
import { extentOf, isCallable, symbolsOf } from './symbols.ts';
import { type Wish, wishAbove, wishesIn } from './wishes.ts';

/** Joins what was typed, documented and wished, each said once. */
export function instructionOf(parts: readonly (string | undefined)[]): string {
  const said = parts.map((part) => part?.trim() ?? '').filter((part) => part !== '');
  return said.filter((part, index) => !said.slice(0, index).some((earlier) => earlier.includes(part))).join('\n');
}

/** A definition's documentation without quotes and comment markers; empty when it has none. */
export function documentationWords(place: Place, symbol: SymbolFacts): string {
  const range = symbol.documentation;
  if (range === undefined) return '';
  const comments = (place.facts?.comments ?? []).filter((comment) => contains(range, comment.range));
  if (comments.length > 0) return comments.map((comment) => comment.text.trim()).join('\n');
  return place.text
    .slice(range.start, range.end)
    .replace(/^\s*[rRuUbBfF]{0,2}("""|'''|"|')([\s\S]*)\1\s*$/, '$2')
    .trim();
}

/** Wishes inside a definition or on the comment lines above it. What is said in a method is about the method, not its class. */
export function wishesAbout(place: Place, symbol: SymbolFacts): readonly Wish[] {
  const extent = extentOf(place.text, symbol);
  const member = isCallable(symbol)
    ? undefined
    : symbolsOf(place).find((one) => one !== symbol && contains(symbol.range, one.range));
  const end = member === undefined ? extent.end : extentOf(place.text, member).start;
  const inside = wishesIn(place, { start: extent.start, end });
  const above = wishAbove(place, extent.start);
  return above !== undefined && !inside.some((wish) => touches(wish.lines, above.lines)) ? [above, ...inside] : inside;
}

/** `Parser.parse` for a method, `parse` for a function; safe to show. */
export function shownName(symbol: SymbolFacts): string {
  const owner = symbol.kind === 'method' ? symbol.container.at(-1) : undefined;
  return oneLine(owner === undefined ? symbol.name : `${owner}.${symbol.name}`, 60);
}

/** `“handle negatives”`, or `this TODO` when it says nothing more. */
export function shownWish(wish: Wish): string {
  const words = oneLine(wish.words, 48);
  return words === '' ? `this ${wish.kind === 'todo' ? 'TODO' : 'comment'}` : `“${words}”`;
}
