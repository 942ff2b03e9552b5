// The ledger as the rooms above see it.

import type { OffsetRange } from '../base/text.ts';
import type { Joules } from '../energy/joules.ts';
import type { LedgerEvent, Receipt, Region } from './events.ts';

/** Generated code found again in a text. */
export interface RegionMatch {
  readonly receipt: Receipt;
  readonly region: Region;
  readonly range: OffsetRange;
  /** Undefined where it stands exactly as written. */
  readonly likeness?: RegionLikeness;
}

/** How much of a region is as written, white space apart. */
export interface RegionLikeness {
  /** Lines as written, of all that are not blank. */
  readonly asWritten: number;
  readonly of: number;
  /** By tokens, 0 to 1. */
  readonly share: number;
}

export interface LedgerTotals {
  /** All receipts of this file: the sum of what is known. */
  readonly file: Joules;
  /** All receipts of today (local date of the server): the sum of what is known. */
  readonly today: Joules;
  /** All receipts that began in the last 60 minutes: the sum of what is known. */
  readonly lastHour: Joules;
  /** Those of today for which a model was called: where no engine answered there was no answer. */
  readonly receiptsToday: number;
  /** Model calls that no figure exists for; with any, the sum is "at least". */
  readonly unmeasuredCallsInFile: number;
  readonly unmeasuredCallsToday: number;
}

export interface Ledger {
  /** Queues the line for writing and folds it at once. Never throws: a full disk is logged once and the editor works on. */
  append(event: LedgerEvent): void;
  receipt(id: string): Receipt | undefined;
  /** Receipts since a wall time, newest last. */
  receiptsSince(wallMilliseconds: number): readonly Receipt[];
  /** Receipts of this document, or with a region in this file. */
  receiptsOf(path: string): readonly Receipt[];
  /**
   * Regions that stand in `text`, as written or changed, of this file's receipts and of files that are gone; dismissed and undone ones
   * are left out.
   */
  regionsIn(path: string, text: string): readonly RegionMatch[];
  totals(path: string): LedgerTotals;
  /** Reads what is on disk, once, on first need. Resolves when the fold is complete. */
  ready(): Promise<void>;
  /** Takes in what other servers have written to this month's file; nothing before `ready` was asked for. Never rejects. */
  refresh(): Promise<void>;
  /** Resolves when every appended line is on disk, or known not to be. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
