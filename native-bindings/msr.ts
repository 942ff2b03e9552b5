// Energy counters of the processor straight from its registers: the fallback for root where powercap gives nothing.
// Knows device files and packages; units are msr-units.ts.

import { type CounterFile, openCounterFile, timedRead } from './counter-file.ts';
import type { CounterRoots, Domain, EnergySource, OpenedSources, SourceOpener, Unreadable } from './energy-source.ts';
import { createGrowingCounter } from './growing-counter.ts';
import { type EnergyRegister, energyRegisters, unitRegister } from './msr-units.ts';
import { cpusByPackage, readProcessor } from './processor.ts';
import { errorCode } from './small-files.ts';

/**
 * Opens only domains that nothing else gave. One CPU per package reads, re-picked when it goes offline.
 * The device needs root and CAP_SYS_RAWIO; giving that to `node` would give it to every script, so it is never advised.
 */
export const msr: SourceOpener = {
  kind: 'msr',
  open: async (roots, nowNanoseconds, alreadyOpen) => openRegisters(roots, nowNanoseconds, alreadyOpen ?? new Set()),
};

function openRegisters(
  roots: CounterRoots,
  nowNanoseconds: () => bigint,
  alreadyOpen: ReadonlySet<Domain>,
): OpenedSources {
  // Where powercap gives packages, it has registered every domain of this processor whose register counts.
  if (alreadyOpen.has('package')) return { sources: [], missing: [] };
  const processor = readProcessor(roots.proc);
  const register = unitRegister(processor);
  if (register === undefined) {
    return {
      sources: [],
      missing: [{ sourceId: 'msr', reason: 'absent', why: 'this processor has no energy registers' }],
    };
  }
  const sources: EnergySource[] = [];
  const missing: Unreadable[] = [];
  for (const [name, cpus] of cpusByPackage(roots.sys, processor)) {
    try {
      const reader = openReader(roots.msr, cpus);
      const units = reader.read(register);
      for (const energy of energyRegisters(processor, units)) {
        if (alreadyOpen.has(energy.domain)) continue;
        const suffix = energy.domain === 'package' ? '' : `-${energy.domain}`;
        if (units === 0n || !counts(reader, energy.register)) continue;
        sources.push(createSource(`msr:package-${name}${suffix}`, energy, { reader, nowNanoseconds }));
      }
    } catch (error) {
      missing.push(whyUnreadable('msr', error, processor.isVirtual));
      break;
    }
  }
  if (sources.length === 0 && missing.length === 0) missing.push(whyUnreadable('msr', undefined, processor.isVirtual));
  return { sources, missing };
}

/** Like the kernel: a register that reads zero, or not at all, is not there. */
function counts(reader: RegisterReader, register: number): boolean {
  try {
    return (reader.read(register) & 0xffff_ffffn) !== 0n;
  } catch {
    return false;
  }
}

interface RegisterReader {
  read(register: number): bigint;
  close(): void;
}

/** Reads through the first CPU of the package that answers. Throws the last error when none does. */
function openReader(root: string, cpus: readonly number[]): RegisterReader {
  const buffer = Buffer.alloc(8);
  let file: CounterFile | undefined;
  const readThrough = (candidate: CounterFile, register: number): bigint => {
    if (candidate.read(buffer, register) < 8) throw Object.assign(new Error('short read'), { code: 'EIO' });
    return buffer.readBigUInt64LE();
  };
  return {
    read(register) {
      let failure: unknown = Object.assign(new Error('no CPU of this package is online'), { code: 'ENOENT' });
      if (file !== undefined) {
        try {
          return readThrough(file, register);
        } catch (error) {
          failure = error;
          file.close();
          file = undefined;
        }
      }
      for (const cpu of cpus) {
        let candidate: CounterFile | undefined;
        try {
          candidate = openCounterFile(`${root}/${cpu}/msr`, 'device');
          const value = readThrough(candidate, register);
          file = candidate;
          return value;
        } catch (error) {
          failure = error;
          candidate?.close();
        }
      }
      throw failure;
    },
    close() {
      file?.close();
      file = undefined;
    },
  };
}

function createSource(
  sourceId: string,
  energy: EnergyRegister,
  { reader, nowNanoseconds }: { reader: RegisterReader; nowNanoseconds: () => bigint },
): EnergySource {
  const { numerator, denominator } = energy;
  const grow = createGrowingCounter({
    numerator,
    denominator,
    // Only the low 32 bits count (Intel SDM 3B, 16.10.3).
    modulus: 1n << 32n,
    capWatts: 1000,
    updateSeconds: 0.001,
  });
  return {
    id: sourceId,
    domain: energy.domain,
    method: 'counter',
    label: sourceId.slice('msr:'.length).replaceAll('-', ' '),
    resolution: { microjoules: Number(numerator) / Number(denominator), updateSeconds: 0.001 },
    details: { register: `0x${energy.register.toString(16)}` },
    async read() {
      try {
        const { value, ...when } = timedRead(nowNanoseconds, () => reader.read(energy.register) & 0xffff_ffffn);
        return { sourceId, ...grow(value, when.atNanoseconds), ...when };
      } catch (error) {
        const failure = whyUnreadable(sourceId, error, false);
        return failure.reason === 'absent'
          ? { sourceId, reason: 'gone', why: 'the register device has disappeared' }
          : failure;
      }
    },
    close: () => reader.close(),
  };
}

function whyUnreadable(sourceId: string, error: unknown, isVirtual: boolean): Unreadable {
  const code = errorCode(error);
  if (code === 'EACCES') return { sourceId, reason: 'no-permission', why: 'energy registers may only be read by root' };
  // Root of a container commonly lacks the capability. (Kernel lockdown blocks writing registers, not reading them.)
  if (code === 'EPERM')
    return { sourceId, reason: 'no-permission', why: 'reading energy registers needs the capability CAP_SYS_RAWIO' };
  if (isVirtual) {
    return {
      sourceId,
      reason: 'virtual-machine',
      why: 'this is a virtual machine and its host passes no energy registers on',
      mend: 'run the engine and joule-ls on the physical machine',
    };
  }
  if (code === 'ENOENT')
    return { sourceId, reason: 'absent', why: 'the msr devices are not there', mend: 'sudo modprobe msr' };
  return { sourceId, reason: 'failed', why: `the energy registers could not be read${code && `: ${code}`}` };
}
