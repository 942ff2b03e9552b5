// The policy's questions, asked for one site: whether it is worth a call, what ends the answer, how long it may get.

import type { StopFilter } from '../gateway/stop-filters.ts';
import { type GateFeatures, type Policy, type StopPlace, stopFiltersFor } from './policy/index.ts';
import { lineBehind, type Site } from './site.ts';
import { wantedNames } from './wanted-names.ts';

/** What the gate wants to know beyond the site. */
export interface Circumstances {
  readonly invoked: boolean;
  /** UTF-16 units of the document. */
  readonly documentLength: number;
  readonly lastOutcome: { readonly accepted: boolean; readonly secondsAgo: number } | undefined;
  readonly onBattery: boolean;
  readonly predictedJoules: number | undefined;
}

export function gateFeatures(site: Site, circumstances: Circumstances): GateFeatures {
  const { invoked, documentLength, lastOutcome, onBattery, predictedJoules } = circumstances;
  return {
    invoked,
    previousAccepted: lastOutcome?.accepted,
    secondsSinceOutcome: lastOutcome?.secondsAgo,
    lineLength: site.lineBefore.length,
    blankAfterCursor: site.lineAfter.trim() === '',
    documentShare: documentLength === 0 ? 0 : site.offset / documentLength,
    midWord: /^[\p{L}\p{N}_]/u.test(site.lineAfter),
    inComment: site.inComment,
    inString: site.inString,
    onBattery,
    predictedJoules,
  };
}

/** UTF-16 units on each side that the filters look at. */
const reach = 20_000;

/** Filters that end the generation at the engine. */
export function stopsFor(site: Site, policy: Policy): readonly StopFilter[] {
  return stopFiltersFor(stopPlaceOf(site), policy);
}

export function stopPlaceOf(site: Site): StopPlace {
  return {
    languageId: site.languageId,
    prefix: site.before.slice(-reach),
    suffix: site.after.slice(0, reach),
    lines: site.multiline ? 'several' : 'single',
    wantedNames: site.wholeBefore ? wantedNames(lineBehind(site), site) : [],
  };
}

/** Tokens of a line or a few, and of the body of a block. Who asks by hand waits for more; while typing, more is rarely taken, and is paid for. */
export function tokensFor(site: Site, invoked: boolean): number {
  if (invoked) return site.multiline ? 256 : 128;
  return site.multiline ? 128 : 64;
}
