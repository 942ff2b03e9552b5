// What a receipt says of the machine it was made on. The counters are listed once, when the first job starts them anyway.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { serverVersion } from '../base/program-files.ts';
import type { EnergyMeter } from '../energy/port.ts';
import type { Environment } from '../ledger/events.ts';

export interface EnvironmentNote {
  /** Looks at the devices, once, without holding anybody up. */
  look(): void;
  known(): Environment;
}

/** Devices are empty until `look` has seen them. */
export function createEnvironment(meter: EnergyMeter): EnvironmentNote {
  let devices: readonly string[] = [];
  let looked = false;
  const machine = machineHere();
  return {
    look() {
      if (looked) return;
      looked = true;
      meter.inventory().then(
        ({ sources }) => {
          devices = [...new Set(sources.map((source) => source.label))];
        },
        () => {
          looked = false;
        },
      );
    },
    known: () => ({
      ...machine,
      server: serverVersion,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      devices,
    }),
  };
}

/** Where Linux keeps the machine's id: machine-id(5), and D-Bus' older place. */
const machineIdFiles = ['/etc/machine-id', '/var/lib/dbus/machine-id'];

/** The id itself is confidential (machine-id(5)), so that only a hash with this program's name leaves here; nothing where there is none. */
export function machineHere(files: readonly string[] = machineIdFiles): { readonly machine?: string } {
  for (const file of files) {
    try {
      const id = readFileSync(file, 'utf8').trim();
      if (id !== '') return { machine: createHash('sha256').update(`joule-ls ${id}`).digest('hex').slice(0, 16) };
    } catch {
      // The next place.
    }
  }
  return {};
}
