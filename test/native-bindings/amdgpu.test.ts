import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { amdApu } from '../../native-bindings/amd-apu.ts';
import { amdgpu } from '../../native-bindings/amdgpu.ts';
import { type EnergyReading, type EnergySource, isUnreadable } from '../../native-bindings/energy-source.ts';
import { parseGpuMetrics } from '../../native-bindings/gpu-metrics.ts';
import { openSources } from '../../native-bindings/index.ts';
import { addCard, type CardSpec, gpuMetrics } from '../support/drm-tree.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine } from '../support/powercap-tree.ts';

const v13 = { format: 1, content: 3, size: 120 };
const joules = (amount: number): bigint => BigInt(amount) << 16n;
const card = (amount: number, watts: number): CardSpec => ({
  vendor: 'amd',
  hwmon: 'amdgpu',
  sensors: { power1_average: BigInt(watts) * 1_000_000n },
  metrics: gpuMetrics(v13, { offset: 24, counts: joules(amount) }),
});

function bench(spec: CardSpec) {
  const { roots } = makeMachine();
  const clock = new ManualClock();
  const tree = addCard(roots, spec);
  return { roots, clock, tree, now: (): bigint => clock.nowNanoseconds() };
}

async function reading(source: EnergySource | undefined): Promise<EnergyReading> {
  assert.ok(source);
  const got = await source.read();
  assert.ok(!isUnreadable(got), isUnreadable(got) ? got.why : '');
  return got;
}

describe('AMD cards', () => {
  it('keep their energy counter where every version of the table has it', () => {
    // Sizes and offsets as gcc lays out the kernel's structures.
    const versions: readonly [number, number, number | undefined][] = [
      [0, 96, undefined],
      [1, 96, 24],
      [2, 104, 24],
      [3, 120, 24],
      [4, 288, 24],
      [5, 360, 88],
      [6, 1664, 16],
      [7, 2208, 24],
      [8, 3000, 24],
      [9, 400, undefined],
    ];
    for (const [content, size, offset] of versions) {
      const table = gpuMetrics(
        { format: 1, content, size },
        offset === undefined ? undefined : { offset, counts: 77n },
      );
      assert.deepEqual(parseGpuMetrics(table), { isIntegrated: false, energy: offset === undefined ? undefined : 77n });
    }
    assert.equal(parseGpuMetrics(gpuMetrics(v13))?.energy, undefined, 'all ones: the firmware does not count');
    assert.equal(parseGpuMetrics(gpuMetrics({ format: 2, content: 4, size: 200 }))?.isIntegrated, true);
    assert.equal(parseGpuMetrics(gpuMetrics({ format: 3, content: 0, size: 264 }))?.isIntegrated, true);
    for (const bad of [Buffer.alloc(0), Buffer.from('garbage'), gpuMetrics(v13).subarray(0, 100)])
      assert.equal(parseGpuMetrics(bad), undefined);
  });

  it('are counted by power until their counter has agreed with it for half a second, then by the counter', async () => {
    const { roots, clock, tree, now } = bench(card(1000, 100));
    const { sources, missing } = await amdgpu.open(roots, now);
    assert.deepEqual([missing, sources.map(({ id, domain }) => [id, domain])], [[], [['amdgpu:0000:00:02.0', 'gpu']]]);
    const [source] = sources;
    const first = await reading(source);
    assert.equal(source?.method, 'integrated-power');
    clock.advance(600);
    tree.metrics(gpuMetrics(v13, { offset: 24, counts: joules(1054) }));
    const checked = await reading(source);
    assert.equal(checked.microjoules - first.microjoules, 60_000_000n);
    assert.equal(source?.method, 'counter');
    clock.advance(10_000);
    tree.sensor('power1_average', 999_000_000n);
    tree.metrics(gpuMetrics(v13, { offset: 24, counts: joules(2054) }));
    const after = await reading(source);
    assert.equal(after.microjoules - checked.microjoules, 1_000_000_000n);
    assert.equal(after.epoch, 0);
  });

  it('are counted by power for good when their counter disagrees with it', async () => {
    for (const wrong of [1000, 1001, 9000]) {
      const { roots, clock, tree, now } = bench(card(1000, 100));
      const [source] = (await amdgpu.open(roots, now)).sources;
      const first = await reading(source);
      for (let second = 1; second <= 3; second++) {
        clock.advance(1000);
        tree.metrics(gpuMetrics(v13, { offset: 24, counts: joules(1000 + (wrong - 1000) * second) }));
        await reading(source);
      }
      const last = await reading(source);
      assert.equal(last.microjoules - first.microjoules, 300_000_000n, `counter at ${wrong}`);
      assert.equal(source?.method, 'integrated-power');
    }
  });

  it('begin anew when a trusted counter goes backwards', async () => {
    const { roots, clock, tree, now } = bench(card(1000, 100));
    const [source] = (await amdgpu.open(roots, now)).sources;
    await reading(source);
    clock.advance(1000);
    tree.metrics(gpuMetrics(v13, { offset: 24, counts: joules(1100) }));
    await reading(source);
    clock.advance(1000);
    tree.metrics(gpuMetrics(v13, { offset: 24, counts: joules(5) }));
    const after = await reading(source);
    assert.deepEqual([after.epoch, after.epochBegan?.reason], [1, 'reset']);
  });

  it('without a counter are read by their power sensor, the instant one first', async () => {
    const { roots, clock, tree, now } = bench({ ...card(0, 50), metrics: gpuMetrics(v13) });
    tree.sensor('power1_input', 80_000_000n);
    const [source] = (await amdgpu.open(roots, now)).sources;
    assert.match(source?.details?.path ?? '', /power1_input$/);
    const first = await reading(source);
    clock.advance(500);
    assert.equal((await reading(source)).microjoules - first.microjoules, 40_000_000n);
  });

  it('of two dies are counted on the first, which counts for both', async () => {
    const { roots, now } = bench({ ...card(1000, 300), deviceId: '0x740c' });
    const odd = { ...card(0, 0), deviceId: '0x740c', number: 1, metrics: gpuMetrics(v13, { offset: 24, counts: 0n }) };
    addCard(roots, odd);
    const { sources, missing } = await amdgpu.open(roots, now);
    assert.deepEqual(
      [sources.map(({ id }) => id), missing.map(({ reason }) => reason)],
      [['amdgpu:0000:00:02.0'], ['absent']],
    );
    assert.match(missing[0]?.why ?? '', /first half counts/);
  });

  it('that sleep are not touched, and wake by themselves', async () => {
    const { roots, clock, tree, now } = bench({ ...card(1000, 100), status: 'suspended' });
    const asleep = await amdgpu.open(roots, now);
    assert.deepEqual([asleep.sources.length, asleep.missing[0]?.reason], [0, 'asleep']);
    tree.status('active');
    const [source] = (await amdgpu.open(roots, now)).sources;
    await reading(source);
    tree.status('suspended');
    clock.advance(1000);
    const got = await source?.read();
    assert.ok(got && isUnreadable(got));
    assert.equal(got.reason, 'asleep');
  });

  it('say why they can’t be read: unplugged, garbage, a pipe, an old driver', async () => {
    const { roots, tree, now } = bench(card(1000, 100));
    const [source] = (await amdgpu.open(roots, now)).sources;
    const reason = async (): Promise<string> => {
      const got = await source?.read();
      return got && isUnreadable(got) ? got.reason : 'readable';
    };
    tree.metrics(Buffer.from('garbage'));
    assert.equal(await reason(), 'garbage');
    tree.metrics(gpuMetrics(v13, { offset: 24, counts: joules(1000) }));
    tree.sensor('power1_average', 'nonsense');
    assert.equal(await reason(), 'garbage');
    rmSync(join(tree.path, 'gpu_metrics'));
    execFileSync('mkfifo', [join(tree.path, 'gpu_metrics')]);
    assert.equal(await reason(), 'garbage');
    rmSync(join(tree.path, 'gpu_metrics'));
    assert.equal(await reason(), 'gone');
    tree.metrics(gpuMetrics(v13, { offset: 24, counts: joules(1000) }));
    tree.sensor('power1_average', 100_000_000n);
    assert.equal(await reason(), 'readable');
    rmSync(join(tree.path, 'gpu_metrics'));
    assert.match((await amdgpu.open(roots, now)).missing[0]?.why ?? '', /part of the processor/);
  });
});

describe('graphics inside an AMD processor', () => {
  const apu: CardSpec = {
    vendor: 'amd',
    hwmon: 'amdgpu',
    sensors: { power1_input: 15_000_000n },
    metrics: gpuMetrics({ format: 2, content: 3, size: 152 }),
  };

  it('are never added to a package that is counted', async () => {
    const { roots } = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 5n }] });
    addCard(roots, apu);
    const { sources } = await openSources(roots, () => 0n);
    assert.deepEqual(
      sources.map(({ id }) => id),
      ['rapl:package-0'],
    );
  });

  it('show processor and graphics together where nothing counts the package', async () => {
    const { roots, clock, now } = bench(apu);
    assert.deepEqual(await amdgpu.open(roots, now), { sources: [], missing: [] });
    const [source] = (await amdApu.open(roots, now)).sources;
    assert.deepEqual([source?.domain, source?.method], ['soc', 'integrated-power']);
    const first = await reading(source);
    clock.advance(2000);
    assert.equal((await reading(source)).microjoules - first.microjoules, 30_000_000n);
  });
});
