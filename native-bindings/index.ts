// The ordered list of energy counters. A new one is one file here and one line in `openers`.

import { amdApu } from './amd-apu.ts';
import { amdgpu } from './amdgpu.ts';
import { battery } from './battery.ts';
import type { CounterRoots, Domain, EnergySource, OpenedSources, SourceOpener, Unreadable } from './energy-source.ts';
import { intelGpu } from './intel-gpu.ts';
import { msr } from './msr.ts';
import { nvml } from './nvml.ts';
import { powercap } from './powercap.ts';

/** What was found is told here, one line per missing counter; `server/base/log.ts` fits. */
export interface BindingsLog {
  debug(fields: object, message: string): void;
}

/** In order of preference. Fallbacks come last and leave alone what others gave. */
export const openers: readonly SourceOpener[] = [nvml, amdgpu, intelGpu, powercap, msr, amdApu, battery];

const fallbacks: ReadonlySet<string> = new Set([msr.kind, amdApu.kind, battery.kind]);

/**
 * Opens every counter of this machine: all kinds at once, then the fallbacks for what is still missing. Never rejects.
 * @param nowNanoseconds the monotonic clock that readings are stamped with.
 */
export async function openSources(
  roots: CounterRoots,
  nowNanoseconds: () => bigint,
  log?: BindingsLog,
): Promise<OpenedSources> {
  const sources: EnergySource[] = [];
  const missing: Unreadable[] = [];
  const add = (found: OpenedSources): void => {
    sources.push(...found.sources);
    missing.push(...found.missing);
  };
  const firsts = openers.filter((opener) => !fallbacks.has(opener.kind));
  for (const found of await Promise.all(firsts.map((opener) => openGuarded(opener, roots, nowNanoseconds)))) add(found);
  for (const opener of openers.filter((one) => fallbacks.has(one.kind))) {
    const alreadyOpen = new Set(sources.map((source) => source.domain));
    add(await openGuarded(opener, roots, nowNanoseconds, alreadyOpen));
  }
  for (const one of missing) log?.debug(one, 'an energy counter is missing');
  return { sources, missing };
}

/** Opens one kind again, e.g. `nvml` once its sleeping card may have woken. Never rejects. */
export async function openKind(
  kind: string,
  roots: CounterRoots,
  nowNanoseconds: () => bigint,
): Promise<OpenedSources> {
  const opener = openers.find((one) => one.kind === kind);
  return opener === undefined ? { sources: [], missing: [] } : openGuarded(opener, roots, nowNanoseconds);
}

async function openGuarded(
  opener: SourceOpener,
  roots: CounterRoots,
  nowNanoseconds: () => bigint,
  alreadyOpen?: ReadonlySet<Domain>,
): Promise<OpenedSources> {
  try {
    return await opener.open(roots, nowNanoseconds, alreadyOpen);
  } catch (error) {
    return { sources: [], missing: [{ sourceId: opener.kind, reason: 'failed', why: String(error) }] };
  }
}
