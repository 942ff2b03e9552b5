// What a counter shows when no call runs, learned from the quiet gaps between calls, apart for a machine with a model in memory
// and one without. Knows one source; pure arithmetic, no timer.

/** `warm`: a model was resident. `cold`: none was. */
export type IdleKind = 'cold' | 'warm';

/** Idle power as known at some time. */
export interface IdlePower {
  readonly kind: IdleKind;
  readonly watts: number;
  /** Half-width that the gaps seen so far suggest. */
  readonly spreadWatts: number;
  /** Age of the youngest gap. */
  readonly ageSeconds: number;
  readonly gaps: number;
}

/** One quiet gap: its energy, how far that may be off, and its ends. */
export interface QuietGap {
  readonly microjoules: bigint;
  readonly plusMinusMicrojoules: number;
  readonly startNanoseconds: bigint;
  readonly endNanoseconds: bigint;
}

export interface IdlePowerEstimator {
  /** Gaps of less than five seconds are ignored. */
  observe(kind: IdleKind, gap: QuietGap): void;
  /**
   * The kind that is wanted, else the other, else undefined. A kind is unknown until a gap was seen, and again when the
   * youngest is older than ten minutes.
   */
  at(nowNanoseconds: bigint, wanted: IdleKind): IdlePower | undefined;
}

/** After a call clocks and fans take some seconds to settle, so shorter gaps are not quiet. */
const shortestGapSeconds = 5;
const keptGaps = 9;
const staleSeconds = 600;
/** One gap says nothing about how much gaps differ; a quarter is what desktop background load commonly does. */
const spreadOfOneGap = 0.25;

interface Gap {
  readonly watts: number;
  readonly plusMinusWatts: number;
  readonly endNanoseconds: bigint;
}

export function createIdlePowerEstimator(): IdlePowerEstimator {
  const gaps: Record<IdleKind, Gap[]> = { cold: [], warm: [] };
  return {
    observe(kind, { microjoules, plusMinusMicrojoules, startNanoseconds, endNanoseconds }) {
      const seconds = Number(endNanoseconds - startNanoseconds) / 1e9;
      if (seconds < shortestGapSeconds) return;
      gaps[kind].push({
        watts: Number(microjoules) / 1e6 / seconds,
        plusMinusWatts: plusMinusMicrojoules / 1e6 / seconds,
        endNanoseconds,
      });
      if (gaps[kind].length > keptGaps) gaps[kind].shift();
    },
    at(nowNanoseconds, wanted) {
      const other = wanted === 'cold' ? 'warm' : 'cold';
      return estimate(wanted, gaps[wanted], nowNanoseconds) ?? estimate(other, gaps[other], nowNanoseconds);
    },
  };
}

/** Median of the last gaps; gaps further than three scaled MADs from it (someone compiled) do not count. */
function estimate(kind: IdleKind, gaps: readonly Gap[], nowNanoseconds: bigint): IdlePower | undefined {
  const youngest = gaps.at(-1);
  if (youngest === undefined) return undefined;
  const ageSeconds = Number(nowNanoseconds - youngest.endNanoseconds) / 1e9;
  if (ageSeconds > staleSeconds) return undefined;
  const middle = median(gaps.map((gap) => gap.watts));
  const deviation = 1.4826 * median(gaps.map((gap) => Math.abs(gap.watts - middle)));
  const kept = gaps.filter((gap) => Math.abs(gap.watts - middle) <= Math.max(3 * deviation, gap.plusMinusWatts));
  const watts = median(kept.map((gap) => gap.watts));
  const readingError = Math.max(...kept.map((gap) => gap.plusMinusWatts));
  const scatter = gaps.length < 3 ? Math.max(deviation, spreadOfOneGap * watts) : deviation;
  return { kind, watts, spreadWatts: scatter + readingError, ageSeconds, gaps: gaps.length };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
