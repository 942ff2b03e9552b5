// The meter of this machine, and of the one that the owner named beside it, each with a board of its own where the servers of one
// user tell each other of their calls. Opens nothing yet.

import { defaultRoots } from '../../native-bindings/roots.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { createEdgeFiles } from '../energy/edge-files.ts';
import { createMeters } from '../energy/meters.ts';
import type { EnergyMeter } from '../energy/port.ts';
import { remoteMeterName } from '../energy/remote/remote-meter.ts';
import { withTokenEstimates } from '../energy/token-estimate.ts';
import type { OwnerSettings } from '../settings.ts';
import type { Places } from './places.ts';

export interface MeterSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly owner: OwnerSettings;
  readonly places: Places;
  readonly clock: Clock;
  readonly log: Log;
}

export function openMeters({ env, owner, places, clock, log }: MeterSurroundings): EnergyMeter {
  const roots = defaultRoots(env);
  const { remoteMeter } = owner;
  const edgesIn = (directories: readonly string[]): ReturnType<typeof createEdgeFiles> =>
    createEdgeFiles({ directories, clock, log, pid: process.pid });
  const edges = edgesIn(places.edgeDirectories);
  if (remoteMeter === undefined) return withTokenEstimates(createMeters({ roots, clock, log, edges }));
  const suffix = remoteMeterName(remoteMeter).replace(/[^\w.]+/g, '-');
  const remoteEdges = edgesIn(places.edgeDirectories.map((directory) => `${directory}-${suffix}`));
  const remote = { settings: remoteMeter, edges: remoteEdges };
  return withTokenEstimates(createMeters({ roots, clock, log, edges, remote }));
}
