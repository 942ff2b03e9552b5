// Power of AMD processors with graphics inside, added up: what a laptop without readable package counters can still tell, without
// root. A fallback, because the package's own counter holds all of it.

import { asleepCard, findCards, isAsleep, whyNoSensor } from './drm-cards.ts';
import type { CounterRoots, Domain, EnergySource, OpenedSources, SourceOpener } from './energy-source.ts';
import { parseGpuMetrics } from './gpu-metrics.ts';
import { openHwmonPower } from './hwmon-power.ts';
import { createPowerIntegrator } from './power-integrator.ts';
import { readSlowFile, timedAsync } from './slow-file.ts';

/** amdgpu's sensor of an APU is the socket's: cores, graphics and memory controller together. */
export const amdApu: SourceOpener = {
  kind: 'amd-apu',
  open: async (roots, nowNanoseconds, alreadyOpen) => openProcessor(roots, nowNanoseconds, alreadyOpen ?? new Set()),
};

async function openProcessor(
  roots: CounterRoots,
  nowNanoseconds: () => bigint,
  alreadyOpen: ReadonlySet<Domain>,
): Promise<OpenedSources> {
  if (alreadyOpen.has('package') || alreadyOpen.has('soc')) return { sources: [], missing: [] };
  const sources: EnergySource[] = [];
  for (const card of findCards(roots.sys, '0x1002', ['amdgpu'])) {
    const sourceId = `amd-apu:${card.address}`;
    const table = await readSlowFile(`${card.path}/gpu_metrics`).then(parseGpuMetrics, () => undefined);
    const power = card.hwmon === undefined ? undefined : await openHwmonPower(card.hwmon);
    if (!table?.isIntegrated || power === undefined) continue;
    const integrate = createPowerIntegrator();
    sources.push({
      id: sourceId,
      domain: 'soc',
      method: 'integrated-power',
      label: 'AMD processor with graphics',
      resolution: { microjoules: 1, updateSeconds: power.updateSeconds },
      details: { path: power.path },
      async read() {
        if (isAsleep(card)) return asleepCard(sourceId, card);
        try {
          const { value, when } = await timedAsync(nowNanoseconds, () => power.read());
          return { sourceId, ...integrate(value, when.atNanoseconds), ...when };
        } catch (error) {
          return whyNoSensor(sourceId, 'the AMD processor', error);
        }
      },
      close() {},
    });
  }
  return { sources, missing: [] };
}
