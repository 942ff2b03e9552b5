// What the kernel says about the processor: maker, family, model, whether it is virtual, which CPU sits in which package.
// Reads /proc/cpuinfo and /sys topology only.

import { listNames, parseInteger, readText } from './small-files.ts';

export interface Processor {
  readonly maker: 'intel' | 'amd' | 'other';
  readonly family: number;
  readonly model: number;
  /** The `hypervisor` CPU flag: set for guests of every common hypervisor, WSL 2 included. */
  readonly isVirtual: boolean;
}

/** Hygon's processors are AMD Zen in every respect that matters here. */
export function readProcessor(procRoot: string): Processor {
  const text = readText(`${procRoot}/cpuinfo`) ?? '';
  const field = (name: string): string => new RegExp(`^${name}\\s*:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  const vendor = field('vendor_id');
  return {
    maker: vendor === 'GenuineIntel' ? 'intel' : /^(AuthenticAMD|HygonGenuine)$/.test(vendor) ? 'amd' : 'other',
    family: Number.parseInt(field('cpu family'), 10) || 0,
    model: Number.parseInt(field('model'), 10) || 0,
    isVirtual: /\bhypervisor\b/.test(field('flags')),
  };
}

/**
 * CPU numbers by the thing that has one energy counter: a package, and on Intel each die of it (Cascade Lake-AP and later
 * count dies apart; AMD mirrors one socket counter on every die).
 * @returns keys like `0` or `0-die-1`, in order, each with its online CPUs.
 */
export function cpusByPackage(sysRoot: string, processor: Processor): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  const base = `${sysRoot}/devices/system/cpu`;
  const cpus = listNames(base)
    .map((name) => /^cpu(\d+)$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const dies = new Map<string, Set<string>>();
  const found = cpus.flatMap((cpu) => {
    const socket = readText(`${base}/cpu${cpu}/topology/physical_package_id`);
    if (parseInteger(socket) === undefined || socket === undefined) return [];
    const die = readText(`${base}/cpu${cpu}/topology/die_id`) ?? '0';
    dies.set(socket, (dies.get(socket) ?? new Set()).add(die));
    return [{ cpu, socket, die }];
  });
  for (const { cpu, socket, die } of found) {
    const counted = processor.maker === 'intel' && (dies.get(socket)?.size ?? 1) > 1;
    const key = counted ? `${socket}-die-${die}` : socket;
    groups.set(key, [...(groups.get(key) ?? []), cpu]);
  }
  return groups;
}
