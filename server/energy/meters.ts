// One account book per place: this machine's meter, and one for the meter on another machine that the owner named. A counter belongs
// to the place where it was opened, so that no call is ever split with calls that another machine serves. Knows places by name.

import type { RemoteMeterSettings } from '../settings.ts';
import { createMeter, type MeterOptions } from './meter.ts';
import type { EnergyMeter } from './port.ts';
import { createRemotePlace } from './remote/remote-call.ts';
import { createRemoteMeter } from './remote/remote-meter.ts';
import { type EdgeBoard, noEdgeBoard } from './shared-edges.ts';

export interface MetersOptions extends MeterOptions {
  readonly remote?: {
    readonly settings: RemoteMeterSettings;
    /** Of the calls that this machine's servers send there. */
    readonly edges?: EdgeBoard;
  };
}

/** Each place opens its counters with its own first call; `inventory` asks them all. */
export function createMeters({ remote, ...options }: MetersOptions): EnergyMeter {
  const here = createMeter(options);
  if (remote === undefined) return here;
  const { roots, clock, log } = options;
  const far = createRemoteMeter(remote.settings, clock);
  const edges = remote.edges ?? noEdgeBoard;
  const there = createMeter({ roots, clock, log, edges, open: (_roots, now) => far.open(now), reopens: true });
  const place = createRemotePlace(far, there, clock);
  return {
    begin: (view) => (view.seen && view.remoteMeter === far.name ? place.begin() : here.begin(view)),
    async inventory() {
      const [near, distant] = await Promise.all([here.inventory(), there.inventory()]);
      return {
        ...near,
        sources: [...near.sources, ...distant.sources],
        missing: [...near.missing, ...distant.missing],
      };
    },
    async close() {
      await Promise.all([here.close(), there.close()]);
    },
  };
}
