// The lines of the ledger: `call` when a model call ends, `outcome` whenever it changes. A receipt is their fold.
// Paths, ranges, hashes and numbers; never source text.

import type { Joules } from '../energy/joules.ts';
import type { ModelCall } from '../gateway/model-call.ts';
import type { ActionId, StrategyId, StrategyRecord } from '../pipeline/task.ts';

/** Version of the line format. Readers keep what they don't know. */
export const ledgerSchema = 1;

interface EventHead {
  readonly schema: typeof ledgerSchema;
  /** Wall time of writing, ISO 8601 UTC: a label, never used for durations. */
  readonly at: string;
  readonly receiptId: string;
}

export interface CallEvent extends EventHead {
  readonly kind: 'call';
  readonly actionId: ActionId | 'completion';
  /** Absolute path or uri of the document. */
  readonly path: string;
  readonly call: ModelCall;
}

export type ReceiptOutcome =
  | 'accepted'
  | 'kept'
  | 'rejected'
  | 'dismissed'
  | 'cancelled'
  | 'superseded'
  | 'undone'
  | 'failed';

export interface OutcomeEvent extends EventHead {
  readonly kind: 'outcome';
  readonly actionId: ActionId | 'completion';
  readonly path: string;
  readonly outcome: ReceiptOutcome;
  readonly strategy?: StrategyId;
  readonly why?: string;
  readonly verdict?: 'ok' | 'failed' | 'none';
  readonly regions: readonly Region[];
  readonly predicted?: Joules;
  /** How the strategy was chosen. */
  readonly choice?: StrategyRecord;
  /** What was decided on the way, one sentence each. */
  readonly decisions?: readonly string[];
  /** The receipt whose answer was given again: nothing was generated. */
  readonly recalledFrom?: string;
  /** Checks that ran something, or could not: `examples passed`, `pyflakes not executed`. */
  readonly executed?: readonly string[];
  /** Of completions: the numbers that were decided by. */
  readonly evidence?: Readonly<Record<string, number>>;
  /** Looked at when it had stood long enough: the share of the inserted tokens that were still there, 0 to 1. */
  readonly stillThere?: number;
  /** The same was asked for again, of another model. */
  readonly retried?: boolean;
  readonly environment?: Environment;
}

/** Generated code, found again by its content. */
export interface Region {
  readonly path: string;
  /** SHA-256 (hex) of the region's text with `\n` line ends. */
  readonly hash: string;
  readonly length: number;
  readonly lineCount: number;
  /** Where it was when written, zero-based. */
  readonly firstLine: number;
  /** SHA-256 (hex) of its first line, trimmed: a cheap filter before hashing candidates. */
  readonly firstLineHash: string;
  /** UTF-16 units of its first line, trimmed: a cheaper filter before hashing lines. */
  readonly firstLineLength?: number;
  /** For finding it changed; absent in lines of older versions, which are found by exact content alone. */
  readonly marks?: LineMarks;
  /** Where it was edited since and marked anew: the share of its tokens as generated, 0 to 1. */
  readonly kept?: number;
}

/**
 * What a region looks like, line by line, without white space: four base64url digits for each line, 18 bits of an unsalted hash and
 * 6 of its count of tokens. Blank lines count for nothing. ARCHITECTURE.md says what such a hash tells.
 */
export interface LineMarks {
  /** Of 96 lines at most, evenly spread. */
  readonly lines: string;
  /** Two digits for each of these: 12 bits of a hash that leaves names of variables out. Absent in older lines. */
  readonly shapes?: string;
  /** How many lines it has. */
  readonly of: number;
  /** Three lines above it, nearest last, and three below it, nearest first. */
  readonly above: string;
  readonly below: string;
}

export interface Environment {
  readonly server: string;
  readonly node: string;
  readonly platform: string;
  readonly devices: readonly string[];
  readonly onBattery?: boolean;
  /** A hash of the machine's id, to tell ledgers of several machines apart; absent where there is none, and on lines of older versions. */
  readonly machine?: string;
}

export type LedgerEvent = CallEvent | OutcomeEvent;

/** What the user sees and the researcher exports: a fold over the events of one receiptId. */
export interface Receipt {
  readonly id: string;
  readonly actionId: ActionId | 'completion';
  readonly path: string;
  readonly at: string;
  readonly strategy: StrategyId | undefined;
  readonly why: string | undefined;
  readonly regions: readonly Region[];
  readonly calls: readonly ModelCall[];
  readonly totals: ReceiptTotals;
  readonly predicted: Joules | undefined;
  readonly choice: StrategyRecord | undefined;
  readonly decisions: readonly string[];
  readonly recalledFrom: string | undefined;
  readonly executed: readonly string[];
  readonly stillThere?: number | undefined;
  readonly retried?: boolean;
  readonly verdict: 'ok' | 'failed' | 'none';
  readonly outcome: ReceiptOutcome | 'open';
  readonly environment: Environment | undefined;
}

export interface ReceiptTotals {
  readonly gross: Joules;
  readonly net: Joules;
  /** By domain, for "GPU 2.94, CPU 0.62". */
  readonly byDomain: Readonly<Record<string, Joules>>;
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  readonly seconds: number;
  /** gross ÷ seconds; undefined while unknown. */
  readonly averageWatts: number | undefined;
  /** gross ÷ tokensOut; undefined when unknown or no token came. */
  readonly joulesPerOutputToken: number | undefined;
}
