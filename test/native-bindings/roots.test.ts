import assert from 'node:assert/strict';
import { openSources } from '../../native-bindings/index.ts';
import { defaultRoots } from '../../native-bindings/roots.ts';
import { cpuinfo, makeMachine } from '../support/powercap-tree.ts';

describe('where counters are looked for', () => {
  it('is the usual place of the platform', () => {
    assert.deepEqual(defaultRoots({}, 'linux'), {
      powercap: '/sys/class/powercap',
      msr: '/dev/cpu',
      proc: '/proc',
      sys: '/sys',
      nvmlLibraries: ['libnvidia-ml.so.1', 'libnvidia-ml.so', '/usr/lib/wsl/lib/libnvidia-ml.so.1'],
    });
    assert.deepEqual(defaultRoots({ SystemRoot: 'D:\\Windows' }, 'win32').nvmlLibraries, [
      'D:\\Windows\\System32\\nvml.dll',
      'C:\\Program Files\\NVIDIA Corporation\\NVSMI\\nvml.dll',
    ]);
    assert.deepEqual(defaultRoots({}, 'darwin').nvmlLibraries, []);
  });

  it('can be moved by the environment, for containers', () => {
    const env = {
      JOULE_LS_POWERCAP_ROOT: '/host-powercap',
      JOULE_LS_MSR_ROOT: '/host-msr',
      JOULE_LS_PROC_ROOT: '/host-proc',
      JOULE_LS_SYS_ROOT: '/host-sys',
      JOULE_LS_NVML: '/host/libnvidia-ml.so.1',
    };
    assert.deepEqual(defaultRoots(env, 'linux'), {
      powercap: '/host-powercap',
      msr: '/host-msr',
      proc: '/host-proc',
      sys: '/host-sys',
      nvmlLibraries: ['/host/libnvidia-ml.so.1'],
    });
  });
});

describe('opening all counters', () => {
  it('asks registers only where powercap gave no package, and gives every reason', async () => {
    const zones = [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 5n }];
    const full = await openSources(makeMachine({ zones }).roots, () => 0n);
    assert.deepEqual(
      [full.sources.map((source) => source.id), full.missing.map((one) => `${one.sourceId} ${one.reason}`)],
      [['rapl:package-0'], ['nvml absent']],
    );
    const told: unknown[] = [];
    const guest = makeMachine({ cpuinfo: cpuinfo({ flags: 'hypervisor' }) });
    const none = await openSources(guest.roots, () => 0n, { debug: (fields) => told.push(fields) });
    assert.deepEqual(
      none.missing.map((one) => `${one.sourceId} ${one.reason}`),
      ['nvml absent', 'rapl virtual-machine', 'msr virtual-machine'],
    );
    assert.deepEqual(told, none.missing);
  });
});
