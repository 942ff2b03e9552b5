// Graphics cards and batteries as sysfs shows them, in a machine of folders.

import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CounterRoots } from '../../native-bindings/energy-source.ts';
import { putFile } from './powercap-tree.ts';

export interface CardSpec {
  readonly vendor: 'amd' | 'intel';
  /** Default 0: `card0` at 0000:00:02.0, `card1` at 0000:01:02.0 and so on. */
  readonly number?: number;
  readonly deviceId?: string;
  readonly status?: string;
  /** `amdgpu`, `i915`, `xe`; absent: the driver has no sensors. */
  readonly hwmon?: string;
  /** Files of the hwmon folder. */
  readonly sensors?: Readonly<Record<string, string | bigint>>;
  readonly metrics?: Buffer;
}

export interface DrmCardTree {
  sensor(name: string, value: string | bigint): void;
  metrics(table: Buffer): void;
  status(status: string): void;
  readonly path: string;
}

export function addCard(roots: CounterRoots, spec: CardSpec): DrmCardTree {
  const number = spec.number ?? 0;
  const path = join(roots.sys, `class/drm/card${number}/device`);
  putFile(join(path, 'vendor'), `${spec.vendor === 'amd' ? '0x1002' : '0x8086'}\n`);
  putFile(join(path, 'device'), `${spec.deviceId ?? '0x1234'}\n`);
  putFile(join(path, 'uevent'), `DRIVER=x\nPCI_SLOT_NAME=0000:0${number}:02.0\n`);
  // The connector and the render node of the same card.
  mkdirSync(join(roots.sys, `class/drm/card${number}-DP-1`), { recursive: true });
  mkdirSync(join(roots.sys, `class/drm/renderD${128 + number}`), { recursive: true });
  const tree: DrmCardTree = {
    path,
    sensor: (name, value) => replace(join(path, 'hwmon/hwmon3', name), `${value}\n`),
    metrics: (table) => replace(join(path, 'gpu_metrics'), table),
    status: (status) => putFile(join(path, 'power/runtime_status'), `${status}\n`),
  };
  tree.status(spec.status ?? 'active');
  if (spec.hwmon !== undefined) putFile(join(path, 'hwmon/hwmon3/name'), `${spec.hwmon}\n`);
  for (const [name, value] of Object.entries(spec.sensors ?? {})) tree.sensor(name, value);
  if (spec.metrics !== undefined) tree.metrics(spec.metrics);
  return tree;
}

/** Puts the whole content in place at once, as the kernel answers. */
function replace(path: string, content: string | Buffer): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(`${path}.new`, content);
  renameSync(`${path}.new`, path);
}

/** A `gpu_metrics` table: header, and the energy where that version keeps it. */
export function gpuMetrics(
  version: { readonly format: number; readonly content: number; readonly size: number },
  energy?: { readonly offset: number; readonly counts: bigint },
): Buffer {
  const table = Buffer.alloc(version.size, 0xff);
  table.writeUInt16LE(version.size, 0);
  table.writeUInt8(version.format, 2);
  table.writeUInt8(version.content, 3);
  if (energy !== undefined) table.writeBigUInt64LE(energy.counts, energy.offset);
  return table;
}

/** Files of one folder of `/sys/class/power_supply`. */
export function setSupply(roots: CounterRoots, name: string, files: Readonly<Record<string, string | number>>): void {
  for (const [file, value] of Object.entries(files))
    putFile(join(roots.sys, 'class/power_supply', name, file), `${value}\n`);
}
