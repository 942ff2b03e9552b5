// What the gateway sees of the meter. Knows no uri, action or model name, only numbers.

import type { EnergySource, Unreadable } from '../../native-bindings/energy-source.ts';
import type { CallEnergy, Joules } from './joules.ts';
import type { EdgeSharing } from './shared-edges.ts';
import type { DeviceClass } from './token-estimate.ts';

/** Whose counters see the engine of a call: this machine's, those that a named remote meter reads, or none that we know of. */
export type CounterView =
  | { readonly seen: true; readonly pid?: number; readonly remoteMeter?: undefined }
  | { readonly seen: true; readonly remoteMeter: string }
  | { readonly seen: false; readonly why: string; readonly mend?: string };

/** What the engine said of its own time, and what an estimate needs when nothing can be read. */
export interface CallFacts {
  /** Absent when the engine did not come to say: the call was stopped, cancelled or failed. */
  readonly engine?: { readonly queueSeconds: number; readonly loadSeconds: number };
  readonly tokensIn: number;
  readonly tokensCached: number;
  readonly tokensOut: number;
  /** Gigabytes of weights read per token; 0 when the engine does not say. */
  readonly activeGigabytes: number;
  /** What the engine computes on, where it or the owner says so; for estimates. */
  readonly device?: DeviceClass;
  /** How long the engine keeps the model in memory after this call. */
  readonly keepAliveSeconds: number;
}

export type Edge = 'sent' | 'first-token' | 'done';

/** The meter's side of one model call. Counters are read at `mark` and `sample`, nowhere else. */
export interface MeteredCall {
  /**
   * The event counts as of now. `sent` holds the request up for some milliseconds at most: a counter that takes longer is
   * read late, and the error says so. The others resolve once the counters have been read.
   */
  mark(edge: Edge): Promise<void>;
  /** A read for progress. Callers keep to twice a second. */
  sample(): Promise<Joules>;
  /** After `mark('done')`. Never rejects: what can't be known is unknown, with its reason. */
  finish(facts: CallFacts): Promise<CallEnergy>;
  /** After `finish`: whether calls of another server on this machine ran meanwhile, which explain a wait inside the engine. */
  hadNeighbours(): boolean;
}

export interface EnergyMeter {
  /** Starts the account of one call. Opens the counters on first need; never throws. */
  begin(view: CounterView): MeteredCall;
  /** For doctor and for the receipt's environment. Opens the counters on first need. */
  inventory(): Promise<{
    readonly sources: readonly EnergySource[];
    readonly missing: readonly Unreadable[];
    /** Whether servers on this machine know of each other's calls. */
    readonly sharing: EdgeSharing;
  }>;
  close(): Promise<void>;
}
