// Offers that the user has before him, and what becomes of them: taken as a whole, typed to their end, or passed over. Follows the
// document, because many editors never say what was taken.

import type { OffsetEdit } from '../base/text.ts';
import { evidenceOf, type GateFeatures } from './policy/index.ts';
import type { CompletionRecord } from './port.ts';
import type { Sized } from './sizes.ts';

export interface ShownOffer {
  /** What the gate knew when it was asked for; undefined where the gate has no say. */
  readonly features: GateFeatures | undefined;
  /** How it came about; undefined for what the pipeline wrote. */
  readonly sized: Sized | undefined;
  readonly receiptId: string;
  readonly path: string;
  readonly uri: string;
  /** Where the word begins that the offer goes on with. */
  readonly start: number;
  /** What stands there now, up to the end of what would be replaced, and what would stand there. */
  readonly before: string;
  readonly after: string;
}

export interface Shown {
  offer(shown: ShownOffer): void;
  /** Another offer may follow: what was not taken by now is dismissed, unless it is the same answer. */
  next(receiptId: string | undefined): void;
  /** False for what was never offered. The first word counts. */
  accepted(receiptId: string): boolean;
  edited(uri: string, edits: readonly OffsetEdit[]): void;
  closed(uri: string): void;
}

/** An editor may report long after the fact; later than so many offers it does not. */
const mostRemembered = 200;

/** @param settled told once of each offer that was taken, and of each that was passed over. */
export function createShown(
  record: CompletionRecord,
  settled: (features: GateFeatures, accepted: boolean) => void,
): Shown {
  const offers = new Map<string, { readonly offer: ShownOffer; end: 'open' | 'dismissed' | 'accepted' }>();
  let current: { readonly offer: ShownOffer; start: number; text: string } | undefined;

  /** What was passed over may still be taken: the editor may report it late. */
  function settle(receiptId: string, end: 'accepted' | 'dismissed'): boolean {
    const known = offers.get(receiptId);
    if (known === undefined) return false;
    if (known.end === 'accepted' || known.end === end) return true;
    const { features, sized } = known.offer;
    if (known.end === 'open' && features !== undefined) settled(features, end === 'accepted');
    known.end = end;
    const evidence = features === undefined ? undefined : evidenceOf(features, sized);
    record.outcome({ receiptId, path: known.offer.path }, end, { evidence, decision: sized?.decision });
    return true;
  }

  function dismissCurrent(): void {
    if (current !== undefined) settle(current.offer.receiptId, 'dismissed');
    current = undefined;
  }

  return {
    offer(offer) {
      if (!offers.has(offer.receiptId)) offers.set(offer.receiptId, { offer, end: 'open' });
      const [oldest] = offers.keys();
      if (offers.size > mostRemembered && oldest !== undefined) offers.delete(oldest);
      current = { offer, start: offer.start, text: offer.before };
    },
    next(receiptId) {
      if (current !== undefined && current.offer.receiptId !== receiptId) dismissCurrent();
    },
    accepted(receiptId) {
      if (current?.offer.receiptId === receiptId) current = undefined;
      return settle(receiptId, 'accepted');
    },
    edited(uri, edits) {
      if (current?.offer.uri !== uri) return;
      for (const edit of edits) {
        const [from, to] = [edit.start - current.start, edit.end - current.start];
        if (to < 0) current.start += edit.text.length - (edit.end - edit.start);
        else if (from > current.text.length) continue;
        else if (from < 0 || to > current.text.length) return dismissCurrent();
        else current.text = current.text.slice(0, from) + edit.text + current.text.slice(to);
      }
      if (current.text !== current.offer.after) return;
      const { receiptId } = current.offer;
      current = undefined;
      settle(receiptId, 'accepted');
    },
    closed(uri) {
      if (current?.offer.uri === uri) dismissCurrent();
    },
  };
}
