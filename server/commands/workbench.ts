// The parts that one-shot commands look at: settings of the owner, engines, meter, ledger. No editor, no job.

import { type Clock, systemClock } from '../base/clock.ts';
import type { EnergyMeter } from '../energy/port.ts';
import { openLedger } from '../ledger/ledger.ts';
import type { Ledger } from '../ledger/port.ts';
import { defaultEditorSettings, type EditorSettings, type OwnerSettings, readEditorSettings } from '../settings.ts';
import { createEngineRoom, type EngineRoom } from './engine-room.ts';
import { createLog, type LogOptions, logOptionsFrom } from './log.ts';
import { openMeters } from './open-meters.ts';
import { readOwnerConfiguration } from './owner-settings.ts';
import { type Places, placesFrom } from './places.ts';

export interface Workbench {
  readonly clock: Clock;
  readonly places: Places;
  readonly logOptions: LogOptions;
  readonly ledgerDirectory: string;
  readonly settings: EditorSettings;
  readonly owner: OwnerSettings;
  /** Sentences about `config.json`. */
  readonly problems: readonly string[];
  readonly rooms: EngineRoom;
  readonly meter: EnergyMeter;
  readonly ledger: Ledger;
  close(): Promise<void>;
}

/** Everything opens lazily; `close` releases what was opened. The ledger is only read. */
export async function openWorkbench(env: NodeJS.ProcessEnv): Promise<Workbench> {
  const clock = systemClock;
  const logOptions = logOptionsFrom(env);
  const log = createLog(logOptions);
  const places = placesFrom(env);
  const { owner, editorDefaults, problems } = await readOwnerConfiguration(places.configFile);
  const read = readEditorSettings(editorDefaults, defaultEditorSettings);
  const rooms = createEngineRoom({ env, owner, clock, log });
  const meter = openMeters({ env, owner, places, clock, log });
  const ledgerDirectory = owner.ledgerDirectory ?? places.ledgerDirectory;
  const ledger = openLedger({ directory: ledgerDirectory, enabled: () => false, readOnly: true, clock, log });
  return {
    clock,
    places,
    logOptions,
    ledgerDirectory,
    settings: read.settings,
    owner,
    problems: [...problems, ...read.problems],
    rooms,
    meter,
    ledger,
    async close() {
      await Promise.allSettled([rooms.close(), meter.close(), ledger.close()]);
    },
  };
}
