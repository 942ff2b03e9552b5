// What a receipt says of the machine it was made on. The counters are listed once, when the first job starts them anyway.

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
      server: serverVersion,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      devices,
    }),
  };
}
