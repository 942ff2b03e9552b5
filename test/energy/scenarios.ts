// The table: what happened to the counters and calls, and how many joules each call must come to. `rows` are those of the
// list of cases that every meter has to get right (wraps, resets, suspend, overlap, and so on), by number.

import type { Domain } from '../../native-bindings/energy-source.ts';
import { cpuinfo } from '../support/powercap-tree.ts';
import type { Script, Step } from '../support/scenario-player.ts';
import type { CounterSpec } from '../support/scripted-counter.ts';

/** Joules, within a tick per edge. What is not named is not looked at. */
export interface Expected {
  readonly gross?: number;
  readonly net?: number;
  readonly load?: number;
  readonly prefill?: number;
  readonly decode?: number;
  /** The stated error lies between these. */
  readonly error?: readonly [number, number];
  /** There is no figure, and this is in the reason. */
  readonly unknown?: RegExp;
  readonly netUnknown?: RegExp;
  readonly flag?: RegExp;
  readonly coverage?: readonly Domain[];
  /** Of counters that are shown apart or in the total. */
  readonly sources?: Readonly<Record<string, number>>;
  readonly idle?: 'cold' | 'warm';
  readonly status?: 'measured' | 'estimated';
}

export interface Scenario {
  readonly name: string;
  readonly rows?: readonly number[];
  readonly script: Script;
  readonly calls: Readonly<Record<string, Expected>>;
  /** Of the first counter, in joules. */
  readonly books?: Partial<Record<'measured' | 'attributed' | 'others' | 'idle' | 'unattributed', number>>;
}

const gpu: CounterSpec = { domain: 'gpu' };
const cpu: CounterSpec = { domain: 'package' };
/** ESU 14: 2^32 − 1 units of 61 µJ, rounded down to the microjoule as the kernel does; the wrap is one unit longer. */
const rapl: CounterSpec = { domain: 'package', modulus: 262_143_389_885n };
const slow: CounterSpec = { domain: 'gpu', updateSeconds: 0.1, tick: 1000 };

/** A call that is alone from start to end, with so many joules in the middle. */
function alone(joules: Readonly<Record<string, number>>, milliseconds = 2000): readonly Step[] {
  return [
    [0, 'sent', 'a'],
    ...Object.entries(joules).map(([id, amount]): Step => [milliseconds / 2, 'add', id, amount]),
    [milliseconds, 'done', 'a'],
  ];
}

/** A short call, then a quiet time with so many watts, so that idle power is known. */
function quiet(watts: number, seconds: number, said: { readonly keepAlive?: number } = {}): readonly Step[] {
  return [
    [0, 'sent', 'x'],
    [1000, 'add', 'gpu', 50],
    [1000, 'done', 'x', said],
    [1000 + seconds * 1000, 'add', 'gpu', watts * seconds],
  ];
}

const single: readonly Scenario[] = [
  {
    name: 'one counter, one call',
    script: { counters: { gpu }, steps: alone({ gpu: 200 }) },
    calls: { a: { gross: 200, coverage: ['gpu'], status: 'measured' } },
  },
  {
    name: 'package, memory and card are the total',
    rows: [10, 23],
    script: { counters: { gpu, cpu, dram: { domain: 'dram' } }, steps: alone({ gpu: 200, cpu: 50, dram: 5 }) },
    calls: { a: { gross: 255, sources: { gpu: 200, cpu: 50, dram: 5 } } },
  },
  {
    name: 'platform, cores and integrated GPU are shown apart, never added',
    rows: [10, 12],
    script: {
      counters: { cpu, psys: { domain: 'psys' }, core: { domain: 'core' }, uncore: { domain: 'uncore' } },
      steps: alone({ cpu: 50, psys: 120, core: 30, uncore: 8 }),
    },
    calls: { a: { gross: 50, coverage: ['package'], sources: { psys: 120, core: 30, uncore: 8 } } },
  },
  {
    name: 'a battery is not added to what it feeds',
    rows: [10],
    script: { counters: { cpu, battery: { domain: 'battery' } }, steps: alone({ cpu: 50, battery: 90 }) },
    calls: { a: { gross: 50, sources: { battery: 90 } } },
  },
  {
    name: 'two cards are both counted',
    script: { counters: { gpu, second: gpu }, steps: alone({ gpu: 200, second: 100 }) },
    calls: { a: { gross: 300 } },
  },
  {
    name: 'two sockets are both counted',
    script: { counters: { cpu, second: cpu }, steps: alone({ cpu: 40, second: 60 }) },
    calls: { a: { gross: 100 } },
  },
  {
    name: 'the first reading is a baseline, however much the register holds',
    rows: [5],
    script: { counters: { gpu: { ...gpu, starts: 1n << 60n } }, steps: alone({ gpu: 0.000_001 }) },
    calls: { a: { gross: 0.000_001 } },
  },
  {
    name: 'what flows before and after is not the call’s',
    script: { counters: { gpu }, steps: [[0, 'add', 'gpu', 70], ...alone({ gpu: 10 }), [2500, 'add', 'gpu', 70]] },
    calls: { a: { gross: 10 } },
    books: { measured: 10 },
  },
  {
    name: 'a call of no length',
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'done', 'a'],
        [1, 'add', 'gpu', 5],
      ],
    },
    calls: { a: { gross: 0 } },
  },
  {
    name: 'progress readings change nothing',
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'add', 'gpu', 50],
        [500, 'sample', 'a'],
        [1000, 'add', 'gpu', 50],
        [1000, 'sample', 'a'],
        [2000, 'add', 'gpu', 100],
        [2000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 200 } },
  },
  {
    name: 'ten minutes',
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        ...Array.from({ length: 60 }, (_, index): Step => [10_000 * index + 5000, 'add', 'gpu', 1000]),
        [600_000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 60_000 } },
  },
  {
    name: 'a prompt found in the cache',
    rows: [19],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [1000, 'add', 'gpu', 80],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 80, prefill: 0, decode: 80 } },
  },
  {
    name: 'prefill and decode',
    rows: [18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'add', 'gpu', 150],
        [500, 'token', 'a'],
        [2000, 'add', 'gpu', 90],
        [2000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 240, prefill: 150, decode: 90 } },
  },
];

const registers: readonly Scenario[] = [
  {
    name: 'a register wraps',
    rows: [1],
    script: { counters: { rapl: { ...rapl, starts: 262_143_000_000n } }, steps: alone({ rapl: 500 }, 10_000) },
    calls: { a: { gross: 500 } },
  },
  {
    name: 'a register wraps to exactly zero',
    rows: [1],
    script: { counters: { rapl: { ...rapl, starts: 262_143_389_885n - 5_000_000n } }, steps: alone({ rapl: 5 }) },
    calls: { a: { gross: 5 } },
  },
  {
    name: 'a register stands on its last value',
    rows: [1],
    script: { counters: { rapl: { ...rapl, starts: 262_143_389_884n } }, steps: alone({ rapl: 0.000_001 }) },
    calls: { a: { gross: 0.000_001 } },
  },
  {
    name: 'two sockets wrap at different times',
    rows: [1],
    script: {
      counters: { rapl: { ...rapl, starts: 262_143_000_000n }, second: { ...rapl, starts: 262_142_000_000n } },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'rapl', 1],
        [1000, 'sample', 'a'],
        [3000, 'add', 'second', 2],
        [3000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 3 } },
  },
  {
    name: 'a narrow register wraps twice in a long call that is read every 30 s',
    rows: [1, 3],
    script: {
      counters: { rapl: { domain: 'package', modulus: 65_712_999_613n, capWatts: 1100 } },
      steps: [
        [0, 'sent', 'a'],
        ...Array.from({ length: 140 }, (_, index): Step => [1000 * (index + 1), 'add', 'rapl', 1000]),
        [140_000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 140_000 } },
  },
  {
    name: 'a wrap that nobody saw may hide in a gap: no guess',
    rows: [3],
    script: {
      counters: { rapl: { domain: 'package', modulus: 65_712_999n, capWatts: 500 } },
      steps: alone({ rapl: 3 }, 20_000),
    },
    calls: { a: { unknown: /wrapped around unseen/ } },
  },
  {
    name: 'a card’s counter starts again: no 2^64',
    rows: [2],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'show', 'gpu', 5n],
        [2000, 'done', 'a'],
      ],
    },
    calls: { a: { unknown: /went backwards/ } },
  },
  {
    name: 'a register goes back by less than a wrap explains',
    rows: [2],
    script: {
      counters: { rapl: { ...rapl, starts: 200_000_000_000n } },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'show', 'rapl', 100_000_000_000n],
        [2000, 'done', 'a'],
      ],
    },
    calls: { a: { unknown: /further than a wrap-around explains/ } },
  },
  {
    name: 'a register jumps by more than the hardware can draw: no phantom maximum',
    rows: [1],
    script: {
      counters: { rapl },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'show', 'rapl', 200_000_000_000n],
        [2000, 'done', 'a'],
      ],
    },
    calls: { a: { unknown: /could explain/ } },
  },
  {
    name: 'a reset of one counter makes a lower bound of the total',
    rows: [2, 8],
    script: {
      counters: { gpu, cpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'add', 'cpu', 20],
        [1000, 'show', 'gpu', 5n],
        [2000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 20, coverage: ['package'], flag: /^lower bound: / } },
  },
  {
    name: 'after a reset the next call is right again',
    rows: [2],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'show', 'gpu', 5n],
        [2000, 'done', 'a'],
        [3000, 'sent', 'b'],
        [4000, 'add', 'gpu', 70],
        [4000, 'done', 'b'],
      ],
    },
    calls: { a: { unknown: /backwards/ }, b: { gross: 70 } },
  },
  {
    name: 'a counter that stands still for seconds is not believed',
    rows: [4],
    script: { counters: { slow }, steps: alone({}, 5000) },
    calls: { a: { unknown: /did not move/ } },
  },
  {
    name: 'cores may rest while the package works',
    script: {
      counters: { cpu: { ...cpu, updateSeconds: 0.001 }, core: { domain: 'core', updateSeconds: 0.001 } },
      steps: alone({ cpu: 30, core: 0 }),
    },
    calls: { a: { gross: 30, sources: { core: 0 } } },
  },
  {
    name: 'one refresh and one tick at each edge',
    rows: [7],
    script: { counters: { slow }, steps: alone({ slow: 200 }) },
    calls: { a: { gross: 200, error: [20, 22.1] } },
  },
  {
    name: 'less than two refreshes, and nothing known of the power',
    rows: [15],
    script: { counters: { slow }, steps: alone({}, 50) },
    calls: { a: { unknown: /hardly longer than the 0\.1 s/ } },
  },
  {
    name: 'less than two refreshes with the power known: zero to P·T, under low confidence',
    rows: [15],
    script: { counters: { slow }, steps: [...alone({ slow: 600 }), [2005, 'sent', 'b'], [2055, 'done', 'b']] },
    calls: { a: { gross: 600 }, b: { gross: 0, error: [30, 120], flag: /few refreshes/ } },
  },
];

const failures: readonly Scenario[] = [
  {
    name: 'unreadable at the start',
    rows: [4],
    script: {
      counters: { gpu },
      steps: [
        [0, 'fail', 'gpu', 'failed'],
        [0, 'sent', 'a'],
        [500, 'mend', 'gpu'],
        [1000, 'add', 'gpu', 9],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { unknown: /scripted: failed/ } },
  },
  {
    name: 'unreadable at the end',
    rows: [4],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'fail', 'gpu', 'garbage'],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { unknown: /scripted: garbage/ } },
  },
  {
    name: 'unreadable in the middle is bridged',
    rows: [4],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'fail', 'gpu', 'failed'],
        [500, 'token', 'a'],
        [600, 'mend', 'gpu'],
        [1000, 'add', 'gpu', 90],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 90 } },
  },
  {
    name: 'a card is unplugged: the rest is a lower bound',
    rows: [8],
    script: {
      counters: { gpu, cpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'fail', 'gpu', 'gone'],
        [900, 'add', 'cpu', 30],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 30, coverage: ['package'], flag: /lower bound: scripted: gone/ } },
  },
  {
    name: 'a counter comes back',
    rows: [8],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'fail', 'gpu', 'gone'],
        [1000, 'done', 'a'],
        [1500, 'mend', 'gpu'],
        [2000, 'sent', 'b'],
        [3000, 'add', 'gpu', 40],
        [3000, 'done', 'b'],
      ],
    },
    calls: { a: { unknown: /gone/ }, b: { gross: 40 } },
  },
  {
    name: 'a card that sleeps throughout takes no part',
    rows: [22],
    script: { counters: { gpu, cpu }, steps: [[0, 'fail', 'gpu', 'asleep'], ...alone({ cpu: 30 })] },
    calls: { a: { gross: 30, coverage: ['package'] } },
  },
  {
    name: 'a card that wakes in the middle',
    rows: [22],
    script: {
      counters: { gpu, cpu },
      steps: [
        [0, 'fail', 'gpu', 'asleep'],
        [0, 'sent', 'a'],
        [500, 'mend', 'gpu'],
        [900, 'add', 'cpu', 30],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 30, flag: /lower bound: gpu woke up/ } },
  },
  {
    name: 'a counter that hangs does not hold up the others',
    rows: [4],
    script: {
      counters: { gpu, cpu },
      steps: [
        [0, 'fail', 'gpu', 'hangs'],
        [0, 'sent', 'a'],
        [3000, 'add', 'cpu', 30],
        [3000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 30, coverage: ['package'], flag: /lower bound: gpu did not answer/ } },
  },
  {
    name: 'a counter that throws',
    rows: [4],
    script: { counters: { gpu }, steps: [[0, 'fail', 'gpu', 'throws'], ...alone({})] },
    calls: { a: { unknown: /scripted/ } },
  },
  {
    name: 'a counter that answers 0.8 s late: what was missed is in the error',
    rows: [7],
    script: {
      counters: { gpu },
      steps: [
        [0, 'delay', 'gpu', 800],
        [0, 'sent', 'a'],
        [500, 'add', 'gpu', 50],
        [1000, 'delay', 'gpu', 0],
        [4000, 'add', 'gpu', 320],
        [4000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 320, error: [50, 160] } },
  },
  {
    name: 'no counter at all',
    rows: [4, 13],
    script: { counters: {}, steps: alone({}) },
    calls: { a: { unknown: /only root may read it/ } },
  },
  {
    name: 'an engine that these counters do not see',
    rows: [21],
    script: {
      counters: { gpu },
      views: { a: { seen: false, why: 'the engine runs elsewhere' } },
      steps: alone({ gpu: 100 }),
    },
    calls: { a: { unknown: /elsewhere/ } },
  },
];

const together: readonly Scenario[] = [
  {
    name: 'two calls over the same time',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'sent', 'b'],
        [0, 'token', 'a'],
        [0, 'token', 'b'],
        [1000, 'add', 'gpu', 100],
        [1000, 'done', 'a'],
        [1000, 'done', 'b'],
      ],
    },
    calls: { a: { gross: 50, flag: /^split with/ }, b: { gross: 50 } },
    books: { measured: 100, attributed: 100, unattributed: 0 },
  },
  {
    name: 'two thirds of a call beside another',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [1000, 'add', 'gpu', 100],
        [1000, 'sent', 'b'],
        [1000, 'token', 'b'],
        [3000, 'add', 'gpu', 200],
        [3000, 'done', 'a'],
        [4000, 'add', 'gpu', 100],
        [4000, 'done', 'b'],
      ],
    },
    calls: { a: { gross: 200 }, b: { gross: 200 } },
    books: { measured: 400, attributed: 400 },
  },
  {
    name: 'three calls inside each other',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [1000, 'add', 'gpu', 60],
        [1000, 'sent', 'b'],
        [1000, 'token', 'b'],
        [2000, 'add', 'gpu', 60],
        [2000, 'sent', 'c'],
        [2000, 'token', 'c'],
        [3000, 'add', 'gpu', 60],
        [3000, 'done', 'c'],
        [4000, 'add', 'gpu', 60],
        [4000, 'done', 'b'],
        [5000, 'add', 'gpu', 60],
        [5000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 200 }, b: { gross: 80 }, c: { gross: 20 } },
  },
  {
    name: 'calls that end in the order opposite to their start',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'b'],
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [0, 'token', 'b'],
        [1000, 'add', 'gpu', 100],
        [1000, 'done', 'a'],
        [2000, 'add', 'gpu', 100],
        [2000, 'done', 'b'],
      ],
    },
    calls: { a: { gross: 50 }, b: { gross: 150 } },
  },
  {
    name: 'a microjoule that does not divide goes to the first',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'sent', 'b'],
        [0, 'sent', 'c'],
        [0, 'token', 'a'],
        [0, 'token', 'b'],
        [0, 'token', 'c'],
        [1000, 'add', 'gpu', 0.000_1],
        [1000, 'done', 'a'],
        [1000, 'done', 'b'],
        [1000, 'done', 'c'],
      ],
    },
    calls: { a: { gross: 0.000_034 }, b: { gross: 0.000_033 }, c: { gross: 0.000_033 } },
  },
  {
    name: 'one call follows another without a gap',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'gpu', 100],
        [1000, 'done', 'a'],
        [1000, 'sent', 'b'],
        [2000, 'add', 'gpu', 30],
        [2000, 'done', 'b'],
      ],
    },
    calls: { a: { gross: 100 }, b: { gross: 30 } },
  },
  {
    name: 'an overlap on two counters',
    rows: [17],
    script: {
      counters: { gpu, cpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [1000, 'add', 'gpu', 100],
        [1000, 'add', 'cpu', 10],
        [1000, 'sent', 'b'],
        [1000, 'token', 'b'],
        [2000, 'add', 'gpu', 100],
        [2000, 'add', 'cpu', 10],
        [2000, 'done', 'a'],
        [2000, 'done', 'b'],
      ],
    },
    calls: { a: { gross: 165 }, b: { gross: 55 } },
  },
  {
    name: 'queued behind our own call',
    rows: [18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [0, 'sent', 'b'],
        [3000, 'add', 'gpu', 300],
        [3000, 'done', 'a'],
        [3500, 'add', 'gpu', 50],
        [3500, 'token', 'b'],
        [4000, 'add', 'gpu', 50],
        [4000, 'done', 'b', { queue: 3 }],
      ],
    },
    calls: { a: { gross: 150, error: [150, 151] }, b: { gross: 100, prefill: 50 } },
    books: { measured: 400, attributed: 250, unattributed: 150 },
  },
  {
    name: 'queued behind strangers',
    rows: [18, 20],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [3000, 'add', 'gpu', 300],
        [3000, 'sample', 'a'],
        [4000, 'add', 'gpu', 100],
        [4000, 'done', 'a', { queue: 3 }],
      ],
    },
    calls: { a: { gross: 100 } },
    books: { unattributed: 300 },
  },
  {
    name: 'the queue of a call that another one’s end has told',
    rows: [18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [0, 'sent', 'b'],
        [2000, 'add', 'gpu', 200],
        [2000, 'token', 'b'],
        [3000, 'add', 'gpu', 100],
        [3000, 'done', 'b', { queue: 2 }],
        [4000, 'add', 'gpu', 100],
        [4000, 'done', 'a'],
      ],
    },
    calls: { b: { gross: 50 }, a: { gross: 350 } },
  },
  {
    name: 'load is a line of its own',
    rows: [18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'gpu', 60],
        [1000, 'sample', 'a'],
        [1500, 'add', 'gpu', 100],
        [1500, 'token', 'a'],
        [2000, 'add', 'gpu', 50],
        [2000, 'done', 'a', { load: 1 }],
      ],
    },
    calls: { a: { gross: 210, load: 60, prefill: 100, decode: 50 } },
  },
  {
    name: 'load first, then the queue',
    rows: [18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'gpu', 60],
        [1000, 'sample', 'a'],
        [3000, 'add', 'gpu', 40],
        [3000, 'sample', 'a'],
        [4000, 'add', 'gpu', 100],
        [4000, 'token', 'a'],
        [5000, 'add', 'gpu', 50],
        [5000, 'done', 'a', { load: 1, queue: 2 }],
      ],
    },
    calls: { a: { gross: 210, load: 60, prefill: 100, decode: 50 } },
    books: { unattributed: 40 },
  },
  {
    name: 'two calls wait for the same load',
    rows: [18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'sent', 'b'],
        [1000, 'add', 'gpu', 60],
        [1000, 'sample', 'a'],
        [2000, 'add', 'gpu', 100],
        [2000, 'token', 'a'],
        [2000, 'token', 'b'],
        [2000, 'done', 'a', { load: 1 }],
        [2000, 'done', 'b', { load: 1 }],
      ],
    },
    calls: { a: { gross: 80, load: 30 }, b: { gross: 80, load: 30 } },
  },
  {
    name: 'durations that can’t be true stay inside the window',
    rows: [18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'gpu', 60],
        [1000, 'token', 'a'],
        [2000, 'add', 'gpu', 40],
        [2000, 'done', 'a', { queue: 1e9, load: 1e9 }],
      ],
    },
    calls: { a: { gross: 100, load: 60, prefill: 0, decode: 40 } },
  },
  {
    name: 'negative and missing durations count as none',
    rows: [18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'gpu', 60],
        [1000, 'done', 'a', { queue: Number.NaN, load: -5 }],
      ],
    },
    calls: { a: { gross: 60 } },
  },
  {
    name: 'cancelled before its first token',
    rows: [19],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'gpu', 60],
        [1000, 'done', 'a', { silent: true }],
      ],
    },
    calls: { a: { gross: 60, prefill: 60, decode: 0 } },
  },
  {
    name: 'cancelled in the middle of its answer',
    rows: [19],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'gpu', 60],
        [1000, 'token', 'a'],
        [1500, 'add', 'gpu', 20],
        [1500, 'done', 'a', { silent: true }],
      ],
    },
    calls: { a: { gross: 80, prefill: 60, decode: 20 } },
  },
  {
    name: 'cancelled while it may have queued: the error reaches down to nothing',
    rows: [18, 19],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [0, 'sent', 'b'],
        [1000, 'add', 'gpu', 100],
        [1000, 'done', 'b', { silent: true }],
        [2000, 'add', 'gpu', 100],
        [2000, 'done', 'a'],
      ],
    },
    calls: { b: { gross: 50, error: [50, 51] }, a: { gross: 150, error: [50, 51] } },
  },
  {
    name: 'failed at once',
    rows: [19],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [5, 'add', 'gpu', 0.5],
        [5, 'done', 'a', { silent: true }],
      ],
    },
    calls: { a: { gross: 0.5 } },
  },
  {
    name: 'never sent',
    rows: [19],
    script: { counters: { gpu }, steps: [[5, 'done', 'a', { silent: true }]] },
    calls: { a: { unknown: /never sent/ } },
  },
  {
    name: 'between calls nothing is attributed',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [1000, 'add', 'gpu', 100],
        [1000, 'done', 'a'],
        [3000, 'add', 'gpu', 500],
        [3000, 'sent', 'b'],
        [4000, 'add', 'gpu', 30],
        [4000, 'done', 'b'],
      ],
    },
    calls: { a: { gross: 100 }, b: { gross: 30 } },
    books: { measured: 130 },
  },
];

const idle: readonly Scenario[] = [
  {
    name: 'idle power is not known yet',
    rows: [16],
    script: { counters: { gpu }, steps: alone({ gpu: 100 }) },
    calls: { a: { gross: 100, netUnknown: /idle power is not known yet/ } },
  },
  {
    name: 'net of the idle power with a model in memory',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [...quiet(20, 10), [11_000, 'sent', 'a'], [13_000, 'add', 'gpu', 240], [13_000, 'done', 'a']],
    },
    calls: { a: { gross: 240, net: 200, idle: 'warm' } },
    books: { measured: 290, attributed: 250, idle: 40, unattributed: 0 },
  },
  {
    name: 'net of the idle power without a model, for the call that loads it',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [
        ...quiet(8, 20, { keepAlive: 0 }),
        [21_000, 'sent', 'a'],
        [23_000, 'add', 'gpu', 240],
        [23_000, 'done', 'a', { load: 1 }],
      ],
    },
    calls: { a: { gross: 240, net: 224, idle: 'cold' } },
  },
  {
    name: 'a gap across the end of the keep-alive is two gaps',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'x'],
        [1000, 'add', 'gpu', 50],
        [1000, 'done', 'x', { keepAlive: 60 }],
        [60_900, 'add', 'gpu', 1800],
        [81_500, 'add', 'gpu', 205],
        [81_500, 'sent', 'a'],
        [83_500, 'add', 'gpu', 240],
        [83_500, 'done', 'a', { load: 1 }],
        [84_000, 'sent', 'b'],
        [85_000, 'add', 'gpu', 100],
        [85_000, 'done', 'b'],
      ],
    },
    calls: { a: { net: 220, idle: 'cold' }, b: { net: 70, idle: 'warm' } },
  },
  {
    name: 'after the keep-alive but the model was still there: nothing is learned',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [
        ...quiet(8, 20, { keepAlive: 0 }),
        [21_000, 'sent', 'a'],
        [23_000, 'add', 'gpu', 240],
        [23_000, 'done', 'a'],
      ],
    },
    calls: { a: { netUnknown: /idle power/ } },
  },
  {
    name: 'the other idle power stands in, and says so',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [...quiet(20, 10), [11_000, 'sent', 'a'], [13_000, 'add', 'gpu', 240], [13_000, 'done', 'a', { load: 1 }]],
    },
    calls: { a: { net: 200, idle: 'warm', flag: /without one it is not known now/ } },
  },
  {
    name: 'less than idle power flowed: net is nothing, never negative',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [...quiet(20, 10), [11_000, 'sent', 'a'], [13_000, 'add', 'gpu', 30], [13_000, 'done', 'a']],
    },
    calls: { a: { gross: 30, net: 0 } },
  },
  {
    name: 'idle power older than ten minutes is not known',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [
        ...quiet(20, 10, { keepAlive: 12 }),
        [11_000, 'sent', 'y'],
        [12_000, 'add', 'gpu', 50],
        [12_000, 'done', 'y', { keepAlive: 12 }],
        [700_000, 'sent', 'a'],
        [702_000, 'add', 'gpu', 100],
        [702_000, 'done', 'a'],
      ],
    },
    calls: { y: { net: 30 }, a: { netUnknown: /idle power/ } },
  },
  {
    name: 'a gap of less than five seconds is not quiet',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [...quiet(20, 4), [5000, 'sent', 'a'], [6000, 'add', 'gpu', 100], [6000, 'done', 'a']],
    },
    calls: { a: { netUnknown: /idle power/ } },
  },
  {
    name: 'a gap in which the machine slept is not taken',
    rows: [6, 16],
    script: {
      counters: { gpu },
      steps: [
        ...quiet(20, 10),
        [11_000, 'sleep', 3_600_000],
        [11_000, 'sent', 'a'],
        [12_000, 'add', 'gpu', 100],
        [12_000, 'done', 'a'],
      ],
    },
    calls: { a: { netUnknown: /idle power/ } },
  },
  {
    name: 'a gap in which somebody compiled does not move the median',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [20, 20.2, 19.8, 95, 20]
        .flatMap((watts, index): readonly Step[] => [
          [index * 11_000, 'sent', `x${index}`],
          [index * 11_000 + 1000, 'add', 'gpu', 50],
          [index * 11_000 + 1000, 'done', `x${index}`],
          [index * 11_000 + 11_000, 'add', 'gpu', watts * 10],
        ])
        .concat([
          [55_000, 'sent', 'a'],
          [56_000, 'add', 'gpu', 100],
          [56_000, 'done', 'a'],
        ]),
    },
    calls: { a: { net: 80 } },
  },
  {
    name: 'idle power is shared by those served',
    rows: [16, 17],
    script: {
      counters: { gpu },
      steps: [
        ...quiet(20, 10),
        [11_000, 'sent', 'a'],
        [11_000, 'sent', 'b'],
        [11_000, 'token', 'a'],
        [11_000, 'token', 'b'],
        [13_000, 'add', 'gpu', 240],
        [13_000, 'done', 'a'],
        [13_000, 'done', 'b'],
      ],
    },
    calls: { a: { gross: 120, net: 100 }, b: { gross: 120, net: 100 } },
  },
  {
    name: 'the machine sleeps while a call runs',
    rows: [6],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'sleep', 60_000],
        [1000, 'add', 'gpu', 50],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 50, flag: /slept or its clock was set/ } },
  },
  {
    name: 'the wall clock is set back an hour while a call runs',
    rows: [6, 7],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [500, 'sleep', -3_600_000],
        [1000, 'add', 'gpu', 50],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 50, flag: /clock was set/ } },
  },
];

const others: readonly Scenario[] = [
  {
    name: 'power added up by ourselves: 6 % and its own error',
    rows: [7, 23],
    script: { counters: { amd: { domain: 'gpu', integrated: 0.02 } }, steps: alone({ amd: 100 }) },
    calls: { a: { gross: 100, error: [8, 8.1] } },
  },
  {
    name: 'beside a call of another server',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [1000, 'add', 'gpu', 100],
        [1000, 'sample', 'a'],
        [1000, 'sent', '1b'],
        [1000, 'token', '1b'],
        [3000, 'add', 'gpu', 200],
        [3000, 'done', 'a'],
        [4000, 'add', 'gpu', 100],
        [4000, 'done', '1b'],
      ],
    },
    calls: { a: { gross: 200, flag: /^split with/ }, '1b': { gross: 200 } },
    books: { measured: 300, attributed: 300, others: 100 },
  },
  {
    name: 'another server’s call queued meanwhile, and has said so',
    rows: [17, 18],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [0, 'sent', '1b'],
        [2000, 'add', 'gpu', 200],
        [2000, 'sample', 'a'],
        [2000, 'token', '1b'],
        [3000, 'add', 'gpu', 100],
        [3000, 'done', '1b', { queue: 2 }],
        [3000, 'sample', 'a'],
        [4000, 'add', 'gpu', 100],
        [4000, 'done', 'a'],
      ],
    },
    calls: { '1b': { gross: 50 }, a: { gross: 350 } },
    books: { others: 50 },
  },
  {
    name: 'another server dies in the middle of its call',
    rows: [17],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', '1b'],
        [0, 'token', '1b'],
        [0, 'sent', 'a'],
        [0, 'token', 'a'],
        [1000, 'add', 'gpu', 100],
        [1000, 'die', 1],
        [1000, 'sample', 'a'],
        [2000, 'add', 'gpu', 100],
        [2000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 150 } },
  },
  {
    name: 'a gap in which another server had a call is not quiet',
    rows: [16],
    script: {
      counters: { gpu },
      steps: [
        [0, 'sent', 'x'],
        [1000, 'done', 'x'],
        [2000, 'sent', '1b'],
        [6000, 'done', '1b'],
        [11_000, 'add', 'gpu', 900],
        [11_000, 'sent', 'a'],
        [12_000, 'add', 'gpu', 60],
        [12_000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 60, netUnknown: /idle power/ } },
  },
  {
    name: 'an estimate from CPU time, 8 W per busy core',
    rows: [23],
    script: {
      counters: {},
      views: { a: { seen: true, pid: 77 } },
      steps: [
        [0, 'work', 77, 1000],
        [0, 'sent', 'a'],
        [1000, 'work', 77, 1200],
        [1000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 16, net: 16, error: [12, 13], status: 'estimated', flag: /8 W per busy core/ } },
  },
  {
    name: 'an estimate is shared only by calls of the same engine',
    rows: [17, 23],
    script: {
      counters: {},
      views: { a: { seen: true, pid: 77 }, b: { seen: true, pid: 88 } },
      steps: [
        [0, 'work', 77, 0],
        [0, 'work', 88, 0],
        [0, 'sent', 'a'],
        [0, 'sent', 'b'],
        [1000, 'work', 77, 100],
        [1000, 'work', 88, 50],
        [1000, 'done', 'a'],
        [1000, 'done', 'b'],
      ],
    },
    calls: { a: { gross: 8 }, b: { gross: 4 } },
  },
];

/** 0, 1 … as the kernel names zones; the index is hexadecimal and says nothing. */
const package0 = { folder: 'intel-rapl:0', name: 'package-0', microjoules: 1_000_000n };

function treeSteps(...zones: readonly (readonly [string, bigint])[]): readonly Step[] {
  return [
    [0, 'sent', 'a'],
    ...zones.map(([folder, value]): Step => [5000, 'zone', folder, value]),
    [10_000, 'done', 'a'],
  ];
}

const trees: readonly Scenario[] = [
  {
    name: 'a tree with one package',
    script: { machine: { zones: [package0] }, steps: treeSteps(['intel-rapl:0', 101_000_000n]) },
    calls: { a: { gross: 100 } },
  },
  {
    name: 'the same package once more through MMIO',
    rows: [10],
    script: {
      machine: { zones: [package0, { folder: 'intel-rapl-mmio:0', name: 'package-0', microjoules: 5n }] },
      steps: treeSteps(['intel-rapl:0', 101_000_000n], ['intel-rapl-mmio:0', 100_000_005n]),
    },
    calls: { a: { gross: 100 } },
  },
  {
    name: 'two dies of an AMD package that mirror one counter',
    rows: [10],
    script: {
      machine: {
        cpuinfo: cpuinfo({ vendor: 'AuthenticAMD', family: 23, model: 1 }),
        zones: [
          { folder: 'intel-rapl:0', name: 'package-0-die-0', microjoules: 0n },
          { folder: 'intel-rapl:1', name: 'package-0-die-1', microjoules: 0n },
        ],
      },
      steps: treeSteps(['intel-rapl:0', 68_000_000n], ['intel-rapl:1', 68_000_000n]),
    },
    calls: { a: { gross: 68 } },
  },
  {
    name: 'two dies of an Intel package that are two counters',
    rows: [10],
    script: {
      machine: {
        zones: [
          { folder: 'intel-rapl:0', name: 'package-0-die-0', microjoules: 0n },
          { folder: 'intel-rapl:1', name: 'package-0-die-1', microjoules: 0n },
        ],
      },
      steps: treeSteps(['intel-rapl:0', 60_000_000n], ['intel-rapl:1', 50_000_000n]),
    },
    calls: { a: { gross: 110 } },
  },
  {
    name: 'platform and memory zones beside the package',
    rows: [10, 11],
    script: {
      machine: {
        zones: [
          package0,
          { folder: 'intel-rapl:0:0', name: 'dram', microjoules: 0n },
          { folder: 'intel-rapl:1', name: 'psys', microjoules: 0n },
        ],
      },
      steps: treeSteps(['intel-rapl:0', 101_000_000n], ['intel-rapl:0:0', 9_000_000n], ['intel-rapl:1', 300_000_000n]),
    },
    calls: { a: { gross: 109, coverage: ['package', 'dram'] } },
  },
  {
    name: 'no memory zone: memory is not in the coverage',
    rows: [11],
    script: {
      machine: { zones: [package0, { folder: 'intel-rapl:0:2', name: 'core', microjoules: 0n }] },
      steps: treeSteps(['intel-rapl:0', 101_000_000n], ['intel-rapl:0:2', 70_000_000n]),
    },
    calls: { a: { gross: 100, coverage: ['package'] } },
  },
  {
    name: 'two sockets, one with a hexadecimal index',
    rows: [10],
    script: {
      machine: { zones: [package0, { folder: 'intel-rapl:a', name: 'package-1', microjoules: 0n }] },
      steps: treeSteps(['intel-rapl:0', 101_000_000n], ['intel-rapl:a', 50_000_000n]),
    },
    calls: { a: { gross: 150 } },
  },
  {
    name: 'a file’s register wraps at its range and one unit',
    rows: [1],
    script: {
      machine: { zones: [{ ...package0, microjoules: 262_143_000_000n }] },
      steps: treeSteps(['intel-rapl:0', 499_671_089n]),
    },
    calls: { a: { gross: 500 } },
  },
  {
    name: 'a file that holds garbage at the end',
    rows: [4],
    script: {
      machine: { zones: [package0] },
      steps: [
        [0, 'sent', 'a'],
        [5000, 'zone', 'intel-rapl:0', 'n/a'],
        [10_000, 'done', 'a'],
      ],
    },
    calls: { a: { unknown: /./ } },
  },
  {
    name: 'a file that is empty in the middle',
    rows: [4],
    script: {
      machine: { zones: [package0] },
      steps: [
        [0, 'sent', 'a'],
        [2000, 'zone', 'intel-rapl:0', ''],
        [2000, 'token', 'a'],
        [9000, 'zone', 'intel-rapl:0', 101_000_000n],
        [10_000, 'done', 'a'],
      ],
    },
    calls: { a: { gross: 100 } },
  },
  {
    name: 'a file that goes backwards',
    rows: [2],
    script: { machine: { zones: [package0] }, steps: treeSteps(['intel-rapl:0', 5n]) },
    calls: { a: { unknown: /backwards/ } },
  },
  {
    name: 'a machine without a tree',
    rows: [13],
    script: { machine: {}, steps: treeSteps() },
    calls: { a: { unknown: /./ } },
  },
];

export const scenarios: readonly Scenario[] = [
  ...single,
  ...registers,
  ...failures,
  ...together,
  ...idle,
  ...others,
  ...trees,
];
