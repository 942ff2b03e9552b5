// The whole machine by its battery, while it runs on it: the last resort where no counter gives a total. Seconds-slow.
// Knows Linux's power_supply class; not what the machine is doing.

import {
  type CounterRoots,
  type Domain,
  type EnergySource,
  type OpenedSources,
  type SourceOpener,
  totalDomains,
  type Unreadable,
} from './energy-source.ts';
import { createPowerIntegrator } from './power-integrator.ts';
import { systemBatteries } from './power-supply.ts';
import { readSlowFile, timedAsync } from './slow-file.ts';
import { errorCode, listNames, readText } from './small-files.ts';

/** The kernel asks the gauge at most once a second, and gauges average: an edge may be off by this much. */
const updateSeconds = 10;

export const battery: SourceOpener = {
  kind: 'battery',
  open: async (roots, nowNanoseconds, alreadyOpen) => openBatteries(roots, nowNanoseconds, alreadyOpen ?? new Set()),
};

function openBatteries(
  roots: CounterRoots,
  nowNanoseconds: () => bigint,
  alreadyOpen: ReadonlySet<Domain>,
): OpenedSources {
  const base = `${roots.sys}/class/power_supply`;
  const folders = systemBatteries(base);
  if (folders.length === 0 || totalDomains.some((domain) => alreadyOpen.has(domain)))
    return { sources: [], missing: [] };
  const integrate = createPowerIntegrator();
  const sourceId = 'battery';
  const source: EnergySource = {
    id: sourceId,
    domain: 'battery',
    method: 'integrated-power',
    label: 'battery, the whole machine',
    resolution: { microjoules: 1, updateSeconds },
    details: { path: folders.join(', ') },
    async read() {
      try {
        const { value, when } = await timedAsync(nowNanoseconds, () => readPower(base, folders));
        return typeof value === 'bigint' ? { sourceId, ...integrate(value, when.atNanoseconds), ...when } : value;
      } catch (error) {
        const code = errorCode(error);
        const isGone = code === 'ENOENT' || code === 'ENODEV';
        return {
          sourceId,
          reason: isGone ? 'gone' : 'failed',
          why: isGone ? 'the battery is gone' : `the battery could not be read: ${code || String(error)}`,
        };
      }
    },
    close() {},
  };
  return { sources: [source], missing: [] };
}

/** @returns milliwatts over all batteries that discharge, or why they say nothing of the machine. */
async function readPower(base: string, folders: readonly string[]): Promise<bigint | Unreadable> {
  const sourceId = 'battery';
  const discharging = folders.filter((path) => readText(`${path}/status`) === 'Discharging');
  const onMains = listNames(base).some((name) => readText(`${base}/${name}/online`) === '1');
  if (onMains || discharging.length === 0)
    return { sourceId, reason: 'absent', why: 'on mains power the battery does not show what the machine draws' };
  let milliwatts = 0n;
  for (const path of discharging) {
    const power = await readSigned(`${path}/power_now`);
    const [current, voltage] =
      power === undefined
        ? [await readSigned(`${path}/current_now`), await readSigned(`${path}/voltage_now`)]
        : [undefined, undefined];
    // µW / 1000, or µA × µV = pW.
    if (power !== undefined) milliwatts += power / 1000n;
    else if (current !== undefined && voltage !== undefined) milliwatts += (current * voltage) / 1_000_000_000n;
    else return { sourceId, reason: 'absent', why: 'the battery tells neither its power nor its current' };
  }
  return milliwatts;
}

/** Some drivers write the current of a discharging battery as a negative number. */
async function readSigned(path: string): Promise<bigint | undefined> {
  try {
    const text = (await readSlowFile(path)).toString('latin1').trim();
    return /^-?\d{1,15}$/.test(text) ? BigInt(text.replace('-', '')) : undefined;
  } catch (error) {
    // Linux answers ENODEV where the gauge has no value now.
    if (['ENOENT', 'ENODEV', 'ENODATA'].includes(errorCode(error))) return undefined;
    throw error;
  }
}
