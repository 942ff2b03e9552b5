// One initialised NVML per process: opened on need, let go when resting, never while a sleeping card would wake.
// Knows when the library may be used; not what is read.

import type { CounterRoots } from './energy-source.ts';
import { explainNvml, type NvmlFailure, type NvmlLibrary, nvmlReturn, textOf } from './nvml-library.ts';
import { readNvidiaPower } from './pci-power.ts';

export interface NvmlDevice {
  readonly uuid: string;
  readonly name: string;
}

export interface NvmlSession {
  readonly library: NvmlLibrary;
  readonly driver: string;
  /** Every card, once. */
  readonly devices: readonly NvmlDevice[];
  /** Runs `work` with the card's handle while the library stays initialised. */
  use<T>(uuid: string, work: (handle: bigint) => Promise<T>): Promise<T | NvmlFailure>;
  /**
   * A card went away under us, or without a uuid the driver: the next use of it, some seconds on, begins the library anew. Other
   * cards are read on meanwhile.
   */
  invalidate(failure: NvmlFailure, uuid?: string): void;
  /** Shuts the library down when a card could sleep without us. */
  rest(): void;
  /** The same for good. Where no card sleeps nothing is shut down: some drivers crash there, and the process's end frees all. */
  close(): void;
}

/** How long what failed is not tried again: twice as long after every failure in a row, up to some minutes. */
const backOffNanoseconds = { first: 5_000_000_000n, longest: 320_000_000_000n } as const;

/** Not there until then, and how long that is. */
interface Loss {
  readonly failure: NvmlFailure;
  readonly wait: bigint;
  readonly until: bigint;
}

/** Initialises the library and lists its cards. */
export async function openNvmlSession(
  library: NvmlLibrary,
  roots: CounterRoots,
  nowNanoseconds: () => bigint,
): Promise<NvmlSession | NvmlFailure> {
  let handles: Map<string, bigint> | undefined;
  let opening: Promise<NvmlFailure | undefined> | undefined;
  /** What is initialised belongs to a driver or a card that went away: shut down before it is begun anew. */
  let isStale = false;
  let whole: Loss | undefined;
  const lost = new Map<string, Loss>();
  let inUse = 0;
  let inWork = 0;
  const whenFree: (() => void)[] = [];
  let shutdownWanted = false;
  let initialised = false;
  let closed = false;
  let driver = '';
  let devices: readonly NvmlDevice[] = [];

  /** Only when nobody is inside the library: a shutdown under a running call is what crashes. */
  const shutDownWhenFree = (): void => {
    if (!shutdownWanted || inUse > 0 || opening !== undefined) return;
    shutdownWanted = false;
    handles = undefined;
    if (!initialised) return;
    initialised = false;
    library.call('nvmlShutdown').catch(() => undefined);
  };

  const lose = (before: Loss | undefined, failure: NvmlFailure): Loss => {
    const doubled = (before?.wait ?? 0n) * 2n;
    const wait = doubled === 0n ? backOffNanoseconds.first : doubled;
    const bounded = wait > backOffNanoseconds.longest ? backOffNanoseconds.longest : wait;
    return { failure, wait: bounded, until: nowNanoseconds() + bounded };
  };

  const beginAnew = (): void => {
    handles = undefined;
    isStale = true;
  };

  const initialise = async (): Promise<NvmlFailure | undefined> => {
    if (whole !== undefined && nowNanoseconds() < whole.until) return whole.failure;
    if (readNvidiaPower(roots.sys).asleep) return asleep;
    if (isStale && initialised) {
      while (inWork > 0) await new Promise<void>((resolve) => whenFree.push(resolve));
      initialised = false;
      await library.call('nvmlShutdown').catch(() => undefined);
    }
    isStale = false;
    if (!initialised) {
      const code = await library.call('nvmlInit_v2');
      if (code !== nvmlReturn.ok) {
        whole = lose(whole, explainNvml(code));
        return whole.failure;
      }
      initialised = true;
    }
    const version = Buffer.alloc(80);
    if ((await library.call('nvmlSystemGetDriverVersion', version, 80)) === nvmlReturn.ok) driver = textOf(version);
    const found = await listDevices(library);
    handles = new Map(found.map((device) => [device.uuid, device.handle]));
    devices = found;
    return undefined;
  };

  const ensure = async (): Promise<NvmlFailure | undefined> => {
    if (handles !== undefined) return undefined;
    opening ??= initialise().finally(() => {
      opening = undefined;
    });
    return opening;
  };

  const rest = (): void => {
    if (!readNvidiaPower(roots.sys).maySleep) return;
    shutdownWanted = true;
    shutDownWhenFree();
  };

  /** Whoever begins the library anew waits for this to end. */
  const work = async <T>(run: () => Promise<T>): Promise<T> => {
    inWork += 1;
    try {
      return await run();
    } finally {
      inWork -= 1;
      if (inWork === 0) for (const go of whenFree.splice(0)) go();
    }
  };

  const problem = await ensure();
  if (problem !== undefined) return problem;
  return {
    library,
    driver,
    devices,
    async use(uuid, run) {
      if (closed) return explainNvml(nvmlReturn.uninitialised);
      const loss = lost.get(uuid);
      if (loss !== undefined) {
        if (nowNanoseconds() < loss.until) return loss.failure;
        if (!isStale) beginAnew();
      }
      shutdownWanted = false;
      inUse += 1;
      try {
        let problem = await ensure();
        // Another card's use may have begun the library anew between this answer and now.
        while (problem === undefined && handles === undefined) problem = await ensure();
        if (problem !== undefined) return problem;
        const handle = handles?.get(uuid);
        if (handle === undefined) {
          const failure = explainNvml(28);
          lost.set(uuid, lose(loss, failure));
          return failure;
        }
        const answer = await work(() => run(handle));
        if (lost.get(uuid) === loss) lost.delete(uuid);
        if (!isStale) whole = undefined;
        return answer;
      } finally {
        inUse -= 1;
        shutDownWhenFree();
      }
    },
    invalidate(failure, uuid) {
      if (uuid !== undefined) {
        lost.set(uuid, lose(lost.get(uuid), failure));
        return;
      }
      if (isStale) return;
      whole = lose(whole, failure);
      beginAnew();
    },
    rest,
    close() {
      closed = true;
      rest();
    },
  };
}

export const asleep: NvmlFailure = {
  reason: 'asleep',
  why: 'the GPU sleeps, and reading its counter would wake it',
};

async function listDevices(library: NvmlLibrary): Promise<readonly (NvmlDevice & { readonly handle: bigint })[]> {
  const count = Buffer.alloc(4);
  if ((await library.call('nvmlDeviceGetCount_v2', count)) !== nvmlReturn.ok) return [];
  const found: (NvmlDevice & { readonly handle: bigint })[] = [];
  for (let index = 0; index < count.readUInt32LE(); index++) {
    const pointer = Buffer.alloc(8);
    if ((await library.call('nvmlDeviceGetHandleByIndex_v2', index, pointer)) !== nvmlReturn.ok) continue;
    const handle = pointer.readBigUInt64LE();
    const uuid = Buffer.alloc(96);
    const name = Buffer.alloc(96);
    if ((await library.call('nvmlDeviceGetUUID', handle, uuid, 96)) !== nvmlReturn.ok) continue;
    await library.call('nvmlDeviceGetName', handle, name, 96);
    found.push({ uuid: textOf(uuid), name: textOf(name) || 'NVIDIA GPU', handle });
  }
  return found;
}
