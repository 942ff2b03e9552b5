// Adds power × time between our own reads where hardware has no energy counter. Pure arithmetic on milliwatts.

import type { EnergyReading } from './energy-source.ts';

/** Past this gap nobody knows what the power did in between: a new epoch instead of a guess. */
const longestGapNanoseconds = 5_000_000_000n;

type Sum = Required<Pick<EnergyReading, 'microjoules' | 'epoch' | 'plusMinusMicrojoules'>> &
  Pick<EnergyReading, 'epochBegan'>;

/**
 * Trapezoids between reads. The step's own error is half the rectangle between its two powers: the change may have come right
 * after the first look or right before the second.
 * @returns a function from power and monotonic time to the energy so far.
 */
export function createPowerIntegrator(): (milliwatts: bigint, atNanoseconds: bigint) => Sum {
  let last: { milliwatts: bigint; atNanoseconds: bigint } | undefined;
  let picojoules = 0n;
  let plusMinusPicojoules = 0n;
  let epoch = 0;
  let epochBegan: EnergyReading['epochBegan'];
  return (milliwatts, atNanoseconds) => {
    if (last !== undefined) {
      const gap = atNanoseconds - last.atNanoseconds;
      if (gap > longestGapNanoseconds) {
        epoch += 1;
        epochBegan = {
          reason: 'reset',
          why: `the power was not read for ${gap / 1_000_000_000n} s, so the energy in between is not known`,
        };
      } else if (gap > 0n) {
        const change = milliwatts - last.milliwatts;
        // mW × ns = pJ.
        picojoules += ((milliwatts + last.milliwatts) * gap) / 2n;
        plusMinusPicojoules += ((change < 0n ? -change : change) * gap) / 2n;
      }
    }
    last = { milliwatts, atNanoseconds };
    return {
      microjoules: picojoules / 1_000_000n,
      plusMinusMicrojoules: plusMinusPicojoules / 1_000_000n,
      epoch,
      ...(epochBegan === undefined ? {} : { epochBegan }),
    };
  };
}
