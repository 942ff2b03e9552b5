// Run-time power management of NVIDIA cards, as sysfs tells it without touching the card.
// Asking NVML instead would wake a sleeping laptop GPU (5–7 W as long as a handle is open).

import { listNames, readText } from './small-files.ts';

export interface NvidiaPower {
  readonly present: boolean;
  /** There is a list of PCI devices at all (not so in WSL). */
  readonly listed: boolean;
  /** At least one card sleeps now (D3cold): `nvmlInit` would wake it. */
  readonly asleep: boolean;
  /** At least one card may go to sleep by itself, so an open handle would keep it awake. */
  readonly maySleep: boolean;
}

/** Looks at display and 3D controllers (class 0x03) of vendor 0x10de. Costs no register access. */
export function readNvidiaPower(sysRoot: string): NvidiaPower {
  const base = `${sysRoot}/bus/pci/devices`;
  const devices = listNames(base);
  const cards = devices
    .map((name) => `${base}/${name}`)
    .filter((path) => readText(`${path}/vendor`) === '0x10de' && readText(`${path}/class`)?.startsWith('0x03'));
  return {
    present: cards.length > 0,
    listed: devices.length > 0,
    asleep: cards.some((path) => readText(`${path}/power/runtime_status`) === 'suspended'),
    maySleep: cards.some((path) => readText(`${path}/power/control`) === 'auto'),
  };
}
