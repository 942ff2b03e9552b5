// Energy counters of Intel graphics cards through hwmon (drivers i915 and xe), without root. Graphics inside a processor have no
// such file; their energy is in the package's.

import { asleepCard, type DrmCard, findCards, isAsleep, whyNoSensor } from './drm-cards.ts';
import type { CounterRoots, EnergySource, OpenedSources, SourceOpener, Unreadable } from './energy-source.ts';
import { createGrowingCounter } from './growing-counter.ts';
import { readSlowFile, timedAsync } from './slow-file.ts';
import { parseInteger, readText } from './small-files.ts';

export const intelGpu: SourceOpener = { kind: 'intel-gpu', open: openCards };

/** No Intel card draws more (Data Center GPU Max 1550: 600 W). */
const capWatts = 800;
/**
 * The register behind the file has 32 bits of 2^-14 J, and the driver follows it only when somebody reads: unread for longer
 * than 2^18 J can last, a lap may be missing.
 */
const hiddenLap = 262_144_000_000n;

async function openCards(roots: CounterRoots, nowNanoseconds: () => bigint): Promise<OpenedSources> {
  const sources: EnergySource[] = [];
  const missing: Unreadable[] = [];
  for (const card of findCards(roots.sys, '0x8086', ['i915', 'xe'])) {
    const sourceId = `intel-gpu:${card.address}`;
    const path = energyFile(card);
    if (path === undefined) continue;
    if (isAsleep(card)) missing.push(asleepCard(sourceId, card));
    else sources.push(createSource(card, { sourceId, path, nowNanoseconds }));
  }
  return { sources, missing };
}

/** xe shows the card and the package inside it: the card alone is counted, by its label where there is one. */
function energyFile(card: DrmCard): string | undefined {
  const { hwmon } = card;
  if (hwmon === undefined) return undefined;
  const numbers = [1, 2, 3, 4].filter((number) => readText(`${hwmon}/energy${number}_label`) === 'card');
  const number = numbers[0] ?? 1;
  // Asks for the folder's list, not for the value: that would wake a card.
  return card.sensors.includes(`energy${number}_input`) ? `${hwmon}/energy${number}_input` : undefined;
}

function createSource(
  card: DrmCard,
  { sourceId, path, nowNanoseconds }: { sourceId: string; path: string; nowNanoseconds: () => bigint },
): EnergySource {
  const grow = createGrowingCounter({ numerator: 1n, denominator: 1n, hiddenLap, capWatts, updateSeconds: 0.001 });
  return {
    id: sourceId,
    domain: 'gpu',
    method: 'counter',
    label: card.label,
    resolution: { microjoules: 61, updateSeconds: 0.001 },
    details: { path },
    async read() {
      if (isAsleep(card)) return asleepCard(sourceId, card);
      try {
        const { value, when } = await timedAsync(nowNanoseconds, () => readSlowFile(path));
        const raw = parseInteger(value.toString('latin1').trim());
        if (raw === undefined) return { sourceId, reason: 'garbage', why: `${path} does not hold a number` };
        return { sourceId, ...grow(raw, when.atNanoseconds), ...when };
      } catch (error) {
        return whyNoSensor(sourceId, card.label, error);
      }
    },
    close() {},
  };
}
