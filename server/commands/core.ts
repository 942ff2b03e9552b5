// The real core of a server for this process: clock, log, the owner's defaults, and all parts on first need.

import { systemClock } from '../base/clock.ts';
import { serverVersion } from '../base/program-files.ts';
import type { Core } from '../lsp/core.ts';
import { createLog, type LogOptions } from './log.ts';
import { placesFrom } from './places.ts';

/** Cheap to make: it only knows how to load. */
export function createCore(env: NodeJS.ProcessEnv, logOptions: LogOptions): Core {
  const clock = systemClock;
  const log = createLog(logOptions);
  return {
    clock,
    log,
    version: serverVersion,
    async editorDefaults() {
      const { readOwnerConfiguration } = await import('./owner-settings.ts');
      return (await readOwnerConfiguration(placesFrom(env).configFile)).editorDefaults;
    },
    load: async (host) => (await import('./compose.ts')).composeParts({ env, clock, log }, host),
  };
}
