// What became of many small receipts, as sums per file and ten minutes: enough for totals and budgets. Knows no single one any more.

import { isKnown, type Joules, sumJoules } from '../energy/joules.ts';
import type { Receipt } from './events.ts';

export interface FadedSum {
  readonly path: string;
  /** ISO 8601 up to the ten minutes: `2026-11-27T03:2`. Sorts like a whole time. */
  readonly at: string;
  readonly receipts: number;
  /** Gross, of all calls that have a figure; undefined where none has. */
  readonly joules: Joules | undefined;
  /** Calls without a figure. */
  readonly unmeasured: number;
}

export interface Fading {
  add(receipt: Receipt): void;
  /**
   * @param path undefined for all files.
   * @param since ISO 8601; what began up to ten minutes before it may be among them.
   */
  sums(path: string | undefined, since: string): FadedSum[];
}

/** Characters of an ISO time up to the ten minutes. */
const bucketLength = 15;

export function createFading(): Fading {
  const sums = new Map<string, FadedSum>();
  return {
    add({ path, at: began, calls }) {
      const at = began.slice(0, bucketLength);
      const key = `${at} ${path}`;
      const before = sums.get(key);
      const known = calls.map((call) => call.joules.gross).filter(isKnown);
      const figures = [...(before?.joules === undefined ? [] : [before.joules]), ...known];
      sums.set(key, {
        path,
        at,
        receipts: (before?.receipts ?? 0) + Number(calls.length > 0),
        joules: figures.length === 0 ? undefined : sumJoules(figures),
        unmeasured: (before?.unmeasured ?? 0) + calls.length - known.length,
      });
    },
    sums: (path, since) =>
      [...sums.values()].filter(
        (sum) => (path === undefined || sum.path === path) && sum.at >= since.slice(0, bucketLength),
      ),
  };
}
