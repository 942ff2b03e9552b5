import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type EnergyReading, type EnergySource, isUnreadable } from '../../native-bindings/energy-source.ts';
import { nvml } from '../../native-bindings/nvml.ts';
import { probeSources } from '../../native-bindings/probe.ts';
import { silentLog } from '../../server/base/log.ts';
import { createMeter } from '../../server/energy/meter.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine, putFile } from '../support/powercap-tree.ts';
import { makeStubNvml, type StubNvml } from '../support/stub-nvml.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const facts = {
  queueSeconds: 0,
  loadSeconds: 0,
  tokensIn: 1,
  tokensCached: 0,
  tokensOut: 1,
  activeGigabytes: 0,
  keepAliveSeconds: 0,
};

interface Bench {
  readonly stub: StubNvml;
  readonly machine: ReturnType<typeof makeMachine>;
  readonly clock: ManualClock;
  open(): ReturnType<typeof nvml.open>;
}

function bench(context: Mocha.Context, ...leaveOut: readonly string[]): Bench {
  const stub = makeStubNvml(...leaveOut);
  if (stub === undefined) context.skip();
  const machine = makeMachine({ nvmlLibraries: [stub.library] });
  const clock = new ManualClock();
  return { stub, machine, clock, open: () => nvml.open(machine.roots, () => clock.nowNanoseconds()) };
}

async function reading(source: EnergySource | undefined): Promise<EnergyReading> {
  assert.ok(source);
  const got = await source.read();
  assert.ok(!isUnreadable(got), isUnreadable(got) ? got.why : '');
  return got;
}

async function reasonOf(source: EnergySource | undefined): Promise<string> {
  assert.ok(source);
  const got = await source.read();
  return isUnreadable(got) ? got.reason : 'readable';
}

function putCard(machine: Bench['machine'], power: { status: string; control: string }): void {
  const card = join(machine.roots.sys, 'bus/pci/devices/0000:01:00.0');
  putFile(join(card, 'vendor'), '0x10de\n');
  putFile(join(card, 'class'), '0x030200\n');
  putFile(join(card, 'power/runtime_status'), `${power.status}\n`);
  putFile(join(card, 'power/control'), `${power.control}\n`);
}

/** Waits for the stub's own record, because a shutdown is nobody's answer. */
async function untilCalled(stub: StubNvml, name: string, times: number): Promise<void> {
  while (stub.calls().filter((call) => call === name).length < times)
    await new Promise((resolve) => setImmediate(resolve));
}

describe('NVML', () => {
  it('reads the total energy counter of every card, with name, uuid and driver', async function () {
    const { stub, open, clock } = bench(this);
    stub.script({
      devices: 2,
      driver: '580.65.06',
      'name.0': 'NVIDIA H200',
      'uuid.0': 'GPU-aa',
      'energy.0': '5000,5000,6500',
      'energy.1': 1,
    });
    const { sources, missing } = await open();
    assert.deepEqual(missing, []);
    assert.deepEqual(
      sources.map(({ id, label, domain, method }) => [id, label, domain, method]),
      [
        ['nvml:GPU-aa', 'NVIDIA H200', 'gpu', 'counter'],
        ['nvml:GPU-stub-1', 'Stub GPU', 'gpu', 'counter'],
      ],
    );
    assert.equal(sources[0]?.details?.driver, '580.65.06');
    const first = await reading(sources[0]);
    clock.advance(1000);
    const second = await reading(sources[0]);
    assert.equal(second.microjoules - first.microjoules, 1_500_000n);
    assert.equal(second.atNanoseconds - first.atNanoseconds, 1_000_000_000n);
    for (const source of sources) source.close();
    assert.equal(await reasonOf(sources[0]), 'gone');
  });

  it('falls back to field 83, then to instant, average and plain power', async function () {
    const ways = [
      [{ 'field.0.83': 9000 }, 'field 83', 'counter', 0.1],
      [{ 'field.0.186': 90_000, 'field.0.185': 80_000, 'power.0': 70_000 }, 'field 186', 'integrated-power', 0.1],
      [{ 'field.0.185': 80_000, 'power.0': 70_000 }, 'field 185', 'integrated-power', 1],
      [{ 'power.0': 70_000 }, 'nvmlDeviceGetPowerUsage', 'integrated-power', 1],
      [
        { 'power.0': 70_000, 'name.0': 'NVIDIA A100-SXM4-40GB', 'architecture.0': 7 },
        'nvmlDeviceGetPowerUsage',
        'integrated-power',
        0.1,
      ],
    ] as const;
    for (const [script, read, method, updateSeconds] of ways) {
      const { stub, open } = bench(this);
      stub.script(script);
      const { sources } = await open();
      const [source] = sources;
      assert.deepEqual(
        [source?.details?.read, source?.method, source?.resolution.updateSeconds],
        [read, method, updateSeconds],
      );
      source?.close();
    }
  });

  it('integrates power by trapezoids, with the step it can’t know as its error', async function () {
    const { stub, open, clock } = bench(this);
    stub.script({ 'power.0': 20_000 });
    const [source] = (await open()).sources;
    const first = await reading(source);
    clock.advance(500);
    stub.script({ 'power.0': 300_000 });
    const second = await reading(source);
    assert.equal(second.microjoules - first.microjoules, 80_000_000n);
    assert.equal(second.plusMinusMicrojoules, 70_000_000n);
    clock.advance(60_000);
    const late = await reading(source);
    assert.deepEqual([late.epoch, late.epochBegan?.reason], [1, 'reset']);
    source?.close();
  });

  it('works with drivers that lack symbols, and says so when nothing is left', async function () {
    const { stub, open } = bench(this, 'NO_ENERGY', 'NO_PROCESSES');
    stub.script({ 'field.0.83': 9000 });
    const [source] = (await open()).sources;
    assert.equal(source?.details?.read, 'field 83');
    const processes = await source?.processes?.();
    assert.ok(processes && 'reason' in processes);
    source?.close();

    const bare = bench(this, 'NO_ENERGY', 'NO_FIELDS', 'NO_POWER', 'NO_PROCESSES');
    bare.stub.script({});
    const { sources, missing } = await bare.open();
    assert.equal(sources.length, 0);
    assert.match(missing[0]?.why ?? '', /too old/);
  });

  it('turns every error code into a reason, and never into a zero', async function () {
    const { stub, open, clock } = bench(this);
    stub.script({ 'energy.0': 5000 });
    const [source] = (await open()).sources;
    const codes: readonly [number, string][] = [
      [2, 'failed'],
      [3, 'absent'],
      [4, 'no-permission'],
      [6, 'gone'],
      [10, 'failed'],
      [16, 'gone'],
      [17, 'masked'],
      [20, 'failed'],
      [25, 'failed'],
      [27, 'failed'],
      [28, 'gone'],
      [999, 'failed'],
      [15, 'gone'],
    ];
    for (const [code, expected] of codes) {
      stub.script({ 'energy.0': 5000, 'energy_error.0': code });
      assert.equal(await reasonOf(source), expected, `error ${code}`);
      // What was lost is looked for again after a pause.
      if (code !== 15) clock.advance(400_000);
    }
    stub.script({ 'energy.0': 5000 });
    assert.equal(await reasonOf(source), 'gone', 'a lost GPU is not asked again at once');
    clock.advance(6000);
    assert.equal(await reasonOf(source), 'readable');
    source?.close();
  });

  it('begins anew with doubling pauses when a card is lost, and reads the others on', async function () {
    const { stub, open, clock } = bench(this);
    const inits = (): number => stub.calls().filter((call) => call === 'init').length;
    const healthy = { devices: 2, 'uuid.0': 'GPU-a', 'energy.0': 5000, 'uuid.1': 'GPU-b', 'energy.1': 7000 };
    stub.script(healthy);
    const { sources } = await open();
    const [lost, other] = sources;
    stub.script({ ...healthy, 'energy_error.0': 15, 'hide.0': 1 });
    assert.deepEqual([await reasonOf(lost), await reasonOf(other), inits()], ['gone', 'readable', 1]);
    const tries: number[] = [];
    for (let second = 0; second < 40; second++) {
      clock.advance(1000);
      const before = inits();
      const both = await Promise.all([reasonOf(other), reasonOf(lost)]);
      assert.deepEqual(both, ['readable', 'gone']);
      if (inits() > before) tries.push(second + 1);
    }
    assert.deepEqual(tries, [5, 15, 35]);
    stub.script(healthy);
    clock.advance(60_000);
    assert.deepEqual(await Promise.all([reasonOf(other), reasonOf(lost)]), ['readable', 'readable']);
    assert.equal(
      stub.calls().filter((call) => call === 'shutdown').length,
      inits() - 1,
      'never initialised twice over',
    );
    for (const source of sources) source.close();
  });

  it('takes the module’s counter, processor included, where a superchip has no other', async function () {
    const { stub, open } = bench(this);
    stub.script({ 'field.0.83.1': 9000, 'name.0': 'NVIDIA GH200 480GB' });
    const [source] = (await open()).sources;
    assert.deepEqual(
      [source?.domain, source?.method, source?.details?.read],
      ['soc', 'counter', 'field 83 of the module'],
    );
    source?.close();
  });

  it('says of a card split by MIG that it is counted as a whole', async function () {
    for (const [mig, caveat] of [
      [1, 'shared: Stub GPU is split by MIG and counted as a whole'],
      [0, undefined],
    ] as const) {
      const { stub, open, machine, clock } = bench(this);
      stub.script({ 'energy.0': 5000, 'mig.0': mig });
      const [source] = (await open()).sources;
      assert.equal(source?.caveat, caveat);
      source?.close();
      const meter = createMeter({ roots: machine.roots, clock, log: silentLog });
      const call = meter.begin({ seen: true });
      await call.mark('sent');
      const { flags } = await call.finish(facts);
      assert.equal(flags.includes('shared: Stub GPU is split by MIG and counted as a whole'), mig === 1);
      await meter.close();
    }
  });

  it('lives through a driver library that crashes when it is shut down', async function () {
    const { stub } = bench(this);
    stub.script({ 'energy.0': 5000, shutdown_crash: 1 });
    const script = `
      import { nvml } from ${JSON.stringify(new URL('../../native-bindings/nvml.ts', import.meta.url).href)};
      const roots = { powercap: '/none', msr: '/none', proc: '/none', sys: '/none', nvmlLibraries: [process.argv[1]] };
      const { sources } = await nvml.open(roots, process.hrtime.bigint);
      const reading = await sources[0].read();
      for (const source of sources) source.close();
      console.log(reading.sourceId);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, stub.library], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    assert.deepEqual([said.trim(), code, signal], ['nvml:GPU-stub-0', 0, null]);
    assert.ok(!stub.calls().includes('shutdown'));
  });

  it('calls a counter that went backwards reset, and goes on from there', async function () {
    const { stub, open, clock } = bench(this);
    stub.script({ 'energy.0': '900000,900000,100,1100' });
    const [source] = (await open()).sources;
    assert.equal((await reading(source)).epoch, 0);
    clock.advance(1000);
    const after = await reading(source);
    assert.deepEqual([after.epoch, after.microjoules, after.epochBegan?.reason], [1, 0n, 'reset']);
    clock.advance(1000);
    assert.equal((await reading(source)).microjoules, 1_000_000n);
    source?.close();
  });

  it('says in a sentence why the library does not start', async function () {
    const reasons = [
      [9, 'absent', 'sudo modprobe nvidia'],
      [18, 'failed', 'restart the machine'],
      [4, 'no-permission', 'join the group that owns /dev/nvidiactl (ls -l /dev/nvidiactl)'],
    ] as const;
    for (const [code, reason, mend] of reasons) {
      const { stub, open } = bench(this);
      stub.script({ init_error: code });
      const { missing } = await open();
      assert.deepEqual([missing[0]?.reason, missing[0]?.mend], [reason, mend]);
      assert.deepEqual(
        stub.calls().filter((call) => call !== 'shutdown'),
        ['init'],
      );
    }
    const none = bench(this);
    none.stub.script({ devices: 0 });
    assert.equal((await none.open()).missing[0]?.reason, 'absent');
  });

  it('tells no library, a broken one, and a card without a driver apart', async () => {
    const now = (): bigint => 0n;
    const absent = makeMachine({ nvmlLibraries: ['libnvidia-ml.so.1.joule-ls-test-has-none'] });
    assert.equal((await nvml.open(absent.roots, now)).missing[0]?.reason, 'absent');
    putCard(absent, { status: 'active', control: 'on' });
    assert.match((await nvml.open(absent.roots, now)).missing[0]?.mend ?? '', /install the NVIDIA driver/);
    const path = join(makeTemporaryFolder('joule-nvml-'), 'libnvidia-ml.so.1');
    writeFileSync(path, 'not a library');
    const broken = (await nvml.open(makeMachine({ nvmlLibraries: [path] }).roots, now)).missing[0];
    assert.equal(broken?.reason, 'failed');
    assert.match(broken?.why ?? '', /libnvidia-ml/);
  });

  it('leaves a sleeping card asleep, and lets an awake one go back to sleep', async function () {
    const { stub, open, machine } = bench(this);
    stub.script({ 'energy.0': 5000 });
    putCard(machine, { status: 'suspended', control: 'auto' });
    const asleep = await open();
    assert.deepEqual([asleep.sources.length, asleep.missing[0]?.reason], [0, 'asleep']);
    assert.deepEqual(stub.calls(), []);

    putCard(machine, { status: 'active', control: 'auto' });
    const [source] = (await open()).sources;
    assert.equal(await reasonOf(source), 'readable');
    source?.rest?.();
    await untilCalled(stub, 'shutdown', 1);
    putCard(machine, { status: 'suspended', control: 'auto' });
    const initialised = stub.calls().filter((call) => call === 'init').length;
    assert.equal(await reasonOf(source), 'asleep');
    assert.equal(stub.calls().filter((call) => call === 'init').length, initialised);
    putCard(machine, { status: 'active', control: 'auto' });
    assert.equal(await reasonOf(source), 'readable');
    source?.close();
    source?.close();
    await untilCalled(stub, 'shutdown', 2);
  });

  it('keeps the library open on a desktop, where no card sleeps', async function () {
    const { stub, open, machine } = bench(this);
    stub.script({ 'energy.0': 5000 });
    putCard(machine, { status: 'active', control: 'on' });
    const [source] = (await open()).sources;
    source?.rest?.();
    assert.equal(await reasonOf(source), 'readable');
    assert.ok(!stub.calls().includes('shutdown'));
    source?.close();
  });

  it('does not shut the library down under a running read', async function () {
    const { stub, open, machine } = bench(this);
    putCard(machine, { status: 'active', control: 'auto' });
    stub.script({ 'energy.0': 5000 });
    const [source] = (await open()).sources;
    stub.script({ 'energy.0': 5000, delay_ms: 50 });
    const slow = source?.read();
    source?.close();
    const got = await slow;
    assert.ok(got && !isUnreadable(got));
    await untilCalled(stub, 'shutdown', 1);
    // The stub's threads write their lines in their own time; a read behind the shutdown would stay the last one for ever.
    while (stub.calls().at(-1) !== 'shutdown') await new Promise((resolve) => setImmediate(resolve));
  });

  it('does not block the event loop while the driver is slow', async function () {
    const { stub, open } = bench(this);
    stub.script({ 'energy.0': 5000 });
    const [source] = (await open()).sources;
    stub.script({ 'energy.0': 5000, delay_ms: 50 });
    let turns = 0;
    const done = source?.read().then(() => 'done');
    while ((await Promise.race([done, new Promise((resolve) => setImmediate(resolve, 'turn'))])) === 'turn') turns++;
    assert.ok(turns > 5, `${turns} turns of the event loop`);
    source?.close();
  });

  it('reads process ids whatever entry size the driver writes', async function () {
    for (const stride of [24, 32]) {
      const { stub, open } = bench(this);
      stub.script({ 'energy.0': 5000, stride, 'processes.0': '1234,77,4194304' });
      const [source] = (await open()).sources;
      assert.deepEqual(await source?.processes?.(), [1234, 77, 4_194_304]);
      stub.script({ 'energy.0': 5000, stride });
      assert.deepEqual(await source?.processes?.(), []);
      const many = Array.from({ length: 40 }, (_, index) => index + 1);
      stub.script({ 'energy.0': 5000, stride, 'processes.0': many.join(',') });
      assert.deepEqual(await source?.processes?.(), many);
      source?.close();
    }
  });

  it('can be probed by a script in one call', async function () {
    const { stub, machine, clock } = bench(this);
    stub.script({ 'energy.0': '1000,1000,2000,3000', 'processes.0': '9' });
    const report = await probeSources(
      machine.roots,
      { nowNanoseconds: () => clock.nowNanoseconds(), sleep: async (milliseconds) => clock.advance(milliseconds) },
      { count: 3, pauseMilliseconds: 100 },
    );
    const [gpu] = report.sources;
    assert.deepEqual(
      gpu?.readings.map((one) => (isUnreadable(one) ? one.reason : one.microjoules)),
      [0n, 1_000_000n, 2_000_000n],
    );
    assert.deepEqual(gpu?.processes, [9]);
    assert.equal(report.missing[0]?.sourceId, 'rapl');
  });
});
