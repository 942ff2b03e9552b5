// implement: a stub, a TODO or a `joule:` comment becomes code.
//
//   def median(values):                      def median(values):
//       """Middle value; mean of two."""         """Middle value; mean of two."""
//       pass                            →        ordered = sorted(values)
//                                                …
//
//   total = 0                                total = 0
//   # TODO: add up all prices           →    # TODO: add up all prices
//                                            for item in items: …
//
// A stub keeps its signature and documentation. On the name of a class whose methods are stubs all of them are written.
// A selection that holds several stubs, or a TODO among other lines, is answered as a whole.

import type { OffsetRange } from '../base/text.ts';
import type { Target } from '../pipeline/task.ts';
import type { SymbolFacts } from '../syntax/facts.ts';
import type { Action, Place } from './action.ts';
import { expectedTokens } from './expected.ts';
import { contains, touches, trimmedLinesOf } from './lines.ts';
import {
  enclosingSymbol,
  extentOf,
  isCallable,
  stubsInside,
  symbolBelow,
  symbolOnNameLine,
  symbolsOf,
} from './symbols.ts';
import { taskOf } from './task-of.ts';
import { type Wish, wishesIn } from './wishes.ts';
import { documentationWords, instructionOf, shownName, shownWish, wishesAbout } from './words.ts';

export const implement: Action = {
  id: 'implement',
  kind: 'refactor.rewrite.joule.implement',

  offer(place, explicit) {
    const wanted = find(place, explicit);
    if (wanted === undefined) return undefined;
    const expected = expectedTokens(place, { actionId: 'implement', target: wanted.extent, pieces: wanted.pieces });
    return { title: `Implement ${wanted.title}`, target: wanted.target, expected };
  },

  task(place, instruction) {
    const wanted = find(place, true);
    if (wanted === undefined) return undefined;
    const words = instructionOf([instruction, ...wanted.words]);
    return taskOf(place, { actionId: 'implement', target: wanted.target, instruction: words });
  },
};

interface Wanted {
  readonly target: Target;
  /** Follows `Implement `. */
  readonly title: string;
  readonly words: readonly string[];
  readonly extent: OffsetRange;
  readonly pieces: number;
}

function find(place: Place, explicit: boolean): Wanted | undefined {
  if (place.selection.start !== place.selection.end) return inSelection(place);
  return atCursor(place) ?? (explicit ? anywhereInside(place) : undefined);
}

function atCursor(place: Place): Wanted | undefined {
  const around = enclosingSymbol(place);
  if (around?.isStub && isCallable(around)) return stub(place, around);
  const wish = wishesIn(place, place.selection)[0];
  if (wish !== undefined) {
    const below = wish.standsAlone ? symbolBelow(place, wish.lines) : undefined;
    if (below === undefined) return after(wish);
    return below.isStub && isCallable(below) ? stub(place, below) : undefined;
  }
  const named = symbolOnNameLine(place);
  return named === undefined ? undefined : stubsOf(place, named);
}

/** A bound key means "whatever is open here": the stubs or the first TODO of the definition around the cursor. */
function anywhereInside(place: Place): Wanted | undefined {
  const around = enclosingSymbol(place);
  if (around === undefined) return undefined;
  const wish = wishesIn(place, around.range).find((one) => contains(around.range, one.lines));
  return stubsOf(place, around) ?? (wish && after(wish));
}

function inSelection(place: Place): Wanted | undefined {
  const lines = trimmedLinesOf(place.text, place.selection);
  if (lines === undefined) return undefined;
  const around = enclosingSymbol(place);
  if (around?.isStub && isCallable(around)) return stub(place, around);
  const stubs = symbolsOf(place).filter(
    (symbol) => symbol.isStub && isCallable(symbol) && touches(lines, symbol.nameRange),
  );
  const [first, second] = stubs;
  if (first !== undefined && second === undefined) return stub(place, first);
  if (first !== undefined) return several(place, stubs, lines);
  const wish = wishesIn(place, lines)[0];
  if (wish === undefined) return undefined;
  if (contains(wish.lines, lines)) return after(wish);
  return {
    target: { kind: 'lines', range: lines },
    title: shownWish(wish),
    words: [wish.words],
    extent: lines,
    pieces: 1,
  };
}

function several(place: Place, stubs: readonly SymbolFacts[], lines: OffsetRange): Wanted {
  const owner = symbolsOf(place).find(
    (symbol) =>
      symbol.kind === 'class' &&
      touches(lines, symbol.nameRange) &&
      stubs.every((one) => one !== symbol && contains(symbol.range, one.range)),
  );
  const ends = stubs.map((symbol) => extentOf(place.text, symbol));
  const range = {
    start: Math.min(lines.start, ...ends.map((one) => one.start)),
    end: Math.max(lines.end, ...ends.map((one) => one.end)),
  };
  return {
    target: owner === undefined ? { kind: 'lines', range } : { kind: 'symbol', symbol: owner },
    title: `${stubs.length} stubs${owner === undefined ? '' : ` of ${shownName(owner)}`}`,
    words: stubs.map((symbol) => aboutStub(place, symbol)),
    extent: owner === undefined ? range : extentOf(place.text, owner),
    pieces: stubs.length,
  };
}

function stubsOf(place: Place, owner: SymbolFacts): Wanted | undefined {
  const stubs = stubsInside(place, owner);
  const [first] = stubs;
  if (first === undefined) return undefined;
  return stubs.length === 1 ? stub(place, first) : several(place, stubs, extentOf(place.text, owner));
}

function stub(place: Place, symbol: SymbolFacts): Wanted {
  return {
    target: { kind: 'symbol', symbol },
    title: shownName(symbol),
    words: [documentationWords(place, symbol), ...wishesAbout(place, symbol).map((wish) => wish.words)],
    extent: extentOf(place.text, symbol),
    pieces: 1,
  };
}

function aboutStub(place: Place, symbol: SymbolFacts): string {
  const words = instructionOf(stub(place, symbol).words);
  return words === '' ? '' : `${symbol.name}: ${words}`;
}

function after(wish: Wish): Wanted {
  return {
    target: { kind: 'after', offset: wish.lines.end, indentation: wish.indentation },
    title: shownWish(wish),
    words: [wish.words],
    extent: wish.lines,
    pieces: 1,
  };
}
