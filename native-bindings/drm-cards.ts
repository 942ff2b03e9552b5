// Graphics cards as sysfs lists them: address, maker, whether they sleep, and where their sensors are.
// Opens no counter and touches no hardware: every file read here is the kernel's own memory.

import type { Unreadable } from './energy-source.ts';
import { errorCode, listNames, readText } from './small-files.ts';

export interface DrmCard {
  /** PCI address such as `0000:03:00.0`, or `card0` where there is none. */
  readonly address: string;
  /** `/sys/class/drm/card0/device` */
  readonly path: string;
  /** PCI device id such as `0x740c`. */
  readonly deviceId: string;
  readonly label: string;
  /** The folder of the driver's own sensors; undefined when it has none. */
  readonly hwmon: string | undefined;
  /** Names in that folder. */
  readonly sensors: readonly string[];
}

/**
 * Display and compute cards of one PCI vendor, by `/sys/class/drm/cardN` (connectors and render nodes are other names for them).
 * @param hwmonNames what the driver calls its sensors: `amdgpu`, `i915`, `xe`.
 */
export function findCards(sysRoot: string, vendorId: string, hwmonNames: readonly string[]): readonly DrmCard[] {
  const base = `${sysRoot}/class/drm`;
  return listNames(base)
    .filter((name) => /^card\d+$/.test(name))
    .map((name) => ({ name, path: `${base}/${name}/device` }))
    .filter(({ path }) => readText(`${path}/vendor`) === vendorId)
    .map(({ name, path }) => {
      const address = /^PCI_SLOT_NAME=(.+)$/m.exec(readText(`${path}/uevent`) ?? '')?.[1] ?? name;
      const deviceId = readText(`${path}/device`) ?? '';
      const maker = vendorId === '0x1002' ? 'AMD' : 'Intel';
      const hwmon = listNames(`${path}/hwmon`)
        .map((folder) => `${path}/hwmon/${folder}`)
        .find((folder) => hwmonNames.includes(readText(`${folder}/name`) ?? ''));
      const label = readText(`${path}/product_name`) || `${maker} GPU ${deviceId || address}`;
      return { address, path, deviceId, label, hwmon, sensors: hwmon === undefined ? [] : listNames(hwmon) };
    });
}

/** Run-time power management has put it to sleep: reading its sensors would wake it. */
export function isAsleep(card: DrmCard): boolean {
  return readText(`${card.path}/power/runtime_status`) === 'suspended';
}

export function asleepCard(sourceId: string, card: DrmCard): Unreadable {
  return { sourceId, reason: 'asleep', why: `${card.label} sleeps, and reading its counter would wake it` };
}

/** Why a sensor file of a card gave nothing. */
export function whyNoSensor(sourceId: string, label: string, error: unknown): Unreadable {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM')
    return { sourceId, reason: 'no-permission', why: `the sensors of ${label} may not be read by this user` };
  if (code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO')
    return { sourceId, reason: 'gone', why: `the sensors of ${label} have disappeared` };
  if (code === 'EINVAL' || code === 'EISDIR')
    return { sourceId, reason: 'garbage', why: `the sensors of ${label} are not files` };
  return { sourceId, reason: 'failed', why: `${label} could not be read: ${code || String(error)}` };
}
