// An energy counter that has to earn its trust: until it has agreed with the power sensor for half a second, the power counts.
// Pure arithmetic; no file, no clock.

import { createGrowingCounter, type Growth } from './growing-counter.ts';
import { createPowerIntegrator } from './power-integrator.ts';

/** Some AMD cards count in a wrong unit or not at all (amdsmi issue 38, rocm_smi_lib issue 180); Zeus checks the same way. */
const checkNanoseconds = 500_000_000n;
const plausible = { atLeast: 0.1, atMost: 10 } as const;

export type CheckedGrowth = Growth & { readonly plusMinusMicrojoules: bigint };

export interface CheckedCounter {
  /** `checking`: power is integrated; `trusted`: the counter alone, without a jump; `refused`: power for good. */
  readonly state: 'checking' | 'trusted' | 'refused';
  /** @param milliwatts may be left out once the counter is trusted. */
  step(raw: bigint, milliwatts: bigint | undefined, atNanoseconds: bigint): CheckedGrowth;
}

export function createCheckedCounter(shape: {
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly capWatts: number;
  readonly updateSeconds: number;
}): CheckedCounter {
  const grow = createGrowingCounter(shape);
  const integrate = createPowerIntegrator();
  let state: CheckedCounter['state'] = 'checking';
  let power: CheckedGrowth = { microjoules: 0n, epoch: 0, plusMinusMicrojoules: 0n };
  let checkedFrom: { readonly counter: Growth; readonly power: CheckedGrowth; readonly at: bigint } | undefined;
  /** What had flowed by the power sensor and not by the counter when the counter took over. */
  let base = { microjoules: 0n, epoch: 0 };

  const check = (counter: Growth, at: bigint): void => {
    const isNew = checkedFrom === undefined || checkedFrom.power.epoch !== power.epoch;
    if (isNew || checkedFrom?.counter.epoch !== counter.epoch) checkedFrom = { counter, power, at };
    if (checkedFrom === undefined || at - checkedFrom.at < checkNanoseconds) return;
    const counted = Number(counter.microjoules - checkedFrom.counter.microjoules);
    const ratio = counted / Number(power.microjoules - checkedFrom.power.microjoules);
    state = ratio >= plausible.atLeast && ratio <= plausible.atMost ? 'trusted' : 'refused';
    base = { microjoules: power.microjoules - counter.microjoules, epoch: power.epoch - counter.epoch };
  };

  return {
    get state() {
      return state;
    },
    step(raw, milliwatts, at) {
      const counter = grow(raw, at);
      if (state !== 'trusted') {
        power = integrate(milliwatts ?? 0n, at);
        if (state === 'checking') check(counter, at);
        return power;
      }
      return {
        microjoules: base.microjoules + counter.microjoules,
        epoch: base.epoch + counter.epoch,
        plusMinusMicrojoules: power.plusMinusMicrojoules,
        ...(counter.epochBegan === undefined ? {} : { epochBegan: counter.epochBegan }),
      };
    },
  };
}
