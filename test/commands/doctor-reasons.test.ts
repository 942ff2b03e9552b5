// The reasons why a processor can't be read, told apart by the real program on its default paths: real mounts, real modes, another user.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  canMount,
  canRunAsNobody,
  type DeviceTree,
  doctorInside,
  makeDeviceTree,
  type NamespaceOptions,
  packageAndMemory,
} from '../support/device-tree.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

interface Findings {
  readonly counters: readonly { readonly id: string; readonly readMicroseconds: number; readonly details: object }[];
  readonly missing: readonly {
    readonly sourceId: string;
    readonly reason: string;
    readonly why: string;
    readonly mend?: string;
  }[];
  readonly coverage: { readonly covered: readonly string[]; readonly notCovered: readonly string[] };
}

async function findings(options: NamespaceOptions): Promise<Findings> {
  return (await doctorInside(options)) as Findings;
}

function processorReason(found: Findings): { reason: string; mend: string } {
  const rapl = found.missing.find((one) => one.sourceId.startsWith('rapl'));
  return { reason: rapl?.reason ?? 'readable', mend: rapl?.mend ?? '' };
}

describe('the doctor tells apart why a processor can’t be read', function () {
  this.timeout(60_000);
  before(function () {
    if (process.platform !== 'linux') console.log('SKIPPED: why a processor can’t be read, because this is not Linux');
    if (process.platform !== 'linux' || !canMount()) this.skip();
  });

  const bind = ({ sys, proc }: DeviceTree): readonly (readonly string[])[] => [
    ['mount', '--bind', sys, '/sys'],
    ['mount', '--bind', join(proc, 'cpuinfo'), '/proc/cpuinfo'],
  ];

  it('no tree: the module may be missing', async () => {
    const found = await findings({ mounts: bind(makeDeviceTree([])) });
    assert.deepEqual(processorReason(found), { reason: 'absent', mend: 'sudo modprobe intel_rapl_msr' });
  });

  it('no permission: a udev rule and a group, never a capability for node', async function () {
    if (!canRunAsNobody()) this.skip();
    const found = await findings({ mounts: bind(makeDeviceTree(packageAndMemory)), asNobody: true });
    const { reason, mend } = processorReason(found);
    assert.equal(reason, 'no-permission');
    assert.match(mend, /^echo 'SUBSYSTEM=="powercap".* \/etc\/udev\/rules\.d\/70-energy\.rules && .*udevadm trigger/);
    assert.doesNotMatch(mend, /setcap/);
    assert.match(found.missing.map(({ why }) => why).join(), /CVE-2020-8694.*fine-grained power/);
    assert.deepEqual(found.counters, []);
  });

  it('permission given: the counters are read, with path, cost and coverage', async () => {
    const found = await findings({ mounts: bind(makeDeviceTree(packageAndMemory)) });
    assert.deepEqual(found.counters.map(({ id }) => id).sort(), ['rapl:package-0', 'rapl:package-0-dram']);
    assert.ok(found.counters.every(({ readMicroseconds }) => readMicroseconds > 0));
    assert.match(JSON.stringify(found.counters[0]?.details), /"\/sys\/class\/powercap\/.*intel-rapl:0\/energy_uj"/);
    assert.deepEqual(found.coverage, {
      covered: ['package', 'dram'],
      apart: [],
      notCovered: ['GPU', 'losses of the power supply', 'fans', 'disks', 'the display'],
    });
  });

  it('masked in a container: how to start it', async () => {
    const tree = makeDeviceTree(packageAndMemory);
    const mask = ['mount', '-t', 'tmpfs', '-o', 'ro', 'tmpfs', '/sys/devices/virtual/powercap'];
    const { reason, mend } = processorReason(await findings({ mounts: [...bind(tree), mask] }));
    assert.equal(reason, 'masked');
    assert.match(mend, /-v \/sys\/devices\/virtual\/powercap:\S+ -e JOULE_LS_POWERCAP_ROOT=/);
  });

  it('masked, and mounted elsewhere as the mend says: read', async () => {
    const tree = makeDeviceTree(packageAndMemory);
    const elsewhere = makeTemporaryFolder('joule-host-');
    const found = await findings({
      mounts: [
        ...bind(tree),
        ['mount', '--bind', join(tree.sys, 'devices/virtual/powercap'), elsewhere],
        ['mount', '-t', 'tmpfs', '-o', 'ro', 'tmpfs', '/sys/devices/virtual/powercap'],
        ['export', `JOULE_LS_POWERCAP_ROOT=${elsewhere}`],
      ],
    });
    assert.deepEqual(found.counters.map(({ id }) => id).sort(), ['rapl:package-0', 'rapl:package-0-dram']);
  });

  it('a virtual machine: this one, as it is', async function () {
    if (!/^flags\s*:.*\bhypervisor\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))) {
      console.log('SKIPPED: the doctor on a virtual machine, because this is none');
      this.skip();
    }
    const { reason, mend } = processorReason(await findings({ mounts: [] }));
    assert.deepEqual([reason, mend], ['virtual-machine', 'run the engine and joule-ls on the physical machine']);
  });
});
