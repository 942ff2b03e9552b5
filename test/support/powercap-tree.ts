// Powercap trees in a temporary folder, shaped as the kernel shapes them: zones with name, energy_uj, range and limits.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CounterRoots } from '../../native-bindings/energy-source.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export interface ZoneSpec {
  readonly folder: string;
  readonly name: string;
  readonly microjoules: bigint | string;
  /** Default: ESU 14, 262143328850. */
  readonly range?: bigint;
  readonly maxPowerMicrowatts?: number;
  /** Nobody but root may read `energy_uj`; see `asOrdinaryUser`. */
  readonly denied?: boolean;
}

export interface PowercapTree {
  readonly roots: CounterRoots;
  set(folder: string, microjoules: bigint | string): void;
  path(folder: string): string;
}

export interface MachineSpec {
  readonly zones?: readonly ZoneSpec[];
  /** Default: Intel, family 6, model 158, not virtual. */
  readonly cpuinfo?: string;
  readonly nvmlLibraries?: readonly string[];
}

export function cpuinfo(options: { vendor?: string; family?: number; model?: number; flags?: string } = {}): string {
  const { vendor = 'GenuineIntel', family = 6, model = 158, flags = 'fpu vme' } = options;
  return `processor\t: 0\nvendor_id\t: ${vendor}\ncpu family\t: ${family}\nmodel\t\t: ${model}\nmodel name\t: Test\nflags\t\t: ${flags}\n`;
}

/** A machine of folders: nothing of the real one shows through. */
export function makeMachine(spec: MachineSpec = {}): PowercapTree {
  const root = makeTemporaryFolder('joule-machine-');
  chmodSync(root, 0o755);
  const roots: CounterRoots = {
    powercap: join(root, 'sys/class/powercap'),
    msr: join(root, 'dev/cpu'),
    proc: join(root, 'proc'),
    sys: join(root, 'sys'),
    nvmlLibraries: spec.nvmlLibraries ?? [],
  };
  mkdirSync(roots.proc, { recursive: true });
  mkdirSync(roots.sys, { recursive: true });
  writeFileSync(join(roots.proc, 'cpuinfo'), spec.cpuinfo ?? cpuinfo());
  const path = (folder: string): string => join(roots.powercap, folder);
  for (const zone of spec.zones ?? []) {
    mkdirSync(path(zone.folder), { recursive: true });
    writeFileSync(join(path(zone.folder), 'name'), `${zone.name}\n`);
    writeFileSync(join(path(zone.folder), 'energy_uj'), `${zone.microjoules}\n`);
    writeFileSync(join(path(zone.folder), 'max_energy_range_uj'), `${zone.range ?? 262_143_328_850n}\n`);
    if (zone.maxPowerMicrowatts !== undefined)
      writeFileSync(join(path(zone.folder), 'constraint_0_max_power_uw'), `${zone.maxPowerMicrowatts}\n`);
    if (zone.denied) chmodSync(join(path(zone.folder), 'energy_uj'), 0o000);
  }
  return {
    roots,
    path,
    set: (folder, microjoules) => writeFileSync(join(path(folder), 'energy_uj'), `${microjoules}\n`),
  };
}

/** Root ignores file modes, so a test run by root becomes nobody for a moment. */
export async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

/** Puts a file, with its folders, into such a machine. */
export function putFile(path: string, content: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, content);
}
