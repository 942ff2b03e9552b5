// Register files as /dev/cpu/N/msr shows them: eight bytes at an offset that is the register's number.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CounterRoots } from '../../native-bindings/energy-source.ts';
import { putFile } from './powercap-tree.ts';

/** Adds a CPU to the machine: its place in the topology and an empty register file. */
export function addCpu(roots: CounterRoots, cpu: number, place: { socket: number; die?: number }): void {
  const topology = join(roots.sys, `devices/system/cpu/cpu${cpu}/topology`);
  putFile(join(topology, 'physical_package_id'), `${place.socket}\n`);
  putFile(join(topology, 'die_id'), `${place.die ?? 0}\n`);
  mkdirSync(join(roots.msr, String(cpu)), { recursive: true });
  closeSync(openSync(join(roots.msr, String(cpu), 'msr'), 'w'));
}

/**
 * Writes a register, low bytes first. The files are sparse, so AMD's numbers beyond 2^31 cost nothing.
 * @param bytes fewer than 8 where neighbouring registers (AMD's are one apart) would overlap in a plain file.
 */
export function setRegister(
  roots: CounterRoots,
  cpu: number,
  { register, value, bytes = 8 }: { register: number; value: bigint; bytes?: number },
): void {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  const file = openSync(join(roots.msr, String(cpu), 'msr'), 'r+');
  writeSync(file, buffer, 0, bytes, register);
  closeSync(file);
}
