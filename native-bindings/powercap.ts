// Energy counters of the processor through Linux's powercap tree (Intel, and AMD since Linux 5.11).
// Knows the files' units, limits and permissions; not who asks.

import { existsSync } from 'node:fs';
import { type CounterFile, openCounterFile, timedRead } from './counter-file.ts';
import type { CounterRoots, EnergySource, OpenedSources, SourceOpener, Unreadable } from './energy-source.ts';
import { createGrowingCounter } from './growing-counter.ts';
import { findZones, type Zone } from './powercap-zones.ts';
import { type Processor, readProcessor } from './processor.ts';
import { errorCode, listNames, parseInteger, readInteger } from './small-files.ts';

/** The rule is needed once and survives reboots; a chmod would not. It reopens CVE-2020-8694 for that group, so it says so. */
export const powercapMend = [
  'echo \'SUBSYSTEM=="powercap", KERNEL=="intel-rapl*", RUN+="/usr/bin/chgrp energy /sys/%p/energy_uj", RUN+="/usr/bin/chmod g+r /sys/%p/energy_uj"\' | sudo tee /etc/udev/rules.d/70-energy.rules',
  'sudo groupadd -f energy',
  'sudo usermod -aG energy "$USER"',
  'sudo udevadm control --reload-rules',
  'sudo udevadm trigger --subsystem-match=powercap',
].join(' && ');

export const powercap: SourceOpener = {
  kind: 'powercap',
  open: async (roots, nowNanoseconds) => openTree(roots, nowNanoseconds),
};

function openTree(roots: CounterRoots, nowNanoseconds: () => bigint): OpenedSources {
  const processor = readProcessor(roots.proc);
  const { zones, seen } = findZones(roots.powercap, processor);
  if (zones.length === 0) return { sources: [], missing: [whyNoTree(roots, processor, seen)] };
  const sources: EnergySource[] = [];
  const missing: Unreadable[] = [];
  for (const zone of zones) {
    const opened = openZone(zone, nowNanoseconds);
    if ('reason' in opened) missing.push(opened);
    else sources.push(opened);
  }
  return { sources, missing: onePerReason(missing) };
}

/** One denied tree is one problem, not one per zone. */
function onePerReason(missing: readonly Unreadable[]): readonly Unreadable[] {
  return missing.filter((one, index) => missing.findIndex((other) => other.reason === one.reason) === index);
}

function whyNoTree(roots: CounterRoots, processor: Processor, seen: number): Unreadable {
  const sourceId = 'rapl';
  // A mask is an empty file system over a folder that the kernel only makes when it has something to put there.
  const hidden = `${roots.sys}/devices/virtual/powercap`;
  const isMasked = seen > 0 || (existsSync(hidden) && listNames(hidden).length === 0);
  if (isMasked) {
    return {
      sourceId,
      reason: 'masked',
      why: 'the container runtime hides the powercap tree',
      mend: 'start the container with -v /sys/devices/virtual/powercap:/host-powercap:ro -e JOULE_LS_POWERCAP_ROOT=/host-powercap',
    };
  }
  if (processor.isVirtual) {
    return {
      sourceId,
      reason: 'virtual-machine',
      why: 'this is a virtual machine and its host passes no processor energy counters on',
      mend: 'run the engine and joule-ls on the physical machine',
    };
  }
  return {
    sourceId,
    reason: 'absent',
    why: `there are no energy zones under ${roots.powercap}`,
    ...(processor.maker === 'other' ? {} : { mend: 'sudo modprobe intel_rapl_msr' }),
  };
}

function openZone(zone: Zone, nowNanoseconds: () => bigint): EnergySource | Unreadable {
  const sourceId = `rapl:${zone.name}`;
  const path = `${zone.path}/energy_uj`;
  let file: CounterFile;
  try {
    file = openCounterFile(path, 'file');
  } catch (error) {
    return unreadable(sourceId, path, error);
  }
  const range = readInteger(`${zone.path}/max_energy_range_uj`);
  // The range is 0xFFFFFFFF units, so one unit more is the modulus (drivers/powercap/intel_rapl_common.c).
  const unit = range === undefined ? 0 : Number(range) / 0xffff_ffff;
  const grow = createGrowingCounter({
    numerator: 1n,
    denominator: 1n,
    ...(range === undefined || range === 0n ? {} : { modulus: range + BigInt(Math.round(unit)) }),
    capWatts: capWatts(zone),
    updateSeconds: 0.001,
  });
  const buffer = Buffer.alloc(32);
  return {
    id: sourceId,
    domain: zone.domain,
    method: 'counter',
    label: zone.name.replaceAll('-', ' '),
    // The registers refresh about once a millisecond (Intel SDM 3B, 16.10.1).
    resolution: { microjoules: Math.max(1, unit), updateSeconds: 0.001 },
    details: { path },
    async read() {
      try {
        const { value, ...when } = timedRead(nowNanoseconds, () => file.read(buffer, 0));
        const raw = parseInteger(buffer.toString('latin1', 0, value).trim());
        if (raw === undefined) return { sourceId, reason: 'garbage', why: `${path} does not hold a number` };
        return { sourceId, ...grow(raw, when.atNanoseconds), ...when };
      } catch (error) {
        const failure = unreadable(sourceId, path, error);
        return failure.reason === 'absent' ? { ...failure, reason: 'gone', why: `${path} has disappeared` } : failure;
      }
    },
    close: () => file.close(),
  };
}

function unreadable(sourceId: string, path: string, error: unknown): Unreadable {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') {
    return {
      sourceId,
      reason: 'no-permission',
      why: `${path} may only be read by root (since CVE-2020-8694; a group that may read it can observe fine-grained power)`,
      mend: powercapMend,
    };
  }
  if (code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO')
    return { sourceId, reason: 'absent', why: `${path} is not there` };
  if (code === 'EINVAL' || code === 'EISDIR')
    return { sourceId, reason: 'garbage', why: `${path} is not a counter file` };
  return { sourceId, reason: 'failed', why: `${path} could not be read: ${code || String(error)}` };
}

/**
 * What one zone can draw at most: four times its largest power limit, at least 100 W (a 15 W laptop chip bursts to 60) and at
 * most 1 kW per socket (no x86 socket draws more; firmware likes to write absurd limits).
 */
function capWatts(zone: Zone): number {
  let largest = 0;
  for (const name of listNames(zone.path)) {
    if (!/^constraint_\d+_(max_power|power_limit)_uw$/.test(name)) continue;
    largest = Math.max(largest, Number(readInteger(`${zone.path}/${name}`) ?? 0n) / 1e6);
  }
  return largest === 0 ? 1000 : Math.min(1000, Math.max(100, 4 * largest));
}
