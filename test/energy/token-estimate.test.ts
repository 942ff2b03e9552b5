// The estimate where nothing can be read: against published measurements, always called one, never in place of a counter.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CallEnergy, isKnown } from '../../server/energy/joules.ts';
import type { CallFacts, CounterView, EnergyMeter } from '../../server/energy/port.ts';
import { type DeviceClass, estimateByTokens, withTokenEstimates } from '../../server/energy/token-estimate.ts';

const facts: CallFacts = {
  tokensIn: 600,
  tokensCached: 100,
  tokensOut: 200,
  activeGigabytes: 2.5,
  keepAliveSeconds: 300,
};
const unknown = { status: 'unknown', why: 'this machine has no energy counters' } as const;

function meterThatSays(energy: CallEnergy): EnergyMeter {
  return {
    begin: () => ({
      mark: async () => {},
      sample: async () => energy.gross,
      finish: async () => energy,
      hadNeighbours: () => false,
    }),
    inventory: async () => ({ sources: [], missing: [], sharing: { shared: false, why: 'a test' } }),
    close: async () => {},
  };
}

const nothing: CallEnergy = { gross: unknown, net: unknown, bySource: [], flags: [] };
const here: CounterView = { seen: true };
const elsewhere: CounterView = { seen: false, why: 'the engine runs elsewhere' };

describe('the estimate from tokens', () => {
  const rows = readFileSync(
    fileURLToPath(new URL('../fixtures/measurements/ollama-gpu-means.csv', import.meta.url)),
    'utf8',
  )
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
  const classOf = (machine: string): DeviceClass => (machine.endsWith('laptop') ? 'laptop-gpu' : 'desktop-gpu');

  it('holds what was measured on three GPUs, and where the class is not known too', () => {
    const held = (device: (machine: string) => DeviceClass): number =>
      rows.filter(([machine = '', , parameters, bits, , , tokensIn, out, joules]) => {
        const figure = estimateByTokens(
          {
            ...facts,
            tokensIn: Number(tokensIn),
            tokensCached: 0,
            tokensOut: Number(out),
            activeGigabytes: (Number(parameters) * Number(bits)) / 8e9,
          },
          device(machine),
        );
        return figure !== undefined && Math.abs(Number(joules) - figure.joules) <= figure.plusMinusJoules;
      }).length;
    assert.equal(held(classOf), rows.length);
    assert.equal(
      held(() => 'unknown'),
      rows.length,
    );
  });

  it('is wide, says so, and has no cached tokens in it', () => {
    const figure = estimateByTokens(facts, 'unknown');
    assert.ok(figure && figure.status === 'estimated' && figure.plusMinusJoules > 0.8 * figure.joules);
    const cached = estimateByTokens({ ...facts, tokensCached: 600 }, 'unknown');
    assert.ok(cached && cached.joules < figure.joules);
    assert.equal(estimateByTokens({ ...facts, activeGigabytes: 0 }, 'unknown'), undefined);
  });

  const cases: readonly [name: string, energy: CallEnergy, view: CounterView, facts: CallFacts, status: string][] = [
    ['fills in where no counter is', nothing, here, facts, 'estimated'],
    ['is not given for an engine elsewhere', nothing, elsewhere, facts, 'unknown'],
    [
      'is given elsewhere for a device that the owner named',
      nothing,
      elsewhere,
      { ...facts, device: 'apple' },
      'estimated',
    ],
    ['is not given for a model of unknown size', nothing, here, { ...facts, activeGigabytes: 0 }, 'unknown'],
    [
      'is not given where a counter is and failed this once',
      { ...nothing, bySource: [{ sourceId: 'rapl:package-0', domain: 'package', joules: unknown }] },
      here,
      facts,
      'unknown',
    ],
  ];
  for (const [name, energy, view, given, status] of cases) {
    it(name, async () => {
      const finished = await withTokenEstimates(meterThatSays(energy)).begin(view).finish(given);
      assert.equal(finished.gross.status, status);
      if (!isKnown(finished.gross)) return;
      assert.match(finished.flags.join('\n'), /estimated from tokens and model size[\s\S]*no counters: this machine/);
      assert.equal(finished.net.status, 'unknown');
    });
  }

  it('leaves what was measured alone', async () => {
    const measured = {
      status: 'measured',
      joules: 5,
      plusMinusJoules: 1,
      scope: 'machine',
      coverage: ['package'],
    } as const;
    const energy: CallEnergy = { gross: measured, net: measured, bySource: [], flags: [] };
    assert.equal(await withTokenEstimates(meterThatSays(energy)).begin(here).finish(facts), energy);
  });
});
