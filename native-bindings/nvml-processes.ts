// The processes that compute on a card, read with a probe for the entry size: some drivers write larger entries than
// the header of the same function says. Knows only that one call and its layout.

import { type NvmlLibrary, nvmlReturn } from './nvml-library.ts';

/** nvmlProcessInfo_t is 24 bytes; drivers 535.43 to 535.98 write 32 for the same function. Both begin with the pid. */
const strides = { documented: 24, observed: 32 } as const;
const untouched = 0xaa;

/** @returns pids in the driver's pid namespace, or the nvmlReturn_t. */
export async function readComputeProcesses(
  library: NvmlLibrary,
  device: bigint,
): Promise<{ readonly pids: readonly number[] } | { readonly code: number }> {
  let room = 32;
  for (let attempt = 0; attempt < 3; attempt++) {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(room);
    const entries = Buffer.alloc(room * strides.observed, untouched);
    const code = await library.call('nvmlDeviceGetComputeRunningProcesses_v3', device, count, entries);
    const found = count.readUInt32LE();
    if (code === nvmlReturn.ok) return { pids: pidsIn(entries, Math.min(found, room)) };
    if (code !== insufficientSize) return { code };
    room = Math.min(4096, found * 2);
  }
  return { code: insufficientSize };
}

const insufficientSize = 7;

/** What lies past the documented entries tells which size this driver wrote. */
function pidsIn(entries: Buffer, count: number): readonly number[] {
  const beyond = entries.subarray(count * strides.documented, count * strides.observed);
  const stride = beyond.every((byte) => byte === untouched) ? strides.documented : strides.observed;
  return Array.from({ length: count }, (_, index) => entries.readUInt32LE(index * stride));
}
