// Which definitions of a text still have to be written. Pure.

import type { OffsetRange } from '../base/text.ts';
import type { SymbolFacts } from '../syntax/facts.ts';

/** Definitions without a body that does anything, inside a range; the one that fills it included. */
export function stubsIn(symbols: readonly SymbolFacts[], range: OffsetRange): SymbolFacts[] {
  return symbols.filter(
    (symbol) => symbol.isStub && symbol.range.start >= range.start && symbol.range.end <= range.end,
  );
}
