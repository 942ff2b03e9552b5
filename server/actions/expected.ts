// How many tokens an action will probably read and write, from text sizes alone: the input of the prediction in the title.
// What the ledger teaches bends the joules that are made from them (`energy/prediction.ts`, calibration), not these counts.

import { type OffsetRange, roughTokens } from '../base/text.ts';
import type { ActionId } from '../pipeline/task.ts';
import type { SymbolFacts } from '../syntax/facts.ts';
import type { ExpectedTokens, Place } from './action.ts';
import { symbolsOf } from './symbols.ts';

/** What of the place an answer stands for. */
export interface Workload {
  readonly actionId: ActionId;
  /** Text that the model is shown as the target. */
  readonly target: OffsetRange;
  /** Bodies to write, for `implement`; 1 for everything else. */
  readonly pieces: number;
}

/** System prompt, request and headings of one worker prompt. */
const promptTokens = 250;
/** Context around the target is cut to about this much. */
const mostContextTokens = 3_000;
/** A plain-text neighbourhood: so many characters before and after. */
const plainTextReach = 2_000;

/**
 * 10th to 90th percentile of rough tokens over 656 small functions in Python, JavaScript, Go and Rust (164 of each):
 * bodies 16–129, documentation 27–157, test bodies 64–214. Explanations are bounded by their prompt.
 */
const perPiece: Record<ActionId, { readonly low: number; readonly high: number }> = {
  implement: { low: 16, high: 130 },
  document: { low: 27, high: 160 },
  test: { low: 64, high: 215 },
  explain: { low: 120, high: 350 },
  fix: { low: 10, high: 40 },
  rewrite: { low: 10, high: 60 },
};

/** Share of the target that comes back: a fix repeats all of it, an implementation the signature. */
const targetShare: Record<ActionId, { readonly low: number; readonly high: number }> = {
  implement: { low: 0.2, high: 1 },
  document: { low: 0, high: 0.2 },
  test: { low: 0.2, high: 1 },
  explain: { low: 0, high: 0.2 },
  fix: { low: 0.8, high: 1.1 },
  rewrite: { low: 0.6, high: 1.3 },
};

export function expectedTokens(place: Place, work: Workload): ExpectedTokens {
  const target = roughTokens(
    place.text.slice(work.target.start, Math.min(work.target.end, work.target.start + 40_000)),
  );
  const context = Math.min(mostContextTokens, contextTokens(place, work.target));
  const piece = perPiece[work.actionId];
  const share = targetShare[work.actionId];
  return {
    in: promptTokens + target + context,
    outLow: Math.round(work.pieces * piece.low + share.low * target),
    outHigh: Math.round(work.pieces * piece.high + share.high * target),
  };
}

function contextTokens(place: Place, target: OffsetRange): number {
  if (place.facts === undefined) {
    const before = place.text.slice(Math.max(0, target.start - plainTextReach), target.start);
    const after = place.text.slice(target.end, target.end + plainTextReach);
    return roughTokens(before) + roughTokens(after);
  }
  const characters =
    place.facts.imports.reduce((sum, entry) => sum + length(entry.range), 0) +
    symbolsOf(place).reduce((sum, symbol) => sum + signatureLength(symbol), 0);
  return Math.ceil(characters / 4);
}

function signatureLength(symbol: SymbolFacts): number {
  return symbol.body === undefined ? length(symbol.nameRange) : length(symbol.signature);
}

function length(range: OffsetRange): number {
  return range.end - range.start;
}
