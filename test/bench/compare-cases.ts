// What happens to counters between two reads, and what really flowed: the cases in which programs that read them part ways.

import type { DeviceZone } from '../support/device-tree.ts';
import { cpuinfo } from '../support/powercap-tree.ts';

export interface PowercapCase {
  readonly name: string;
  readonly zones: readonly DeviceZone[];
  /** What each zone shows 10 s later. */
  readonly after: Readonly<Record<string, bigint>>;
  /** Joules of processor and memory that flowed, nothing twice; undefined: nobody can know. */
  readonly truth: number | undefined;
  readonly cpu?: string;
  /** Why another tool says something else. */
  readonly remark?: string;
}

const package0: DeviceZone = { folder: 'intel-rapl:0', name: 'package-0', microjoules: 5_000_000n };
const amd = cpuinfo({ vendor: 'AuthenticAMD', family: 23, model: 1 });
const range = 262_143_328_850n;

export const powercapCases: readonly PowercapCase[] = [
  { name: 'one package', zones: [package0], after: { 'intel-rapl:0': 65_000_000n }, truth: 60 },
  {
    name: 'package and memory',
    zones: [package0, { folder: 'intel-rapl:0:0', name: 'dram', microjoules: 7n }],
    after: { 'intel-rapl:0': 65_000_000n, 'intel-rapl:0:0': 5_000_007n },
    truth: 65,
  },
  {
    name: 'two sockets, each with memory',
    zones: [
      package0,
      { folder: 'intel-rapl:0:0', name: 'dram', microjoules: 0n },
      { folder: 'intel-rapl:1', name: 'package-1', microjoules: 9n },
      { folder: 'intel-rapl:1:0', name: 'dram', microjoules: 0n },
    ],
    after: {
      'intel-rapl:0': 105_000_000n,
      'intel-rapl:0:0': 10_000_000n,
      'intel-rapl:1': 50_000_009n,
      'intel-rapl:1:0': 20_000_000n,
    },
    truth: 180,
  },
  {
    name: 'cores and graphics inside the package',
    zones: [
      package0,
      { folder: 'intel-rapl:0:0', name: 'core', microjoules: 1n },
      { folder: 'intel-rapl:0:1', name: 'uncore', microjoules: 1n },
    ],
    after: { 'intel-rapl:0': 65_000_000n, 'intel-rapl:0:0': 30_000_001n, 'intel-rapl:0:1': 10_000_001n },
    truth: 60,
  },
  {
    name: 'a wrap',
    zones: [{ ...package0, microjoules: range - 40_000_000n }],
    // 100 J: 40 to the top, one unit (61 µJ) for the step to 0, the rest above it.
    after: { 'intel-rapl:0': 59_999_939n },
    truth: 100,
    remark: 'Prometheus takes any decrease for a reset and counts on from 0; pyJoules subtracts without looking',
  },
  {
    name: 'a reset: back to almost 0 from the middle',
    zones: [{ ...package0, microjoules: 100_000_000_000n }],
    after: { 'intel-rapl:0': 5_000_000n },
    truth: undefined,
    remark: 'what flowed before the reset is lost; Prometheus shows what came after, pyJoules a negative energy',
  },
  {
    name: 'more than hardware can draw',
    zones: [package0],
    after: { 'intel-rapl:0': 100_005_000_000n },
    truth: undefined,
    remark: '10 kW from one socket is a broken counter; the others pass it on',
  },
  {
    name: 'the package a second time through memory-mapped registers',
    zones: [package0, { ...package0, folder: 'intel-rapl-mmio:0' }],
    after: { 'intel-rapl:0': 65_000_000n, 'intel-rapl-mmio:0': 65_000_000n },
    truth: 60,
    remark:
      'node_exporter shows both zones, and a sum over its packages counts twice; pyJoules looks at one control type only',
  },
  {
    name: 'AMD’s mirrored dies',
    cpu: amd,
    zones: [
      { folder: 'intel-rapl:0', name: 'package-0-die-0', microjoules: 1n },
      { folder: 'intel-rapl:1', name: 'package-0-die-1', microjoules: 1n },
    ],
    after: { 'intel-rapl:0': 68_000_001n, 'intel-rapl:1': 68_000_001n },
    truth: 68,
    remark:
      'every die of these processors shows the socket’s counter; who sums zones counts twice, pyJoules knows no dies',
  },
  {
    name: 'psys first, the package second (laptops)',
    zones: [
      { folder: 'intel-rapl:0', name: 'psys', microjoules: 1n },
      { folder: 'intel-rapl:1', name: 'package-0', microjoules: 1n },
    ],
    after: { 'intel-rapl:0': 90_000_001n, 'intel-rapl:1': 60_000_001n },
    truth: 60,
    remark: 'pyJoules takes the number of the zone for the socket’s and finds no package',
  },
  {
    name: 'the eleventh zone (hexadecimal numbers)',
    zones: Array.from({ length: 11 }, (_, socket) => ({
      folder: `intel-rapl:${socket.toString(16)}`,
      name: `package-${socket}`,
      microjoules: 1n,
    })),
    after: Object.fromEntries(
      Array.from({ length: 11 }, (_, socket) => [`intel-rapl:${socket.toString(16)}`, 10_000_001n]),
    ),
    truth: 110,
    remark: 'pyJoules counts folders in decimal and stops at the tenth',
  },
];
