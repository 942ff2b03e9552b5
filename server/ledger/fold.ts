// All receipts in memory: takes events as they come, folds a receipt when somebody asks for it. Knows no file.

import type { LedgerEvent, Receipt } from './events.ts';
import { createFading, type Fading } from './fading.ts';
import { lineOf } from './line-of.ts';
import { foldReceipt } from './receipt.ts';

export interface Fold {
  /** The same event twice changes nothing. */
  add(event: LedgerEvent): void;
  receipt(id: string): Receipt | undefined;
  all(): readonly Receipt[];
  /** Receipts of this document, or with a region in this file. */
  of(path: string): readonly Receipt[];
  /** Receipts with a region; the same list until an event changes one. */
  withRegions(): readonly Receipt[];
  /** What older completions came to, which have no receipt here any more. */
  readonly faded: Pick<Fading, 'sums'>;
}

/** Completions come by the thousand: beyond the newest so many, those that nobody took are only sums here. The file has them all. */
const wholeCompletions = 300;

export function createFold(): Fold {
  const records = new Map<string, { readonly events: Map<string, LedgerEvent>; receipt: Receipt | undefined }>();
  const byPath = new Map<string, Set<string>>();
  const completions: string[] = [];
  const regional = new Set<string>();
  let withRegions: readonly Receipt[] | undefined;
  const fading = createFading();

  const receipt = (id: string): Receipt | undefined => {
    const record = records.get(id);
    if (record === undefined) return undefined;
    record.receipt ??= foldReceipt([...record.events.values()]);
    return record.receipt;
  };
  const note = (path: string, id: string): void => {
    const ids = byPath.get(path);
    if (ids === undefined) byPath.set(path, new Set([id]));
    else ids.add(id);
  };
  const receiptsOf = (ids: Iterable<string>): Receipt[] => [...ids].map(receipt).filter((one) => one !== undefined);

  function fadeOldest(): void {
    const oldest = completions.length > wholeCompletions ? completions.shift() : undefined;
    const old = oldest === undefined ? undefined : receipt(oldest);
    if (old === undefined || old.outcome === 'accepted' || old.regions.length > 0) return;
    fading.add(old);
    records.delete(old.id);
    byPath.get(old.path)?.delete(old.id);
  }

  return {
    faded: fading,
    add(event) {
      if (event.actionId === 'completion' && !records.has(event.receiptId)) {
        completions.push(event.receiptId);
        fadeOldest();
      }
      const record = records.get(event.receiptId) ?? { events: new Map(), receipt: undefined };
      records.set(event.receiptId, record);
      const key = event.kind === 'call' ? `call ${event.call.id}` : lineOf(event);
      if (record.events.has(key)) return;
      record.events.set(key, event);
      record.receipt = undefined;
      note(event.path, event.receiptId);
      if (event.kind === 'outcome' && event.regions.length > 0) regional.add(event.receiptId);
      if (event.kind === 'outcome' && regional.has(event.receiptId)) withRegions = undefined;
      if (event.kind === 'outcome') for (const region of event.regions) note(region.path, event.receiptId);
    },
    receipt,
    all: () => receiptsOf(records.keys()),
    withRegions() {
      withRegions ??= receiptsOf(regional);
      return withRegions;
    },
    of: (path) => receiptsOf(byPath.get(path) ?? []),
  };
}
