// Whether two samples differ, and by how much: Welch's t, the Mann–Whitney test, Hedges' g, Cliff's delta. Pure; knows numbers only.

import jstat from 'jstat';

export interface Comparison {
  readonly counts: readonly [number, number];
  /** Mean of the second less mean of the first. */
  readonly difference: number;
  /** 95 % interval of the difference (Welch). */
  readonly differenceInterval: readonly [number, number];
  /** Difference over the first mean; undefined where that is 0. */
  readonly relativeDifference: number | undefined;
  readonly welch: { readonly t: number; readonly degreesOfFreedom: number; readonly p: number };
  readonly mannWhitney: { readonly u: number; readonly p: number; readonly exact: boolean };
  /** Standardised difference, corrected for small samples, with its 95 % interval. */
  readonly hedgesG: number;
  readonly hedgesGInterval: readonly [number, number];
  /** P(second > first) − P(second < first), from −1 to 1. */
  readonly cliffsDelta: number;
}

/** Exact up to here: the number of arrangements is counted by a table of so many by so many. */
const mostExact = 50;

/**
 * Two-sided, both samples in any order.
 * @returns a sentence when one of them has fewer than two values, or nothing varies.
 */
export function compare(first: readonly number[], second: readonly number[]): Comparison | string {
  const counts = [first.length, second.length] as const;
  if (Math.min(...counts) < 2) return `a comparison needs two runs of each, and there are ${counts.join(' and ')}`;
  const [meanA, meanB] = [jstat.mean(first), jstat.mean(second)];
  const [varianceA, varianceB] = [jstat.stdev(first, true) ** 2, jstat.stdev(second, true) ** 2];
  if (varianceA + varianceB === 0) return 'the runs of each are all alike, so that nothing says what chance does';
  const difference = meanB - meanA;
  const [a, b] = [varianceA / counts[0], varianceB / counts[1]];
  const error = Math.sqrt(a + b);
  // Welch (1947), degrees of freedom by Satterthwaite.
  const degreesOfFreedom = (a + b) ** 2 / (a ** 2 / (counts[0] - 1) + b ** 2 / (counts[1] - 1));
  const t = difference / error;
  const half = jstat.studentt.inv(0.975, degreesOfFreedom) * error;
  const { g, deviation } = hedges(difference, [varianceA, varianceB], counts);
  return {
    counts,
    difference,
    differenceInterval: [difference - half, difference + half],
    relativeDifference: meanA === 0 ? undefined : difference / meanA,
    welch: { t, degreesOfFreedom, p: 2 * jstat.studentt.cdf(-Math.abs(t), degreesOfFreedom) },
    mannWhitney: mannWhitney(first, second),
    hedgesG: g,
    hedgesGInterval: [g - 1.96 * deviation, g + 1.96 * deviation],
    cliffsDelta: dominance(first, second) / (counts[0] * counts[1]),
  };
}

/** Hedges (1981): g = J·d with J ≈ 1 − 3/(4·df − 1); its variance after Hedges and Olkin (1985). */
function hedges(
  difference: number,
  [a, b]: readonly [number, number],
  [m, n]: readonly [number, number],
): { readonly g: number; readonly deviation: number } {
  const pooled = Math.sqrt(((m - 1) * a + (n - 1) * b) / (m + n - 2));
  const g = (1 - 3 / (4 * (m + n - 2) - 1)) * (difference / pooled);
  return { g, deviation: Math.sqrt((m + n) / (m * n) + g ** 2 / (2 * (m + n))) };
}

/** Pairs in which the second is larger, less those in which it is smaller. */
function dominance(first: readonly number[], second: readonly number[]): number {
  return second.reduce((sum, y) => sum + first.reduce((inner, x) => inner + Math.sign(y - x), 0), 0);
}

/** U of the second sample; exact without ties and up to 50 each, else the normal approximation with both corrections. */
function mannWhitney(first: readonly number[], second: readonly number[]): Comparison['mannWhitney'] {
  const [m, n] = [first.length, second.length];
  const u = (dominance(first, second) + m * n) / 2;
  const sizes = tieSizes([...first, ...second]);
  if (sizes.every((size) => size === 1) && Math.max(m, n) <= mostExact) {
    const extreme = Math.min(u, m * n - u);
    return { u, p: Math.min(1, 2 * shareUpTo(extreme, m, n)), exact: true };
  }
  const total = m + n;
  const ties = sizes.reduce((sum, size) => sum + size ** 3 - size, 0);
  const deviation = Math.sqrt(((m * n) / 12) * (total + 1 - ties / (total * (total - 1))));
  if (deviation === 0) return { u, p: 1, exact: false };
  const z = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5) / deviation;
  return { u, p: Math.min(1, 2 * jstat.normal.cdf(-z, 0, 1)), exact: false };
}

function tieSizes(values: readonly number[]): number[] {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()];
}

/** Share of the arrangements of m and n values whose U is at most `limit`: counts by the recurrence of Mann and Whitney (1947). */
function shareUpTo(limit: number, m: number, n: number): number {
  // shares[j][u]: of arrangements of i firsts and j seconds; the largest value is a second with chance j / (i + j).
  let shares = Array.from({ length: n + 1 }, () => [1]);
  for (let i = 1; i <= m; i++) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= n; j++) {
      const withSecond = next[j - 1] ?? [];
      const withFirst = shares[j] ?? [];
      next.push(
        Array.from(
          { length: i * j + 1 },
          (_, u) => (j / (i + j)) * (u >= i ? (withSecond[u - i] ?? 0) : 0) + (i / (i + j)) * (withFirst[u] ?? 0),
        ),
      );
    }
    shares = next;
  }
  return (shares[n] ?? []).slice(0, Math.floor(limit) + 1).reduce((sum, share) => sum + share, 0);
}
