// The port of every energy counter: units, reasons, roots. Knows no server, no model, no attribution.

/** What a counter covers. `psys` ⊃ `package` ⊃ `core`, `uncore`; `dram` lies outside `package`. */
export type Domain = 'gpu' | 'package' | 'dram' | 'psys' | 'core' | 'uncore' | 'soc' | 'battery';

/**
 * Domains whose sum is "the total". Anything else is shown apart, never added (it would count twice). `battery` is the whole
 * machine and stands for the total only where nothing of these is measured.
 */
export const totalDomains: readonly Domain[] = ['package', 'dram', 'gpu', 'soc'];

/** One reading of a counter that only ever grows (the source undoes wrap-around before it gets here). */
export interface EnergyReading {
  readonly sourceId: string;
  /** Microjoules since an arbitrary start of this source. */
  readonly microjoules: bigint;
  /** Monotonic midpoint of the read. */
  readonly atNanoseconds: bigint;
  /** Half of the time the read took: how far `atNanoseconds` may be off. */
  readonly spreadNanoseconds: bigint;
  /**
   * Readings of different epochs can't be subtracted: the counter was reset, or may have wrapped unseen in between.
   * Only grows; absent means 0.
   */
  readonly epoch?: number;
  /** Why this epoch began; absent in the first one. */
  readonly epochBegan?: { readonly reason: UnreadableReason; readonly why: string };
  /** `integrated-power` only: the error that the integration itself has gathered so far. Only grows. */
  readonly plusMinusMicrojoules?: bigint;
}

export type UnreadableReason =
  | 'absent' // no such hardware or library here
  | 'no-permission' // there, but not for this user
  | 'masked' // a container hides it
  | 'virtual-machine' // a virtual machine without counters
  | 'asleep' // a sleeping GPU that we do not wake
  | 'reset' // the counter went backwards: its zero moved
  | 'implausible' // more power than the hardware can draw
  | 'garbage' // not a number
  | 'stale' // an exporter that repeats an old reading
  | 'gone' // was readable, is no longer
  | 'failed'; // the library said so

/** Why a figure does not exist. Never a zero. */
export interface Unreadable {
  readonly sourceId: string;
  readonly reason: UnreadableReason;
  /** One sentence for a person. */
  readonly why: string;
  /** The exact command or change that would mend it, when there is one. */
  readonly mend?: string;
}

/** A cumulative energy counter. */
export interface EnergySource {
  /** `nvml:GPU-<uuid>`, `rapl:package-0`, `msr:package-0`, `amdgpu:0000:03:00.0`: the kind, and which one of it. */
  readonly id: string;
  readonly domain: Domain;
  /** `counter`: hardware accumulates. `integrated-power`: we add power × time between our own reads. */
  readonly method: 'counter' | 'integrated-power';
  /** What a person would call it, e.g. `NVIDIA GeForce RTX 3080`. */
  readonly label: string;
  readonly resolution: {
    /** Smallest step of the counter. */
    readonly microjoules: number;
    /** How often the hardware refreshes it. An edge may be off by this much time. */
    readonly updateSeconds: number;
  };
  /** The remote meter that it is read through; absent for counters of this machine. */
  readonly via?: string;
  /** What belongs on a receipt's environment: `driver`, `uuid`, `path`. */
  readonly details?: Readonly<Record<string, string>>;
  /** What a reader of every figure must know, e.g. that a card is shared by design. */
  readonly caveat?: string;
  read(signal?: AbortSignal): Promise<EnergyReading | Unreadable>;
  /** The processes that compute on this device now, in the pid namespace of the driver. Only where one can be asked. */
  processes?(): Promise<readonly number[] | Unreadable>;
  /** No call is running: lets go of whatever would keep hardware awake. The next `read` takes it up again. */
  rest?(): void;
  /** Never throws and may be called twice. */
  close(): void;
}

export function isUnreadable(reading: EnergyReading | Unreadable): reading is Unreadable {
  return 'reason' in reading;
}

/** Where the counters are looked for. Injectable, so that tests and containers can put trees elsewhere. */
export interface CounterRoots {
  /** `/sys/class/powercap` */
  readonly powercap: string;
  /** `/dev/cpu` (MSR device files) */
  readonly msr: string;
  /** `/proc` (cpuinfo for the energy units) */
  readonly proc: string;
  /** `/sys` (PCI run-time power state, CPU topology, DMI) */
  readonly sys: string;
  /** Candidate paths of the NVML library, tried in order. */
  readonly nvmlLibraries: readonly string[];
}

/** What one opener found: working counters, and for each missing one the reason. */
export interface OpenedSources {
  readonly sources: readonly EnergySource[];
  readonly missing: readonly Unreadable[];
}

/** One file per kind of counter exports one of these; `index.ts` lists them in order. */
export interface SourceOpener {
  /** `nvml`, `powercap`, `msr` … */
  readonly kind: string;
  /**
   * Never rejects.
   * @param alreadyOpen domains that openers earlier in the list have given; a fallback leaves those alone.
   */
  open(roots: CounterRoots, nowNanoseconds: () => bigint, alreadyOpen?: ReadonlySet<Domain>): Promise<OpenedSources>;
}
