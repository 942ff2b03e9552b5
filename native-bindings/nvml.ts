// Energy counters of NVIDIA cards. Opens the library, or says in a sentence why there is nothing to read.

import type { CounterRoots, EnergySource, OpenedSources, SourceOpener, Unreadable } from './energy-source.ts';
import { openNvmlDevice } from './nvml-device.ts';
import { loadNvml, type NvmlFailure } from './nvml-library.ts';
import { asleep, openNvmlSession } from './nvml-session.ts';
import { readNvidiaPower } from './pci-power.ts';

/** A sleeping card is reported as asleep, with the library left alone; opening again later finds it awake. */
export const nvml: SourceOpener = { kind: 'nvml', open: openCards };

async function openCards(roots: CounterRoots, nowNanoseconds: () => bigint): Promise<OpenedSources> {
  const power = readNvidiaPower(roots.sys);
  if (power.asleep) return nothing(asleep);
  const library = await loadNvml(roots.nvmlLibraries);
  if ('reason' in library) {
    if (library.reason !== 'absent') return nothing(library);
    if (!power.present)
      return nothing(power.listed ? { ...library, why: 'there is no NVIDIA GPU in this machine' } : library);
    return nothing({
      ...library,
      why: 'there is an NVIDIA GPU but no driver library',
      mend: 'install the NVIDIA driver',
    });
  }
  const session = await openNvmlSession(library, roots, nowNanoseconds);
  if ('reason' in session) return nothing(session);
  const sources: EnergySource[] = [];
  const missing: Unreadable[] = [];
  let stillOpen = 0;
  const onClose = (): void => {
    stillOpen -= 1;
    if (stillOpen === 0) session.close();
  };
  for (const device of session.devices) {
    const opened = await openNvmlDevice(session, device, { nowNanoseconds, onClose });
    if ('reason' in opened) missing.push(opened);
    else sources.push(opened);
  }
  stillOpen = sources.length;
  if (session.devices.length === 0) missing.push(...nothing(noCard).missing);
  if (sources.length === 0) session.close();
  return { sources, missing };
}

const noCard: NvmlFailure = { reason: 'absent', why: 'the NVIDIA driver reports no GPU' };

function nothing(failure: NvmlFailure): OpenedSources {
  return { sources: [], missing: [{ sourceId: 'nvml', ...failure }] };
}
