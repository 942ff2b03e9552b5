// explain: what code does, as a read-only page; nothing is edited.
//
//   def gcd(a, b):                     # gcd
//       while b: a, b = b, a % b   →   Euclid's algorithm: replaces the pair by (b, a mod b) until …
//       return a
//
// On a definition's name line, or on any selection in any language.

import type { OffsetRange } from '../base/text.ts';
import type { Target } from '../pipeline/task.ts';
import type { Action, Place } from './action.ts';
import { expectedTokens } from './expected.ts';
import { lineCountOf, trimmedLinesOf } from './lines.ts';
import { extentOf, pointedSymbol } from './symbols.ts';
import { taskOf } from './task-of.ts';
import { instructionOf, shownName } from './words.ts';

export const explain: Action = {
  id: 'explain',
  kind: 'refactor.rewrite.joule.explain',

  offer(place, explicit) {
    const wanted = find(place, explicit);
    if (wanted === undefined) return undefined;
    const expected = expectedTokens(place, { actionId: 'explain', target: wanted.extent, pieces: 1 });
    return { title: `Explain ${wanted.title}`, target: wanted.target, expected };
  },

  task(place, instruction) {
    const wanted = find(place, true);
    if (wanted === undefined) return undefined;
    return taskOf(place, {
      actionId: 'explain',
      target: wanted.target,
      instruction: instructionOf([instruction]),
      findings: place.findings,
    });
  },
};

interface Wanted {
  readonly target: Target;
  readonly title: string;
  readonly extent: OffsetRange;
}

function find(place: Place, explicit: boolean): Wanted | undefined {
  const symbol = pointedSymbol(place, explicit && place.selection.start === place.selection.end);
  if (symbol !== undefined) {
    return { target: { kind: 'symbol', symbol }, title: shownName(symbol), extent: extentOf(place.text, symbol) };
  }
  if (place.selection.start === place.selection.end) return undefined;
  const range = trimmedLinesOf(place.text, place.selection);
  if (range === undefined) return undefined;
  const count = lineCountOf(place.text, range);
  return { target: { kind: 'lines', range }, title: count === 1 ? 'this line' : `these ${count} lines`, extent: range };
}
