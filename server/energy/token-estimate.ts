// What a call probably took where nothing can be read: weights moved times a published price, by the class of the device. Always
// called an estimate, with error bars as wide as the published figures are apart. Knows numbers only.

import { type CallEnergy, isKnown, type KnownJoules } from './joules.ts';
import type { CallFacts, EnergyMeter, MeteredCall } from './port.ts';

/** Devices whose prices differ by more than models' do. `unknown`: nobody has said. */
export const deviceClasses = ['datacentre-gpu', 'desktop-gpu', 'laptop-gpu', 'apple', 'processor', 'unknown'] as const;
export type DeviceClass = (typeof deviceClasses)[number];

interface Price {
  /** κ: joules for each gigabyte of weights that a written token reads, at batch 1. */
  readonly kappa: number;
  /** ρ: prompt tokens that cost as much as one written token. */
  readonly rho: number;
  /** The published figures lie within this factor of the middle, either way. */
  readonly factor: number;
}

/**
 * GPU or package alone; the rest of the machine is not in it.
 * datacentre-gpu: H100 and B200, ML.ENERGY v3, 0.19–0.23 at small batches.
 * desktop-gpu: RTX 5090 and 4090D FP16 7B 0.37–0.41, RTX 3080 0.41–0.58, RTX 4060 Ti 0.53, GTX 1080 1.25 (llm-energy-bench).
 * laptop-gpu: RTX 5060 laptop 0.33 (llm-energy-bench), RTX 3080 Ti laptop 0.26 and 0.58 (SEEDS S1).
 * apple: M1 Pro 0.20–0.42, M2 0.11 (cain-2025, llama3.1:8b, a thousand words as 1 333 tokens).
 * processor: 1.4 at the wall (llama3.1:8b, 65 W at 9.5 tokens/s, github.com/magnuscruz/llm-energy-tests), "above 1" elsewhere.
 * ρ: prefill 20–60 times as fast as decoding on the GPUs of llm-energy-bench at about the same power, a few times on processors.
 */
const prices: Readonly<Record<DeviceClass, Price>> = {
  'datacentre-gpu': { kappa: 0.21, rho: 35, factor: 2 },
  'desktop-gpu': { kappa: 0.65, rho: 20, factor: 2.5 },
  'laptop-gpu': { kappa: 0.38, rho: 30, factor: 2 },
  apple: { kappa: 0.22, rho: 20, factor: 2.5 },
  processor: { kappa: 1.5, rho: 8, factor: 2.5 },
  unknown: { kappa: 0.55, rho: 20, factor: 5 },
};

/**
 * E = κ·GB·out + κ·GB·in ÷ ρ (DESIGN 7), as the middle of the interval that the class's figures span. Loading and idle power are
 * not in it. @returns undefined when the engine does not say how large the model is, or nothing was read or written.
 */
export function estimateByTokens(facts: CallFacts, device: DeviceClass): KnownJoules | undefined {
  const { kappa, rho, factor } = prices[device];
  const uncached = Math.max(0, facts.tokensIn - facts.tokensCached);
  const middle = kappa * facts.activeGigabytes * (facts.tokensOut + uncached / rho);
  if (!(middle > 0) || !Number.isFinite(middle)) return undefined;
  const [low, high] = [middle / factor, middle * factor];
  return {
    status: 'estimated',
    joules: (low + high) / 2,
    plusMinusJoules: (high - low) / 2,
    scope: 'process',
    coverage: [],
  };
}

/**
 * The same meter, with an estimate where no counter was there at all. Where counters are and this once failed, the figure stays
 * unknown. For an engine that we can't prove to be here, only an owner who names its device gets one.
 */
export function withTokenEstimates(meter: EnergyMeter): EnergyMeter {
  return {
    ...meter,
    begin(view): MeteredCall {
      const call = meter.begin(view);
      return {
        ...call,
        async finish(facts) {
          const energy = await call.finish(facts);
          if (isKnown(energy.gross) || energy.bySource.length > 0) return energy;
          if (!view.seen && facts.device === undefined) return energy;
          return estimated(energy, facts);
        },
      };
    },
    inventory: () => meter.inventory(),
    close: () => meter.close(),
  };
}

function estimated(energy: CallEnergy, facts: CallFacts): CallEnergy {
  const device = facts.device ?? 'unknown';
  const gross = estimateByTokens(facts, device);
  if (gross === undefined || isKnown(energy.gross)) return energy;
  const how = `estimated from tokens and model size for ${device === 'unknown' ? 'a device that nobody has named' : `the class ${device}`}, loading and idle power not in it`;
  return { ...energy, gross, flags: [...energy.flags, how, `no counters: ${energy.gross.why}`] };
}
