import assert from 'node:assert/strict';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CounterRoots, type EnergySource, isUnreadable } from '../../native-bindings/energy-source.ts';
import { msr } from '../../native-bindings/msr.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { addCpu, setRegister } from '../support/msr-tree.ts';
import { asOrdinaryUser, cpuinfo, makeMachine } from '../support/powercap-tree.ts';

const clock = new ManualClock();
const now = (): bigint => clock.nowNanoseconds();
const unit = (esu: number): bigint => (BigInt(esu) << 8n) | 0xa0003n;

/** One or more Intel packages with two CPUs each. */
function intel(options: { model?: number; esu?: number; sockets?: number; dram?: bigint } = {}): CounterRoots {
  const { model = 158, esu = 14, sockets = 1, dram = 0n } = options;
  const { roots } = makeMachine({ cpuinfo: cpuinfo({ model }) });
  for (let cpu = 0; cpu < sockets * 2; cpu++) {
    addCpu(roots, cpu, { socket: cpu >> 1 });
    setRegister(roots, cpu, { register: 0x606, value: unit(esu) });
    setRegister(roots, cpu, { register: 0x611, value: 1000n });
    setRegister(roots, cpu, { register: 0x619, value: dram });
  }
  return roots;
}

async function grown(source: EnergySource | undefined, after: () => void): Promise<bigint> {
  assert.ok(source);
  const first = await source.read();
  after();
  clock.advance(1000);
  const second = await source.read();
  assert.ok(!isUnreadable(first) && !isUnreadable(second));
  return second.microjoules - first.microjoules;
}

describe('energy registers', () => {
  it('count 2^-ESU joules on Intel', async () => {
    const roots = intel();
    const { sources } = await msr.open(roots, now);
    assert.deepEqual(
      sources.map((source) => source.id),
      ['msr:package-0'],
    );
    const delta = await grown(sources[0], () => setRegister(roots, 0, { register: 0x611, value: 1000n + (5n << 14n) }));
    assert.equal(delta, 5_000_000n);
  });

  it('use only the low 32 bits and undo their wrap', async () => {
    const roots = intel();
    setRegister(roots, 0, { register: 0x611, value: (7n << 32n) | 0xffff_ffffn });
    const { sources } = await msr.open(roots, now);
    const delta = await grown(sources[0], () =>
      setRegister(roots, 0, { register: 0x611, value: (9n << 32n) | 0x3fffn }),
    );
    assert.equal(delta, 1_000_000n);
  });

  it('count 15.3 µJ for memory on Skylake-X whatever the unit register says, and follow it on Sapphire Rapids', async () => {
    for (const [model, expected] of [
      [0x55, 153_000n],
      [0x8f, 610_351n],
    ] as const) {
      const roots = intel({ model, dram: 1n });
      const { sources } = await msr.open(roots, now);
      const memory = sources.find((source) => source.domain === 'dram');
      const delta = await grown(memory, () => setRegister(roots, 0, { register: 0x619, value: 10_001n }));
      assert.ok(delta - expected <= 1n && expected - delta <= 1n, `${delta} for model ${model}`);
    }
  });

  it('count 2^ESU microjoules on Silvermont', async () => {
    const roots = intel({ model: 0x37, esu: 5 });
    const { sources } = await msr.open(roots, now);
    assert.equal(await grown(sources[0], () => setRegister(roots, 0, { register: 0x611, value: 1010n })), 320n);
  });

  it('are AMD’s on AMD, beyond offset 2^31', async () => {
    const { roots } = makeMachine({ cpuinfo: cpuinfo({ vendor: 'AuthenticAMD', family: 25, model: 33 }) });
    addCpu(roots, 0, { socket: 0, die: 0 });
    addCpu(roots, 1, { socket: 0, die: 1 });
    setRegister(roots, 0, { register: 0xc001_0299, value: unit(16), bytes: 2 });
    setRegister(roots, 0, { register: 0xc001_029b, value: 1n });
    const { sources } = await msr.open(roots, now);
    assert.deepEqual(
      sources.map((source) => source.id),
      ['msr:package-0'],
    );
    const delta = await grown(sources[0], () => setRegister(roots, 0, { register: 0xc001_029b, value: 65_537n }));
    assert.equal(delta, 1_000_000n);
  });

  it('are read once per package, and per die where Intel’s dies count apart', async () => {
    assert.equal((await msr.open(intel({ sockets: 2 }), now)).sources.length, 2);
    const roots = intel();
    addCpu(roots, 2, { socket: 0, die: 1 });
    setRegister(roots, 2, { register: 0x606, value: unit(14) });
    setRegister(roots, 2, { register: 0x611, value: 1n });
    assert.deepEqual(
      (await msr.open(roots, now)).sources.map((source) => source.id),
      ['msr:package-0-die-0', 'msr:package-0-die-1'],
    );
  });

  it('are read through another CPU when the first goes offline', async () => {
    const roots = intel();
    const { sources } = await msr.open(roots, now);
    const delta = await grown(sources[0], () => {
      sources[0]?.close();
      rmSync(join(roots.msr, '0'), { recursive: true });
      setRegister(roots, 1, { register: 0x611, value: 1000n + (1n << 14n) });
    });
    assert.equal(delta, 1_000_000n);
  });

  it('are left alone where powercap gave the package', async () => {
    const { sources, missing } = await msr.open(intel(), now, new Set(['package']));
    assert.deepEqual([sources, missing], [[], []]);
  });

  it('that show zero are not there, as the kernel has it', async () => {
    const { sources } = await msr.open(intel({ dram: 0n }), now);
    assert.ok(!sources.some((source) => source.domain === 'dram'));
  });

  it('say why they can’t be read: no module, no permission, a virtual machine', async () => {
    const none = intel();
    rmSync(none.msr, { recursive: true });
    const absent = (await msr.open(none, now)).missing[0];
    assert.deepEqual([absent?.reason, absent?.mend], ['absent', 'sudo modprobe msr']);

    const denied = intel();
    for (const cpu of [0, 1]) chmodSync(join(denied.msr, `${cpu}/msr`), 0o000);
    const refused = (await asOrdinaryUser(() => msr.open(denied, now))).missing[0];
    assert.equal(refused?.reason, 'no-permission');
    assert.doesNotMatch(refused?.mend ?? '', /setcap/);

    const guest = makeMachine({ cpuinfo: cpuinfo({ flags: 'hypervisor' }) }).roots;
    addCpu(guest, 0, { socket: 0 });
    assert.equal((await msr.open(guest, now)).missing[0]?.reason, 'virtual-machine');
    const arm = makeMachine({ cpuinfo: 'processor : 0\nCPU implementer : 0x41\n' }).roots;
    assert.equal((await msr.open(arm, now)).missing[0]?.reason, 'absent');
  });
});
