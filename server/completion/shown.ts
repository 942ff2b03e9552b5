// Offers that the user has before him, and what becomes of them: taken as a whole, typed to their end, or passed over. Follows the
// document, because many editors never say what was taken.

import type { OffsetEdit } from '../base/text.ts';
import type { CompletionRecord } from './port.ts';

export interface ShownOffer {
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

export function createShown(record: CompletionRecord): Shown {
  /** Path by receipt, of all offers whose end is not known. */
  const open = new Map<string, string>();
  const settled = new Set<string>();
  let current: { readonly offer: ShownOffer; start: number; text: string } | undefined;

  function settle(receiptId: string, outcome: 'accepted' | 'dismissed'): boolean {
    const path = open.get(receiptId);
    if (path === undefined || settled.has(receiptId)) return settled.has(receiptId);
    if (outcome === 'accepted') settled.add(receiptId);
    for (const [list, most] of [
      [open, mostRemembered],
      [settled, mostRemembered],
    ] as const) {
      const [oldest] = list.keys();
      if (list.size > most && oldest !== undefined) list.delete(oldest);
    }
    record.outcome({ receiptId, path }, outcome, undefined);
    return true;
  }

  function dismissCurrent(): void {
    if (current !== undefined) settle(current.offer.receiptId, 'dismissed');
    current = undefined;
  }

  return {
    offer(offer) {
      open.set(offer.receiptId, offer.path);
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
