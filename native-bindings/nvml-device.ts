// One NVIDIA card as an energy source: the best way this driver offers to read it, and what its answers mean.
// Knows NVML's functions and fields; not how the library is loaded or kept.

import type { Domain, EnergyReading, EnergySource, Unreadable } from './energy-source.ts';
import { createGrowingCounter } from './growing-counter.ts';
import { explainNvml, type NvmlFailure, type NvmlLibrary, nvmlReturn, readField } from './nvml-library.ts';
import { readComputeProcesses } from './nvml-processes.ts';
import type { NvmlDevice, NvmlSession } from './nvml-session.ts';
import { createPowerIntegrator } from './power-integrator.ts';

/** Field ids of nvml.h: total energy in mJ since the driver was loaded, power averaged over 1 s and instant, in mW. */
const field = { totalEnergy: 83, powerAverage: 185, powerInstant: 186 } as const;

/** Scope of a field: on Grace superchips some figures exist for the whole module only, processor included. */
const moduleScope = 1;

/** No single card draws more (a GB200 module: 1.2 kW). */
const capWatts = 2000;

/** Off the bus, in need of a reset, or not found: only a new `nvmlInit` can bring the card back. */
const cardIsLost: ReadonlySet<number> = new Set([nvmlReturn.gpuIsLost, 16, 28]);

type Answer = { readonly value: bigint } | { readonly code: number };

interface Way {
  readonly name: string;
  readonly method: EnergySource['method'];
  /** Default `gpu`. */
  readonly domain?: Domain;
  /** How often the hardware refreshes the figure, or over how long it averages (arXiv 2312.02741, SC24). */
  readonly updateSeconds: (facts: DeviceFacts) => number;
  readonly read: (library: NvmlLibrary, handle: bigint) => Promise<Answer>;
}

interface DeviceFacts {
  readonly name: string;
  /** 7 is Ampere (nvml.h); 0 when the driver does not say. */
  readonly architecture: number;
}

/** Best first. A counter misses nothing between reads; power is only known at the moments we look. */
const ways: readonly Way[] = [
  {
    name: 'nvmlDeviceGetTotalEnergyConsumption',
    method: 'counter',
    updateSeconds: () => 0.1,
    read: readTotalEnergy,
  },
  {
    name: 'field 83',
    method: 'counter',
    updateSeconds: () => 0.1,
    read: (library, handle) => readField(library, handle, field.totalEnergy),
  },
  {
    name: 'field 186',
    method: 'integrated-power',
    updateSeconds: () => 0.1,
    read: (library, handle) => readField(library, handle, field.powerInstant),
  },
  {
    name: 'field 185',
    method: 'integrated-power',
    updateSeconds: () => 1,
    read: (library, handle) => readField(library, handle, field.powerAverage),
  },
  {
    name: 'nvmlDeviceGetPowerUsage',
    method: 'integrated-power',
    // A mean over 1 s from Ampere on, except GA100 (A100, A30, A800), which like older cards answers with the moment.
    updateSeconds: ({ name, architecture }) => (architecture >= 7 && !/\bA(100|30|800)\b/.test(name) ? 1 : 0.1),
    read: readPowerUsage,
  },
  {
    name: 'field 83 of the module',
    method: 'counter',
    domain: 'soc',
    updateSeconds: () => 0.1,
    read: (library, handle) => readField(library, handle, field.totalEnergy, moduleScope),
  },
  {
    name: 'field 186 of the module',
    method: 'integrated-power',
    domain: 'soc',
    updateSeconds: () => 0.1,
    read: (library, handle) => readField(library, handle, field.powerInstant, moduleScope),
  },
];

/** Tries the ways in order; the first that answers becomes the source's for good. */
export async function openNvmlDevice(
  session: NvmlSession,
  device: NvmlDevice,
  options: { readonly nowNanoseconds: () => bigint; readonly onClose: () => void },
): Promise<EnergySource | Unreadable> {
  const sourceId = `nvml:${device.uuid}`;
  const probed = await session.use(device.uuid, async (handle) => {
    let firstCode: number | undefined;
    for (const way of ways) {
      const answer = await way.read(session.library, handle);
      if ('value' in answer) {
        const architecture = await readArchitecture(session.library, handle);
        const isSplit = await readMigMode(session.library, handle);
        return { way, isSplit, updateSeconds: way.updateSeconds({ name: device.name, architecture }) };
      }
      firstCode ??= answer.code;
    }
    return explainNvml(firstCode ?? nvmlReturn.notSupported);
  });
  if ('reason' in probed) return { ...probed, sourceId, why: `${device.name}: ${probed.why}` };
  return createSource(session, device, { sourceId, ...options, ...probed });
}

function createSource(
  session: NvmlSession,
  device: NvmlDevice,
  {
    sourceId,
    way,
    isSplit,
    updateSeconds,
    nowNanoseconds,
    onClose,
  }: {
    sourceId: string;
    way: Way;
    isSplit: boolean;
    updateSeconds: number;
    nowNanoseconds: () => bigint;
    onClose: () => void;
  },
): EnergySource {
  const grow =
    way.method === 'counter'
      ? createGrowingCounter({ numerator: 1000n, denominator: 1n, capWatts, updateSeconds })
      : createPowerIntegrator();
  let closed = false;
  return {
    id: sourceId,
    domain: way.domain ?? 'gpu',
    method: way.method,
    label: device.name,
    resolution: { microjoules: 1000, updateSeconds },
    details: { uuid: device.uuid, driver: session.driver, read: way.name, library: session.library.path },
    // NVML counts the card, never a slice of it.
    ...(isSplit ? { caveat: `shared: ${device.name} is split by MIG and counted as a whole` } : {}),
    async read(): Promise<EnergyReading | Unreadable> {
      let before = 0n;
      let after = 0n;
      let answer: Answer | NvmlFailure;
      try {
        answer = await session.use(device.uuid, async (handle) => {
          before = nowNanoseconds();
          const got = await way.read(session.library, handle);
          after = nowNanoseconds();
          return got;
        });
      } catch (error) {
        return { sourceId, reason: 'failed', why: `${device.name}: ${String(error)}` };
      }
      if ('reason' in answer) return { ...answer, sourceId, why: `${device.name}: ${answer.why}` };
      if ('code' in answer) {
        const failure = explainNvml(answer.code);
        if (answer.code === nvmlReturn.uninitialised) session.invalidate(failure);
        else if (cardIsLost.has(answer.code)) session.invalidate(failure, device.uuid);
        return { ...failure, sourceId, why: `${device.name}: ${failure.why}` };
      }
      const atNanoseconds = (before + after) / 2n;
      const spreadNanoseconds = (after - before + 1n) / 2n;
      return { sourceId, ...grow(answer.value, atNanoseconds), atNanoseconds, spreadNanoseconds };
    },
    processes: () => readPids(session, device, sourceId),
    rest: () => session.rest(),
    close() {
      if (!closed) onClose();
      closed = true;
    },
  };
}

async function readPids(
  session: NvmlSession,
  device: NvmlDevice,
  sourceId: string,
): Promise<readonly number[] | Unreadable> {
  try {
    const answer = await session.use(device.uuid, (handle) => readComputeProcesses(session.library, handle));
    if ('pids' in answer) return answer.pids;
    return { ...('code' in answer ? explainNvml(answer.code) : answer), sourceId };
  } catch (error) {
    return { sourceId, reason: 'failed', why: String(error) };
  }
}

async function readTotalEnergy(library: NvmlLibrary, handle: bigint): Promise<Answer> {
  const millijoules = Buffer.alloc(8);
  const code = await library.call('nvmlDeviceGetTotalEnergyConsumption', handle, millijoules);
  return code === nvmlReturn.ok ? { value: millijoules.readBigUInt64LE() } : { code };
}

async function readPowerUsage(library: NvmlLibrary, handle: bigint): Promise<Answer> {
  const milliwatts = Buffer.alloc(4);
  const code = await library.call('nvmlDeviceGetPowerUsage', handle, milliwatts);
  return code === nvmlReturn.ok ? { value: BigInt(milliwatts.readUInt32LE()) } : { code };
}

async function readArchitecture(library: NvmlLibrary, handle: bigint): Promise<number> {
  const architecture = Buffer.alloc(4);
  const code = await library.call('nvmlDeviceGetArchitecture', handle, architecture);
  return code === nvmlReturn.ok ? architecture.readUInt32LE() : 0;
}

/** Whether the card is cut into instances now. Slow (Kepler measured 50 to 100 ms), so it is asked once. */
async function readMigMode(library: NvmlLibrary, handle: bigint): Promise<boolean> {
  const current = Buffer.alloc(4);
  const code = await library.call('nvmlDeviceGetMigMode', handle, current, Buffer.alloc(4));
  return code === nvmlReturn.ok && current.readUInt32LE() === 1;
}
