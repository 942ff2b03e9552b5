import assert from 'node:assert/strict';
import { type EnergySource, isUnreadable } from '../../native-bindings/energy-source.ts';
import { intelGpu } from '../../native-bindings/intel-gpu.ts';
import { addCard, type CardSpec } from '../support/drm-tree.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine } from '../support/powercap-tree.ts';

async function open(spec: Omit<CardSpec, 'vendor'>) {
  const { roots } = makeMachine();
  const clock = new ManualClock();
  const tree = addCard(roots, { vendor: 'intel', ...spec });
  const { sources, missing } = await intelGpu.open(roots, () => clock.nowNanoseconds());
  return { clock, tree, sources, missing };
}

async function microjoules(
  source: EnergySource | undefined,
): Promise<[bigint, number | undefined, string | undefined]> {
  assert.ok(source);
  const got = await source.read();
  assert.ok(!isUnreadable(got), isUnreadable(got) ? got.why : '');
  return [got.microjoules, got.epoch, got.epochBegan?.reason];
}

describe('Intel cards', () => {
  it('are read by i915’s energy counter, to the microjoule', async () => {
    const { clock, tree, sources } = await open({ hwmon: 'i915', sensors: { energy1_input: 1_000_000n } });
    const [source] = sources;
    assert.deepEqual([source?.id, source?.domain, source?.method], ['intel-gpu:0000:00:02.0', 'gpu', 'counter']);
    assert.deepEqual(await microjoules(source), [0n, 0, undefined]);
    clock.advance(1000);
    tree.sensor('energy1_input', 76_000_001n);
    assert.deepEqual(await microjoules(source), [75_000_001n, 0, undefined]);
  });

  it('of xe are the card alone, never card and package together', async () => {
    const plain = await open({ hwmon: 'xe', sensors: { energy1_input: 10n, energy2_input: 7n } });
    assert.equal(plain.sources.length, 1);
    assert.match(plain.sources[0]?.details?.path ?? '', /energy1_input$/);
    const labelled = await open({
      hwmon: 'xe',
      sensors: { energy1_input: 7n, energy1_label: 'pkg', energy2_input: 10n, energy2_label: 'card' },
    });
    assert.equal(labelled.sources.length, 1);
    assert.match(labelled.sources[0]?.details?.path ?? '', /energy2_input$/);
  });

  it('are not believed after a gap in which the driver may have missed a lap of its register', async () => {
    const { clock, tree, sources } = await open({ hwmon: 'i915', sensors: { energy1_input: 0n } });
    await microjoules(sources[0]);
    clock.advance(300_000);
    tree.sensor('energy1_input', 1_000_000n);
    assert.deepEqual(await microjoules(sources[0]), [1_000_000n, 0, undefined]);
    clock.advance(400_000);
    tree.sensor('energy1_input', 2_000_000n);
    assert.deepEqual(await microjoules(sources[0]), [1_000_000n, 1, 'implausible']);
  });

  it('begin anew when the counter goes backwards', async () => {
    const { clock, tree, sources } = await open({ hwmon: 'i915', sensors: { energy1_input: 9_000_000n } });
    await microjoules(sources[0]);
    clock.advance(1000);
    tree.sensor('energy1_input', 5n);
    assert.deepEqual(await microjoules(sources[0]), [0n, 1, 'reset']);
  });

  it('inside a processor have no counter of their own, and nothing is missing', async () => {
    for (const spec of [{}, { hwmon: 'i915', sensors: { power1_max: 1n } }]) {
      const { sources, missing } = await open(spec);
      assert.deepEqual([sources, missing], [[], []]);
    }
  });

  it('that sleep are not woken, and garbage is not a number', async () => {
    const asleep = await open({ status: 'suspended', hwmon: 'xe', sensors: { energy1_input: 5n } });
    assert.deepEqual([asleep.sources.length, asleep.missing[0]?.reason], [0, 'asleep']);
    const { tree, sources } = await open({ hwmon: 'xe', sensors: { energy1_input: 5n } });
    const reason = async (): Promise<string | undefined> => {
      const got = await sources[0]?.read();
      return got && isUnreadable(got) ? got.reason : undefined;
    };
    for (const garbage of ['', '-1', 'x', '1e9']) {
      tree.sensor('energy1_input', garbage);
      assert.equal(await reason(), 'garbage', garbage);
    }
    tree.status('suspended');
    assert.equal(await reason(), 'asleep');
  });
});
