import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnergySource, isUnreadable } from '../../native-bindings/energy-source.ts';
import { powercap } from '../../native-bindings/powercap.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { asOrdinaryUser, cpuinfo, makeMachine, putFile, type ZoneSpec } from '../support/powercap-tree.ts';

const laptop: readonly ZoneSpec[] = [
  { folder: 'intel-rapl:0', name: 'psys', microjoules: 9n },
  { folder: 'intel-rapl:1', name: 'package-0', microjoules: 100n, maxPowerMicrowatts: 15_000_000 },
  { folder: 'intel-rapl:1:0', name: 'core', microjoules: 1n },
  { folder: 'intel-rapl:1:1', name: 'uncore', microjoules: 2n },
  { folder: 'intel-rapl:1:a', name: 'dram', microjoules: 3n },
  { folder: 'intel-rapl-mmio:0', name: 'package-0', microjoules: 100n },
];

const clock = new ManualClock();
const now = (): bigint => clock.nowNanoseconds();

async function microjoulesOf(source: EnergySource | undefined): Promise<bigint> {
  assert.ok(source);
  const reading = await source.read();
  assert.ok(!isUnreadable(reading), isUnreadable(reading) ? reading.why : '');
  return reading.microjoules;
}

describe('powercap', () => {
  it('walks by name, not by index, and counts the memory-mapped zone once', async () => {
    const { sources, missing } = await powercap.open(makeMachine({ zones: laptop }).roots, now);
    assert.deepEqual(sources.map(({ id, domain }) => `${id} ${domain}`).sort(), [
      'rapl:package-0 package',
      'rapl:package-0-core core',
      'rapl:package-0-dram dram',
      'rapl:package-0-uncore uncore',
      'rapl:psys psys',
    ]);
    assert.deepEqual(missing, []);
  });

  it('uses the memory-mapped zone where it is the only one', async () => {
    const zones = laptop.filter((zone) => zone.folder.startsWith('intel-rapl-mmio'));
    const { sources } = await powercap.open(makeMachine({ zones }).roots, now);
    assert.deepEqual(
      sources.map((source) => source.id),
      ['rapl:package-0'],
    );
  });

  it('keeps one of AMD’s mirrored dies per package, and no per-core counter', async () => {
    const zones = ['package-0-die-0', 'package-0-die-1', 'package-1-die-0', 'package-1-die-1'].flatMap(
      (name, index) => [
        { folder: `intel-rapl:${index}`, name, microjoules: 5n },
        { folder: `intel-rapl:${index}:0`, name: 'core', microjoules: 5n },
      ],
    );
    const amd = makeMachine({ zones, cpuinfo: cpuinfo({ vendor: 'AuthenticAMD', family: 23 }) });
    const { sources } = await powercap.open(amd.roots, now);
    assert.deepEqual(
      sources.map((source) => source.id),
      ['rapl:package-0', 'rapl:package-1'],
    );
    const intel = await powercap.open(makeMachine({ zones }).roots, now);
    assert.equal(intel.sources.filter((source) => source.domain === 'package').length, 4);
  });

  it('keeps memory of two sockets apart', async () => {
    const zones = [0, 1].flatMap((socket) => [
      { folder: `intel-rapl:${socket}`, name: `package-${socket}`, microjoules: 1n },
      { folder: `intel-rapl:${socket}:0`, name: 'dram', microjoules: 1n },
    ]);
    const { sources } = await powercap.open(makeMachine({ zones }).roots, now);
    assert.deepEqual(
      sources.filter((source) => source.domain === 'dram').map((source) => source.id),
      ['rapl:package-0-dram', 'rapl:package-1-dram'],
    );
  });

  it('reads a tree that a container mounts nested elsewhere', async () => {
    const flat = makeMachine({ zones: laptop });
    const mounted = makeMachine();
    const control = join(mounted.roots.powercap, 'intel-rapl');
    putFile(join(control, 'intel-rapl:0/name'), 'package-0\n');
    putFile(join(control, 'intel-rapl:0/energy_uj'), '1\n');
    putFile(join(control, 'intel-rapl:0/intel-rapl:0:0/name'), 'dram\n');
    putFile(join(control, 'intel-rapl:0/intel-rapl:0:0/energy_uj'), '1\n');
    symlinkSync(flat.roots.powercap, join(control, 'subsystem'));
    const { sources } = await powercap.open(mounted.roots, now);
    assert.deepEqual(
      sources.map((source) => source.id),
      ['rapl:package-0', 'rapl:package-0-dram'],
    );
  });

  it('reads the growth, through a wrap, with the file kept open', async () => {
    const machine = makeMachine({ zones: [{ ...laptop[1], microjoules: 262_143_328_800n } as ZoneSpec] });
    const { sources } = await powercap.open(machine.roots, now);
    assert.equal(await microjoulesOf(sources[0]), 0n);
    clock.advance(1000);
    machine.set('intel-rapl:1', 89n);
    assert.equal(await microjoulesOf(sources[0]), 200n);
    assert.equal(Math.round(sources[0]?.resolution.microjoules ?? 0), 61);
  });

  it('says of a denied tree once that it is the permission, and mends it by a udev rule', async () => {
    const machine = makeMachine({ zones: laptop.map((zone) => ({ ...zone, denied: true })) });
    const { sources, missing } = await asOrdinaryUser(() => powercap.open(machine.roots, now));
    assert.equal(sources.length, 0);
    assert.equal(missing.length, 1);
    assert.equal(missing[0]?.reason, 'no-permission');
    assert.match(missing[0]?.mend ?? '', /^echo 'SUBSYSTEM=="powercap".*udevadm trigger/);
    assert.doesNotMatch(missing[0]?.mend ?? '', /setcap|chmod -R/);
  });

  it('tells no tree, a masked container and a virtual machine apart', async () => {
    const bare = await powercap.open(makeMachine().roots, now);
    assert.equal(bare.missing[0]?.reason, 'absent');
    assert.equal(bare.missing[0]?.mend, 'sudo modprobe intel_rapl_msr');

    const virtual = makeMachine({ cpuinfo: cpuinfo({ flags: 'fpu hypervisor vme' }) });
    assert.equal((await powercap.open(virtual.roots, now)).missing[0]?.reason, 'virtual-machine');

    const dangling = makeMachine();
    mkdirSync(dangling.roots.powercap, { recursive: true });
    symlinkSync('../../devices/virtual/powercap/intel-rapl:0', join(dangling.roots.powercap, 'intel-rapl:0'));
    assert.equal((await powercap.open(dangling.roots, now)).missing[0]?.reason, 'masked');

    const masked = makeMachine();
    mkdirSync(join(masked.roots.sys, 'devices/virtual/powercap'), { recursive: true });
    const found = (await powercap.open(masked.roots, now)).missing[0];
    assert.equal(found?.reason, 'masked');
    assert.match(found?.mend ?? '', /JOULE_LS_POWERCAP_ROOT/);
  });

  it('answers garbage, an empty file and a vanished one with the reason, and recovers', async () => {
    const machine = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 7n }] });
    const [source] = (await powercap.open(machine.roots, now)).sources;
    assert.equal(await microjoulesOf(source), 0n);
    for (const garbage of ['', 'nonsense', '-5', '12.5', '0x10']) {
      machine.set('intel-rapl:0', garbage);
      const reading = await source?.read();
      assert.ok(reading && isUnreadable(reading), garbage);
      assert.equal(reading.reason, 'garbage');
    }
    machine.set('intel-rapl:0', 17n);
    assert.equal(await microjoulesOf(source), 10n);
    source?.close();
    rmSync(machine.path('intel-rapl:0'), { recursive: true });
    const gone = await source?.read();
    assert.ok(gone && isUnreadable(gone));
    assert.equal(gone.reason, 'gone');
  });

  it('does not open a pipe that stands where a counter belongs', async () => {
    const machine = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 7n }] });
    const path = join(machine.path('intel-rapl:0'), 'energy_uj');
    rmSync(path);
    execFileSync('mkfifo', [path]);
    const { missing } = await powercap.open(machine.roots, now);
    assert.equal(missing[0]?.reason, 'garbage');
  });

  it('ignores zones that it does not know', async () => {
    const machine = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 7n }] });
    putFile(join(machine.roots.powercap, 'dtpm/name'), 'dtpm');
    writeFileSync(join(machine.roots.powercap, 'intel-rapl:9'), 'a file, not a folder');
    const { sources } = await powercap.open(machine.roots, now);
    assert.equal(sources.length, 1);
  });
});
