// Which model-specific registers hold energy, and what one count of each is worth. Pure tables and arithmetic.

import type { Processor } from './processor.ts';

export interface EnergyRegister {
  readonly domain: 'package' | 'dram';
  readonly register: number;
  /** One count is `numerator / denominator` microjoules. */
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Intel SDM 4, tables 2-x: MSR_RAPL_POWER_UNIT. AMD PPR for family 17h: Core::X86::Msr::RAPL_PWR_UNIT. */
export function unitRegister(processor: Processor): number | undefined {
  if (processor.maker === 'intel' && processor.family === 6) return 0x606;
  if (processor.maker === 'amd' && processor.family >= 0x17) return 0xc001_0299;
  return undefined;
}

/**
 * The registers that a total needs, with their units. AMD has no DRAM register; the per-core one is no socket figure.
 * @param unitValue content of `unitRegister`: bits 12:8 are ESU, one count is 2^-ESU J.
 */
export function energyRegisters(processor: Processor, unitValue: bigint): readonly EnergyRegister[] {
  const esu = (unitValue >> 8n) & 0x1fn;
  const unit = countsByMicrojoule.has(processor.model)
    ? { numerator: 1n << esu, denominator: 1n }
    : { numerator: 1_000_000n, denominator: 1n << esu };
  if (processor.maker === 'amd') return [{ domain: 'package', register: 0xc001_029b, ...unit }];
  const dramUnit = fixedDramUnit.has(processor.model) ? { numerator: 153n, denominator: 10n } : unit;
  return [
    { domain: 'package', register: 0x611, ...unit },
    { domain: 'dram', register: 0x619, ...dramUnit },
  ];
}

/** Silvermont, Merrifield, Airmont, Moorefield count 2^ESU µJ (`rapl_check_unit_atom` in drivers/powercap/intel_rapl_common.c). */
const countsByMicrojoule: ReadonlySet<number> = new Set([0x37, 0x4a, 0x4c, 0x5a]);

/**
 * DRAM counts 15.3 µJ whatever the unit register says: Haswell-X, Broadwell-X and -D, Skylake-X, Ice Lake-X and -D, Knights
 * Landing and Mill (`rapl_defaults_hsw_server` there). Sapphire Rapids and later use the unit register.
 */
const fixedDramUnit: ReadonlySet<number> = new Set([0x3f, 0x4f, 0x56, 0x55, 0x6a, 0x6c, 0x57, 0x85]);
