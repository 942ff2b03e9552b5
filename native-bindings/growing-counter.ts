// Turns a raw hardware counter that wraps, resets or lies into one that only grows, in microjoules.
// Knows no file, no library: raw values and times in, readings or a new epoch out.

import type { EnergyReading, UnreadableReason } from './energy-source.ts';

export interface CounterShape {
  /** One raw unit is `numerator / denominator` microjoules, exactly. */
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** Raw values run from 0 to `modulus` − 1. Undefined: 64 bits wide, never wraps in practice, so going down means reset. */
  readonly modulus?: bigint;
  /** Without a modulus: the driver misses a lap of this many raw units when nobody reads for that long. */
  readonly hiddenLap?: bigint;
  /** The most that this hardware can draw. More than that between two reads is not believed. */
  readonly capWatts: number;
  /** A refresh may bring this much time's energy at once. */
  readonly updateSeconds: number;
}

/** What a raw value means after all raw values before it. */
export type Growth = Required<Pick<EnergyReading, 'microjoules' | 'epoch'>> & Pick<EnergyReading, 'epochBegan'>;

/**
 * The first value is only a baseline. A wrap is undone (delta + modulus) when it is the one explanation that the cap allows;
 * where a second wrap could hide in the gap, or none fits, a new epoch begins instead of a guess.
 * @returns a function from raw value and monotonic time to the growth so far.
 */
export function createGrowingCounter(shape: CounterShape): (raw: bigint, atNanoseconds: bigint) => Growth {
  let last: { raw: bigint; atNanoseconds: bigint } | undefined;
  let grown = 0n;
  let epoch = 0;
  let epochBegan: EnergyReading['epochBegan'];

  const growth = (): Growth => ({
    microjoules: (grown * shape.numerator) / shape.denominator,
    epoch,
    ...(epochBegan === undefined ? {} : { epochBegan }),
  });

  return (raw, atNanoseconds) => {
    const previous = last;
    last = { raw, atNanoseconds };
    if (previous === undefined) return growth();
    const step = classify(shape, previous, last);
    if (typeof step === 'bigint') grown += step;
    else {
      epoch += 1;
      epochBegan = step;
    }
    return growth();
  };
}

function classify(
  shape: CounterShape,
  from: { raw: bigint; atNanoseconds: bigint },
  to: { raw: bigint; atNanoseconds: bigint },
): bigint | { reason: UnreadableReason; why: string } {
  const seconds = Math.max(0, Number(to.atNanoseconds - from.atNanoseconds) / 1e9);
  const most = (seconds + 2 * shape.updateSeconds) * shape.capWatts * 1e6;
  const microjoulesOf = (raw: bigint): number => (Number(raw) * Number(shape.numerator)) / Number(shape.denominator);
  const wentDown = to.raw < from.raw;
  if (wentDown && shape.modulus === undefined) {
    return { reason: 'reset', why: 'the counter went backwards: its driver was reloaded or the card was reset' };
  }
  const delta = wentDown ? to.raw - from.raw + (shape.modulus ?? 0n) : to.raw - from.raw;
  if (delta < 0n || microjoulesOf(delta) > most) {
    return wentDown
      ? { reason: 'reset', why: 'the counter went backwards further than a wrap-around explains' }
      : { reason: 'implausible', why: `the counter jumped by more than ${shape.capWatts} W could explain` };
  }
  const lap = shape.modulus ?? shape.hiddenLap;
  if (lap !== undefined && microjoulesOf(delta + lap) <= most) {
    return {
      reason: 'implausible',
      why: `the counter was not read for ${Math.round(seconds)} s and may have wrapped around unseen`,
    };
  }
  return delta;
}
