// The binary table that amdgpu shows as `gpu_metrics`. Pure layout: which version has an energy counter, and where.

export interface GpuMetrics {
  /** Versions 2 and 3 are of processors with graphics inside (APUs); 1 of cards. */
  readonly isIntegrated: boolean;
  /** In units of 2^-16 J since the driver was loaded; undefined when this version or this card has none. */
  readonly energy: bigint | undefined;
}

/**
 * Offsets of the 64-bit `energy_accumulator` by content revision of format 1, after `struct gpu_metrics_v1_N` in
 * drivers/gpu/drm/amd/include/kgd_pp_interface.h (4 video engines, 32 JPEG engines). Version 1.0 has 32 unaligned bits and is
 * left to the power sensor; so is 1.9, which has no fixed layout.
 */
const energyOffsets: Readonly<Record<number, number>> = { 1: 24, 2: 24, 3: 24, 4: 24, 5: 88, 6: 16, 7: 24, 8: 24 };

/** What the driver writes into fields that the firmware does not fill. */
const unfilled = 0xffff_ffff_ffff_ffffn;

/** One count is 2^-16 J (15.259 µJ). */
export const microjoulesPerCount = { numerator: 1_000_000n, denominator: 1n << 16n } as const;

/** @returns undefined when this is no such table. */
export function parseGpuMetrics(table: Buffer): GpuMetrics | undefined {
  if (table.length < 4) return undefined;
  const [size, format, content] = [table.readUInt16LE(0), table.readUInt8(2), table.readUInt8(3)];
  if (size > table.length || format < 1 || format > 3) return undefined;
  if (format !== 1) return { isIntegrated: true, energy: undefined };
  const offset = energyOffsets[content];
  if (offset === undefined || offset + 8 > size) return { isIntegrated: false, energy: undefined };
  const energy = table.readBigUInt64LE(offset);
  return { isIntegrated: false, energy: energy === unfilled ? undefined : energy };
}
