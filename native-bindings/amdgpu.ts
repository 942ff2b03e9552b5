// Energy of AMD graphics cards through sysfs, without root: the driver's energy counter where it can be believed, else its power
// sensor added up. Graphics inside a processor are left to amd-apu.ts: their power is already in the package's.

import { createCheckedCounter } from './checked-counter.ts';
import { asleepCard, type DrmCard, findCards, isAsleep, whyNoSensor } from './drm-cards.ts';
import type { CounterRoots, EnergySource, OpenedSources, SourceOpener, Unreadable } from './energy-source.ts';
import { microjoulesPerCount, parseGpuMetrics } from './gpu-metrics.ts';
import { type HwmonPower, openHwmonPower } from './hwmon-power.ts';
import { createPowerIntegrator } from './power-integrator.ts';
import { readSlowFile, timedAsync } from './slow-file.ts';

export const amdgpu: SourceOpener = { kind: 'amdgpu', open: openCards };

/** No single card draws more (MI355X: 1.4 kW). */
const capWatts = 2000;
/** How often the firmware is believed to refresh its table; the driver itself caches it for a millisecond. */
const tableSeconds = 0.1;
/** MI250 and MI250X are two devices on one card: the even one counts for both, the odd one shows 0. */
const twinDies: ReadonlySet<string> = new Set(['0x7408', '0x740c']);

async function openCards(roots: CounterRoots, nowNanoseconds: () => bigint): Promise<OpenedSources> {
  const sources: EnergySource[] = [];
  const missing: Unreadable[] = [];
  for (const card of findCards(roots.sys, '0x1002', ['amdgpu'])) {
    const opened = await openCard(card, nowNanoseconds);
    if (opened === undefined) continue;
    if ('reason' in opened) missing.push(opened);
    else sources.push(opened);
  }
  return { sources, missing };
}

/** @returns undefined for graphics inside a processor. */
async function openCard(card: DrmCard, nowNanoseconds: () => bigint): Promise<EnergySource | Unreadable | undefined> {
  const sourceId = `amdgpu:${card.address}`;
  if (isAsleep(card)) return asleepCard(sourceId, card);
  const table = await readMetrics(card).catch(() => undefined);
  if (table?.isIntegrated) return undefined;
  if (table === undefined) {
    return {
      sourceId,
      reason: 'absent',
      why: `the driver of ${card.label} does not say whether it is a card or a part of the processor`,
      mend: 'use Linux 5.9 or later',
    };
  }
  const power = card.hwmon === undefined ? undefined : await openHwmonPower(card.hwmon);
  if (twinDies.has(card.deviceId) && !table.energy && !power?.firstMilliwatts)
    return { sourceId, reason: 'absent', why: `${card.label} is the second half of a card that the first half counts` };
  if (power === undefined) return { sourceId, reason: 'absent', why: `${card.label} has no power sensor` };
  return table.energy
    ? createCounted(card, { sourceId, power, nowNanoseconds })
    : createIntegrated(card, { sourceId, power, nowNanoseconds });
}

interface Parts {
  readonly sourceId: string;
  readonly power: HwmonPower;
  readonly nowNanoseconds: () => bigint;
}

function createCounted(card: DrmCard, { sourceId, power, nowNanoseconds }: Parts): EnergySource {
  const counter = createCheckedCounter({ ...microjoulesPerCount, capWatts, updateSeconds: tableSeconds });
  return {
    id: sourceId,
    domain: 'gpu',
    get method() {
      return counter.state === 'trusted' ? 'counter' : 'integrated-power';
    },
    label: card.label,
    resolution: { microjoules: 15.259, updateSeconds: tableSeconds },
    details: { path: `${card.path}/gpu_metrics`, checkedAgainst: power.path },
    async read() {
      if (isAsleep(card)) return asleepCard(sourceId, card);
      try {
        const { value, when } = await timedAsync(nowNanoseconds, () =>
          Promise.all([readMetrics(card), counter.state === 'trusted' ? undefined : power.read()]),
        );
        const [table, milliwatts] = value;
        if (table?.energy === undefined)
          return { sourceId, reason: 'garbage', why: `${card.path}/gpu_metrics holds no energy counter` };
        return { sourceId, ...counter.step(table.energy, milliwatts, when.atNanoseconds), ...when };
      } catch (error) {
        return whyNoSensor(sourceId, card.label, error);
      }
    },
    close() {},
  };
}

function createIntegrated(card: DrmCard, { sourceId, power, nowNanoseconds }: Parts): EnergySource {
  const integrate = createPowerIntegrator();
  return {
    id: sourceId,
    domain: 'gpu',
    method: 'integrated-power',
    label: card.label,
    resolution: { microjoules: 1, updateSeconds: power.updateSeconds },
    details: { path: power.path },
    async read() {
      if (isAsleep(card)) return asleepCard(sourceId, card);
      try {
        const { value, when } = await timedAsync(nowNanoseconds, () => power.read());
        return { sourceId, ...integrate(value, when.atNanoseconds), ...when };
      } catch (error) {
        return whyNoSensor(sourceId, card.label, error);
      }
    },
    close() {},
  };
}

async function readMetrics(card: DrmCard): Promise<ReturnType<typeof parseGpuMetrics>> {
  return parseGpuMetrics(await readSlowFile(`${card.path}/gpu_metrics`));
}
