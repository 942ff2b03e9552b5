// Which definition a place is about: around the cursor, on its name line, or in the selection.
// Knows facts, not parsers; facts that may be out of date count only where the text still agrees with them.

import { lineEnd, lineStart, type OffsetRange } from '../base/text.ts';
import type { SymbolFacts } from '../syntax/facts.ts';
import type { Place } from './action.ts';
import { contains, linesOf } from './lines.ts';

/** Definitions of the place, outer before inner. From an old parse only those whose name still stands where it stood. */
export function symbolsOf(place: Place): readonly SymbolFacts[] {
  const symbols = place.facts?.symbols ?? [];
  if (!place.factsAreStale) return symbols;
  return symbols.filter((symbol) => place.text.slice(symbol.nameRange.start, symbol.nameRange.end) === symbol.name);
}

/** All that belongs to a definition: documentation before it and its whole first and last line. */
export function extentOf(text: string, symbol: SymbolFacts): OffsetRange {
  const start = Math.min(symbol.range.start, symbol.documentation?.start ?? symbol.range.start);
  return { start: lineStart(text, start), end: lineEnd(text, symbol.range.end) };
}

/** The innermost definition around the selection; its whole first and last line count as inside. */
export function enclosingSymbol(place: Place): SymbolFacts | undefined {
  return innermost(place, (symbol) => ({
    start: Math.min(symbol.range.start, symbol.documentation?.start ?? symbol.range.start),
    end: symbol.range.end,
  }));
}

/** The definition on whose name line (or further signature lines) the cursor is. */
export function symbolOnNameLine(place: Place): SymbolFacts | undefined {
  return innermost(place, (symbol) => ({
    start: symbol.signature.start,
    // Without a body the signature may run over many lines (an expression arrow function): then the name's line counts.
    end: Math.max(symbol.nameRange.end, symbol.body === undefined ? 0 : symbol.signature.end),
  }));
}

/** The definition whose first line directly follows the lines of a comment: the comment is about it. */
export function symbolBelow(place: Place, comment: OffsetRange): SymbolFacts | undefined {
  const next = symbolsOf(place).find((symbol) => symbol.range.start > comment.end);
  if (next === undefined) return undefined;
  const between = place.text.slice(comment.end, Math.min(next.range.start, comment.end + 1_000));
  return between.trim() === '' && between.split('\n').length === 2 ? next : undefined;
}

/** The outermost definitions whose name is selected. */
export function selectedSymbols(place: Place): readonly SymbolFacts[] {
  const lines = linesOf(place.text, place.selection);
  const named = symbolsOf(place).filter((symbol) => contains(lines, symbol.nameRange));
  return outermost(named);
}

/** What a menu action about one definition is about: the name line under the cursor, or the only definition selected. */
export function pointedSymbol(place: Place, explicit: boolean): SymbolFacts | undefined {
  if (place.selection.start === place.selection.end) {
    return symbolOnNameLine(place) ?? (explicit ? enclosingSymbol(place) : undefined);
  }
  const selected = selectedSymbols(place);
  if (selected.length === 1) return selected[0];
  return explicit && selected.length === 0 ? enclosingSymbol(place) : undefined;
}

/** The stubs directly or indirectly inside a definition, itself excluded. */
export function stubsInside(place: Place, outer: SymbolFacts): readonly SymbolFacts[] {
  return symbolsOf(place).filter(
    (symbol) => symbol !== outer && symbol.isStub && isCallable(symbol) && contains(outer.range, symbol.range),
  );
}

export function isCallable(symbol: SymbolFacts): boolean {
  return symbol.kind === 'function' || symbol.kind === 'method';
}

function outermost(symbols: readonly SymbolFacts[]): readonly SymbolFacts[] {
  let end = -1;
  return symbols.filter((symbol) => {
    const inside = symbol.range.end <= end;
    end = Math.max(end, symbol.range.end);
    return !inside;
  });
}

/**
 * Offsets decide first; a definition on the cursor's line that lies inside what offsets say comes before it, so that a cursor in
 * the indentation counts. Several of them (minified code) say nothing. Two line searches in all: a line may be a megabyte long and hold thousands of definitions.
 */
function innermost(place: Place, rangeOf: (symbol: SymbolFacts) => OffsetRange): SymbolFacts | undefined {
  const { selection, text } = place;
  const last = lineEnd(text, selection.start);
  const first = lineStart(text, selection.end);
  const around = symbolsOf(place).filter((symbol) => {
    const range = rangeOf(symbol);
    return range.start <= last && range.end >= first;
  });
  const exact = around.findLast((symbol) => contains(symbol.range, selection));
  const nearby = around.filter(
    (symbol) => !contains(symbol.range, selection) && (exact === undefined || contains(exact.range, symbol.range)),
  );
  const [only, another] = outermost(nearby);
  return another === undefined ? (only ?? exact) : (exact ?? only);
}
