// Finds the energy zones of a powercap tree by their names and removes the ones that count something twice.
// Reads names only; opens no counter.

import type { Domain } from './energy-source.ts';
import type { Processor } from './processor.ts';
import { listNames, readText } from './small-files.ts';

export interface Zone {
  /** `package-0`, `package-1-dram`, `psys` */
  readonly name: string;
  readonly domain: Domain;
  readonly path: string;
}

/** `seen`: zone folders were listed, readable or not (a container's mask leaves names that lead nowhere). */
export interface ZoneList {
  readonly zones: readonly Zone[];
  readonly seen: number;
}

interface RawZone {
  /** `intel-rapl:0:1`; the numbers are hexadecimal and mean nothing but "child of". */
  readonly folder: string;
  readonly path: string;
  readonly name: string;
}

const zoneFolder = /^intel-rapl(-mmio|-tpmi)?(:[0-9a-f]+)+$/;
const controlFolder = /^intel-rapl(-mmio|-tpmi)?$/;

/**
 * Walks by `name`, never by index: zone numbers are neither socket numbers nor stable.
 * Dropped as duplicates: memory-mapped zones (`intel-rapl-mmio`) of what the register driver gives too; on AMD every die but
 * the first of a package (all mirror the socket's counter) and `core` (one core's counter, not the socket's).
 * @param root `/sys/class/powercap` (flat) or a mounted copy of the device tree (nested).
 */
export function findZones(root: string, processor: Processor): ZoneList {
  const folders = new Map<string, string>();
  collect(root, 0, folders);
  const raw: RawZone[] = [];
  for (const [folder, path] of [...folders].sort(([a], [b]) => order(a) - order(b) || (a < b ? -1 : 1))) {
    const name = readText(`${path}/name`);
    if (name !== undefined) raw.push({ folder, path, name });
  }
  const zones = new Map<string, Zone>();
  for (const zone of raw) {
    const named = nameZone(zone, raw, processor);
    if (named !== undefined && !zones.has(named.name)) zones.set(named.name, named);
  }
  return { zones: [...zones.values()], seen: folders.size };
}

function order(folder: string): number {
  return folder.startsWith('intel-rapl-mmio') ? 1 : 0;
}

function collect(path: string, depth: number, into: Map<string, string>): void {
  for (const entry of listNames(path)) {
    const isZone = zoneFolder.test(entry);
    if (!isZone && !controlFolder.test(entry)) continue;
    if (isZone && !into.has(entry)) into.set(entry, `${path}/${entry}`);
    if (depth < 3) collect(`${path}/${entry}`, depth + 1, into);
  }
}

function nameZone(zone: RawZone, all: readonly RawZone[], processor: Processor): Zone | undefined {
  const top = packageName(zone.name, processor);
  if (top !== undefined) return { name: top, domain: 'package', path: zone.path };
  if (zone.name === 'psys') return { name: 'psys', domain: 'psys', path: zone.path };
  const domain = (['dram', 'core', 'uncore'] as const).find((known) => known === zone.name);
  if (domain === undefined || (domain === 'core' && processor.maker === 'amd')) return undefined;
  const parentFolder = zone.folder.slice(0, zone.folder.lastIndexOf(':'));
  const parent = all.find((other) => other.folder === parentFolder);
  const parentName = parent === undefined ? undefined : packageName(parent.name, processor);
  return parentName === undefined ? undefined : { name: `${parentName}-${domain}`, domain, path: zone.path };
}

/** Mirrored dies get one name, so that only the first stays. */
function packageName(name: string, processor: Processor): string | undefined {
  const match = /^(package-\d+)(-die-\d+)?$/.exec(name);
  if (match === null) return undefined;
  return processor.maker === 'amd' ? match[1] : name;
}
