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
  /** The driver went away under us: the next use, some seconds on, initialises again. */
  invalidate(failure: NvmlFailure): void;
  /** Shuts the library down when a card could sleep without us. */
  rest(): void;
  close(): void;
}

/** How long a failed `nvmlInit` is not tried again. */
const backOffNanoseconds = 5_000_000_000n;

/** Initialises the library and lists its cards. */
export async function openNvmlSession(
  library: NvmlLibrary,
  roots: CounterRoots,
  nowNanoseconds: () => bigint,
): Promise<NvmlSession | NvmlFailure> {
  let handles: Map<string, bigint> | undefined;
  let opening: Promise<NvmlFailure | undefined> | undefined;
  let lastFailure: { readonly failure: NvmlFailure; readonly atNanoseconds: bigint } | undefined;
  let inUse = 0;
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

  const initialise = async (): Promise<NvmlFailure | undefined> => {
    if (lastFailure !== undefined && nowNanoseconds() - lastFailure.atNanoseconds < backOffNanoseconds)
      return lastFailure.failure;
    if (readNvidiaPower(roots.sys).asleep) return asleep;
    if (!initialised) {
      const code = await library.call('nvmlInit_v2');
      if (code !== nvmlReturn.ok) {
        const failure = explainNvml(code);
        lastFailure = { failure, atNanoseconds: nowNanoseconds() };
        return failure;
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

  const problem = await ensure();
  if (problem !== undefined) return problem;
  return {
    library,
    driver,
    devices,
    async use(uuid, work) {
      if (closed) return explainNvml(nvmlReturn.uninitialised);
      shutdownWanted = false;
      inUse += 1;
      try {
        const problem = await ensure();
        if (problem !== undefined) return problem;
        const handle = handles?.get(uuid);
        if (handle === undefined) return explainNvml(28);
        return await work(handle);
      } finally {
        inUse -= 1;
        shutDownWhenFree();
      }
    },
    invalidate(failure) {
      handles = undefined;
      initialised = false;
      lastFailure = { failure, atNanoseconds: nowNanoseconds() };
    },
    rest() {
      if (!readNvidiaPower(roots.sys).maySleep) return;
      shutdownWanted = true;
      shutDownWhenFree();
    },
    close() {
      closed = true;
      shutdownWanted = true;
      shutDownWhenFree();
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
