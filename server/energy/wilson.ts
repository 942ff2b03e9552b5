// Wilson's 95 % interval of a share, for pass rates. Pure; knows only numbers.

/** Shares from 0 to 1. */
export interface ShareInterval {
  readonly low: number;
  readonly high: number;
  readonly halfWidth: number;
}

/** Standard normal, 97.5 %. */
const z = 1.96;

/** @param of 0: nothing is known, 0 to 1. E. B. Wilson, Probable inference, JASA 22 (1927). */
export function wilsonInterval(hits: number, of: number): ShareInterval {
  if (of === 0) return { low: 0, high: 1, halfWidth: 0.5 };
  const share = hits / of;
  const scale = 1 + (z * z) / of;
  const middle = (share + (z * z) / (2 * of)) / scale;
  const halfWidth = (z / scale) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return { low: Math.max(0, middle - halfWidth), high: Math.min(1, middle + halfWidth), halfWidth };
}
