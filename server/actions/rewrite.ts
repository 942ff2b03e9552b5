// rewrite: code is changed the way a `joule: …` comment or a typed instruction says.
//
//   # joule: use a set                          def unique(words):
//   def unique(words):                    →         return len(set(words))
//       seen = []; …
//
// The comment stands inside the code or right above it. A selection is rewritten even without one: simpler, same behaviour.

import type { OffsetRange } from '../base/text.ts';
import type { Target } from '../pipeline/task.ts';
import type { SymbolFacts } from '../syntax/facts.ts';
import type { Action, Place } from './action.ts';
import { expectedTokens } from './expected.ts';
import { contains, lineCountOf, trimmedLinesOf } from './lines.ts';
import { enclosingSymbol, extentOf, selectedSymbols, symbolBelow, symbolOnNameLine } from './symbols.ts';
import { taskOf } from './task-of.ts';
import { type Wish, wishAbove, wishesIn } from './wishes.ts';
import { instructionOf, shownName, shownWish, wishesAbout } from './words.ts';

export const rewrite: Action = {
  id: 'rewrite',
  kind: 'refactor.rewrite.joule.rewrite',

  offer(place, explicit) {
    const wanted = find(place, explicit);
    if (wanted === undefined) return undefined;
    const how = wanted.wishes[0];
    return {
      title: how === undefined ? `Rewrite ${wanted.title}` : `Rewrite ${wanted.title}: ${shownWish(how)}`,
      target: wanted.target,
      expected: expectedTokens(place, { actionId: 'rewrite', target: wanted.extent, pieces: 1 }),
    };
  },

  task(place, instruction) {
    const wanted = find(place, true);
    if (wanted === undefined) return undefined;
    const said = instructionOf([instruction, ...wanted.wishes.map((wish) => wish.words)]);
    return taskOf(place, { actionId: 'rewrite', target: wanted.target, instruction: said || unsaid });
  },
};

/** What is asked for when neither a comment nor the user says how. */
const unsaid = 'Make it simpler and clearer. Keep its behaviour, names and signatures.';

interface Wanted {
  readonly target: Target;
  readonly title: string;
  readonly extent: OffsetRange;
  /** `joule:` comments that say how. */
  readonly wishes: readonly Wish[];
}

function find(place: Place, explicit: boolean): Wanted | undefined {
  if (place.selection.start !== place.selection.end) return inSelection(place);
  const named = symbolOnNameLine(place);
  const said = named && aboutSymbol(place, named);
  if (said !== undefined && said.wishes.length > 0) return said;
  const commented = atComment(place);
  if (commented !== undefined) return commented;
  const around = explicit ? (named ?? enclosingSymbol(place)) : undefined;
  return around && aboutSymbol(place, around);
}

function inSelection(place: Place): Wanted | undefined {
  const lines = trimmedLinesOf(place.text, place.selection);
  if (lines === undefined) return undefined;
  const selected = selectedSymbols(place);
  const [symbol] = selected;
  if (symbol !== undefined && selected.length === 1 && contains(extentOf(place.text, symbol), lines)) {
    return aboutSymbol(place, symbol);
  }
  const above = wishAbove(place, lines.start);
  const wishes = [...(above === undefined ? [] : [above]), ...wishesIn(place, lines)].filter(saysHow);
  const count = lineCountOf(place.text, lines);
  return {
    target: { kind: 'lines', range: lines },
    title: count === 1 ? 'this line' : `these ${count} lines`,
    extent: lines,
    wishes,
  };
}

/** The cursor is on a `joule:` comment above or inside a definition that is no stub (stubs are implemented). */
function atComment(place: Place): Wanted | undefined {
  const wish = wishesIn(place, place.selection).find(saysHow);
  if (wish === undefined) return undefined;
  const symbol = (wish.standsAlone ? symbolBelow(place, wish.lines) : undefined) ?? enclosingSymbol(place);
  return symbol === undefined || symbol.isStub ? undefined : aboutSymbol(place, symbol);
}

function aboutSymbol(place: Place, symbol: SymbolFacts): Wanted {
  return {
    target: { kind: 'symbol', symbol },
    title: shownName(symbol),
    extent: extentOf(place.text, symbol),
    wishes: wishesAbout(place, symbol).filter(saysHow),
  };
}

function saysHow(wish: Wish): boolean {
  return wish.kind === 'joule' && wish.words !== '';
}
