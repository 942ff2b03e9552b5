// document: a definition gets its documentation; the code stays as it is, byte for byte.
//
//   function clamp(value, low, high) {           /** Limits `value` to the range from `low` to `high`. … */
//     return Math.min(high, Math.max(…   →       function clamp(value, low, high) {
//   }                                              return Math.min(high, Math.max(…
//
// Python's goes in as a docstring. Documentation that is already there is replaced. Needs a grammar: plain text has no place for it.

import type { Action } from './action.ts';
import { expectedTokens } from './expected.ts';
import { extentOf, pointedSymbol } from './symbols.ts';
import { taskOf } from './task-of.ts';
import { instructionOf, shownName } from './words.ts';

export const document: Action = {
  id: 'document',
  kind: 'refactor.rewrite.joule.document',

  offer(place, explicit) {
    const symbol = pointedSymbol(place, explicit);
    if (symbol === undefined) return undefined;
    const target = extentOf(place.text, symbol);
    const title = `${symbol.documentation === undefined ? 'Document' : 'Renew the documentation of'} ${shownName(symbol)}`;
    return {
      title,
      target: { kind: 'symbol', symbol },
      expected: expectedTokens(place, { actionId: 'document', target, pieces: 1 }),
    };
  },

  task(place, instruction) {
    const symbol = pointedSymbol(place, true);
    if (symbol === undefined) return undefined;
    const target = { kind: 'symbol', symbol } as const;
    return taskOf(place, { actionId: 'document', target, instruction: instructionOf([instruction]) });
  },
};
