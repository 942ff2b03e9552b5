// libnvidia-ml through koffi: loading, one symbol at a time, and the C layouts. Knows no source and no energy arithmetic.

import type { LibraryHandle } from 'koffi';
import type { UnreadableReason } from './energy-source.ts';

/** Parameter types of the functions we use (nvml.h, API 13). Every one returns an nvmlReturn_t; handles are pointers as bigint. */
const signatures = {
  nvmlInit_v2: [],
  nvmlShutdown: [],
  nvmlSystemGetDriverVersion: ['void *', 'unsigned int'],
  nvmlDeviceGetCount_v2: ['void *'],
  nvmlDeviceGetHandleByIndex_v2: ['unsigned int', 'void *'],
  nvmlDeviceGetName: ['void *', 'void *', 'unsigned int'],
  nvmlDeviceGetUUID: ['void *', 'void *', 'unsigned int'],
  nvmlDeviceGetArchitecture: ['void *', 'void *'],
  nvmlDeviceGetTotalEnergyConsumption: ['void *', 'void *'],
  nvmlDeviceGetPowerUsage: ['void *', 'void *'],
  nvmlDeviceGetFieldValues: ['void *', 'int', 'void *'],
  nvmlDeviceGetMigMode: ['void *', 'void *', 'void *'],
  nvmlDeviceGetComputeRunningProcesses_v3: ['void *', 'void *', 'void *'],
} as const satisfies Record<string, readonly string[]>;

export type NvmlFunction = keyof typeof signatures;

export interface NvmlLibrary {
  readonly path: string;
  /** Runs on a thread of its own and resolves to the nvmlReturn_t; 13 when this driver has no such function. */
  call(name: NvmlFunction, ...args: readonly (Buffer | number | bigint)[]): Promise<number>;
}

export interface NvmlFailure {
  readonly reason: UnreadableReason;
  readonly why: string;
  readonly mend?: string;
}

/** What NVML's error codes mean here (`nvmlReturn_t` in nvml.h). */
export const nvmlReturn = { ok: 0, uninitialised: 1, notSupported: 3, functionNotFound: 13, gpuIsLost: 15 } as const;

/** Where koffi is missing from a package that npm installed. */
export const optionalPackagesMend = 'npm install --include=optional';

/** Loads the first library of the list that is there. koffi itself may be missing (installed without optional packages). */
export async function loadNvml(paths: readonly string[]): Promise<NvmlLibrary | NvmlFailure> {
  let koffi: typeof import('koffi');
  try {
    koffi = await import('koffi');
  } catch (error) {
    const isThere = !(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND');
    const how = isThere ? `could not be loaded: ${messageOf(error)}` : 'is not installed here';
    return {
      reason: 'failed',
      why: `koffi, which calls the NVIDIA library, ${how}`,
      mend: optionalPackagesMend,
    };
  }
  let broken: string | undefined;
  for (const path of paths) {
    try {
      return bind(path, koffi.load(path));
    } catch (error) {
      const message = messageOf(error);
      // dlopen gives no code; only a file that exists but does not load is worth telling.
      if (!/no such file|not found|module could not be found/i.test(message)) broken ??= `${path}: ${message}`;
    }
  }
  if (broken !== undefined) return { reason: 'failed', why: `the NVIDIA library could not be loaded: ${broken}` };
  return { reason: 'absent', why: 'there is no NVIDIA driver library here' };
}

/** The text of a nul-terminated buffer. */
export function textOf(buffer: Buffer): string {
  const end = buffer.indexOf(0);
  return buffer.toString('utf8', 0, end === -1 ? buffer.length : end);
}

/** nvmlFieldValue_t is 40 bytes: fieldId @0, scopeId @4, timestamp @8, latency @16, valueType @24, nvmlReturn @28, value @32. */
export async function readField(
  library: NvmlLibrary,
  device: bigint,
  fieldId: number,
  scopeId = 0,
): Promise<{ readonly value: bigint } | { readonly code: number }> {
  const field = Buffer.alloc(40);
  field.writeUInt32LE(fieldId, 0);
  field.writeUInt32LE(scopeId, 4);
  const code = await library.call('nvmlDeviceGetFieldValues', device, 1, field);
  if (code !== nvmlReturn.ok) return { code };
  const own = field.readInt32LE(28);
  if (own !== nvmlReturn.ok) return { code: own };
  // nvmlValueType_t: 0 double, 1 unsigned int, 2 unsigned long, 3 unsigned long long.
  const type = field.readInt32LE(24);
  if (type === 1) return { value: BigInt(field.readUInt32LE(32)) };
  if (type === 2 || type === 3) return { value: field.readBigUInt64LE(32) };
  return type === 0 ? { value: BigInt(Math.round(field.readDoubleLE(32))) } : { code: nvmlReturn.notSupported };
}

/** A sentence, and where there is one the mend, for an NVML error code. */
export function explainNvml(code: number): NvmlFailure {
  const known = explanations[code];
  if (known !== undefined) return known;
  return { reason: 'failed', why: `the NVIDIA driver answered with error ${code}` };
}

const explanations: Readonly<Record<number, NvmlFailure>> = {
  1: { reason: 'gone', why: 'the NVIDIA library was shut down' },
  2: { reason: 'failed', why: 'the NVIDIA driver refused an argument' },
  3: { reason: 'absent', why: 'this GPU has no such counter' },
  4: {
    reason: 'no-permission',
    why: 'the NVIDIA driver does not let this user read the GPU',
    mend: 'join the group that owns /dev/nvidiactl (ls -l /dev/nvidiactl)',
  },
  6: { reason: 'gone', why: 'the GPU is not found any more' },
  9: { reason: 'absent', why: 'the NVIDIA driver is not loaded', mend: 'sudo modprobe nvidia' },
  10: { reason: 'failed', why: 'the NVIDIA driver did not answer in time' },
  12: { reason: 'absent', why: 'a part of the NVIDIA driver is missing', mend: 'install the NVIDIA driver again' },
  13: { reason: 'absent', why: 'this NVIDIA driver is too old to have the counter', mend: 'update the NVIDIA driver' },
  15: { reason: 'gone', why: 'the GPU has fallen off the bus', mend: 'restart the machine' },
  16: { reason: 'gone', why: 'the GPU needs a reset', mend: 'sudo nvidia-smi --gpu-reset' },
  17: {
    reason: 'masked',
    why: 'the operating system does not let the NVIDIA library reach the GPU',
    mend: 'start the container with --gpus all',
  },
  18: {
    reason: 'failed',
    why: 'the NVIDIA library and the loaded NVIDIA kernel module are of different versions',
    mend: 'restart the machine',
  },
  19: { reason: 'failed', why: 'another program holds the GPU for itself' },
  20: { reason: 'failed', why: 'the NVIDIA driver is out of memory' },
  25: {
    reason: 'failed',
    why: 'the NVIDIA library expects other structures than this program',
    mend: 'update the NVIDIA driver',
  },
  27: { reason: 'failed', why: 'the GPU is not ready yet' },
  28: { reason: 'gone', why: 'the GPU is not found any more' },
};

function bind(path: string, library: LibraryHandle): NvmlLibrary {
  const functions = new Map<string, (args: readonly unknown[]) => Promise<number>>();
  for (const [name, parameters] of Object.entries(signatures)) {
    try {
      const bound = library.func(name, 'int', [...parameters]);
      functions.set(
        name,
        (args) =>
          new Promise((resolve, reject) => {
            bound.async(...args, (error: unknown, code: number) => (error ? reject(error) : resolve(code)));
          }),
      );
    } catch {
      // Older drivers lack newer functions; whoever calls one gets "function not found" and tries the next way.
    }
  }
  return {
    path,
    call: async (name, ...args) => (await functions.get(name)?.(args)) ?? nvmlReturn.functionNotFound,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
