// When to stop: which filters end a completion at the engine. Pure; the filters themselves are the gateway's.

import {
  type StopFilter,
  stopAtBlockEnd,
  stopAtFit,
  stopAtNextLine,
  stopAtRepetition,
  stopAtTail,
  stopWhenUnsure,
} from '../../gateway/stop-filters.ts';
import { pointOfChance } from './logistic.ts';
import type { Policy } from './policy.ts';
import { leastChance } from './price.ts';

/** Where an answer is inserted, as far as its end depends on it. */
export interface StopPlace {
  /** LSP language id. */
  readonly languageId: string;
  /** The text before the cursor, whole or its end; after it, whole or its beginning. */
  readonly prefix: string;
  readonly suffix: string;
  readonly lines: 'single' | 'several';
  /** Names that the code behind the cursor uses and that only the answer can define. */
  readonly wantedNames: readonly string[];
}

/** None where the dial is at 0 or the policy never stops early. (The gateway itself ends what only repeats itself, always.) */
export function stopFiltersFor(place: StopPlace, policy: Policy): readonly StopFilter[] {
  if (policy.dial <= 0 || policy.stop.mode === 'never') return [];
  const filters = [...syntaxFilters(place, policy.stop.block)];
  const { quantile, fewestPieces } = policy.stop.unsure;
  const lowestLogProbability = unsureThreshold(policy);
  if (lowestLogProbability > Number.NEGATIVE_INFINITY)
    filters.push(stopWhenUnsure({ quantile, fewestPieces, lowestLogProbability }));
  return filters;
}

/** The rules alone, which need no probabilities and learn nothing. */
export function syntaxFilters(place: StopPlace, block: Policy['stop']['block']): readonly StopFilter[] {
  const { languageId, prefix, suffix } = place;
  const always = [stopAtRepetition(), stopAtNextLine(place), stopAtTail(place)];
  const byMode = place.lines === 'single' ? [stopAtFit(place)] : [];
  return [...always, ...byMode, stopAtBlockEnd({ languageId, prefix, suffix, block })];
}

/** When doubt shows, about half of an answer's tokens are still to come: only they can be saved. */
const shareToCome = 0.5;

/** Natural logarithm of a probability: a low quantile at or under it means that the answer is not worth its remaining joules. */
export function unsureThreshold({ dial, stop }: Policy): number {
  return pointOfChance(stop.unsure.isRight, leastChance(dial) * shareToCome);
}
