// The rules of measuring and attributing energy, each with the tests that hold it. `rules.test.ts` fails when a title is gone.

export interface Rule {
  readonly row: number;
  readonly rule: string;
  /** File under `test/`, then titles in it, as they stand in the source. */
  readonly tests: readonly (readonly [file: string, ...titles: readonly string[]])[];
}

export const rules: readonly Rule[] = [
  {
    row: 1,
    rule: 'a wrap is undone per zone with modulus max + 1 unit, within what the hardware can draw, and read in time',
    tests: [
      [
        'native-bindings/growing-counter.test.ts',
        'undoes a wrap with modulus max + 1 unit',
        'does not believe more power than the hardware can draw',
        'shows the hidden truth through any number of wraps, as long as it is read often enough',
      ],
      ['native-bindings/powercap.test.ts', 'reads the growth, through a wrap, with the file kept open'],
      ['native-bindings/msr.test.ts', 'use only the low 32 bits and undo their wrap'],
      ['energy/meter.test.ts', 'reads a long call often enough for its counters not to wrap twice'],
    ],
  },
  {
    row: 2,
    rule: 'a 64-bit counter that goes down was reset: unknown for that window, never 2^64 more',
    tests: [
      [
        'native-bindings/growing-counter.test.ts',
        'calls any step back of a 64-bit counter a reset',
        'calls a step back that no wrap explains a reset, never a phantom maximum',
      ],
      ['native-bindings/nvml.test.ts', 'calls a counter that went backwards reset, and goes on from there'],
      [
        'energy/meter.test.ts',
        'knows nothing of a counter that was reset while the call ran, and goes on with the next',
      ],
    ],
  },
  {
    row: 3,
    rule: 'a gap in which a counter may have wrapped twice is unknown, not guessed',
    tests: [
      ['native-bindings/growing-counter.test.ts', 'begins a new epoch where a second wrap could hide'],
      [
        'native-bindings/intel-gpu.test.ts',
        'are not believed after a gap in which the driver may have missed a lap of its register',
      ],
    ],
  },
  {
    row: 4,
    rule: 'unreadable is unknown with reason and mend, never 0; one failed read in the middle is bridged',
    tests: [
      [
        'native-bindings/powercap.test.ts',
        'answers garbage, an empty file and a vanished one with the reason, and recovers',
      ],
      ['native-bindings/nvml.test.ts', 'turns every error code into a reason, and never into a zero'],
      ['energy/meter.test.ts', 'bridges one failed read in the middle, but not one at an edge'],
      ['energy/bad-counters.test.ts', 'a counter that misbehaves while a call runs'],
    ],
  },
  {
    row: 5,
    rule: 'the first read is a baseline only',
    tests: [['native-bindings/growing-counter.test.ts', 'takes the first value as a baseline']],
  },
  {
    row: 6,
    rule: 'a window in which the machine slept is flagged, and no idle power is learned from it',
    tests: [
      [
        'energy/meter.test.ts',
        'flags a call during which the machine slept',
        'does not take a short gap, or one in which the machine slept, for idle power',
      ],
    ],
  },
  {
    row: 7,
    rule: 'readings carry the midpoint of a monotonic clock and its spread; jumps give no joule too many',
    tests: [
      [
        'energy/meter.test.ts',
        'does not hold the request up for a slow counter, and counts what it read late in the error',
      ],
      [
        'energy/bad-counters.test.ts',
        'is counted through a monotonic clock that stands still or steps back, with no joule too many',
      ],
    ],
  },
  {
    row: 8,
    rule: 'a lost card is dropped, the others stay, and it is looked for with growing pauses',
    tests: [
      ['native-bindings/nvml.test.ts', 'begins anew with doubling pauses when a card is lost, and reads the others on'],
      ['native-bindings/amdgpu.test.ts', 'say why they can’t be read: unplugged, garbage, a pipe, an old driver'],
    ],
  },
  {
    row: 9,
    rule: 'a card split by MIG is counted as a whole and said to be shared',
    tests: [['native-bindings/nvml.test.ts', 'says of a card split by MIG that it is counted as a whole']],
  },
  {
    row: 10,
    rule: 'mmio, mirrored dies, twin cards, xe’s package and psys are not added',
    tests: [
      [
        'native-bindings/powercap.test.ts',
        'walks by name, not by index, and counts the memory-mapped zone once',
        'keeps one of AMD’s mirrored dies per package, and no per-core counter',
        'keeps memory of two sockets apart',
      ],
      ['native-bindings/intel-gpu.test.ts', 'of xe are the card alone, never card and package together'],
      ['native-bindings/amdgpu.test.ts', 'of two dies are counted on the first, which counts for both'],
      ['energy/remote/exposition.test.ts', 'dcgm-exporter: a card once, however many MIG instances repeat it'],
      [
        'energy/meter.test.ts',
        'gives a call what every counter of the total showed between its edges, and nothing of psys or cores',
      ],
    ],
  },
  {
    row: 11,
    rule: 'memory that has no counter is not in the total, and the total says what it covers',
    tests: [
      ['native-bindings/msr.test.ts', 'that show zero are not there, as the kernel has it'],
      ['commands/doctor-reasons.test.ts', 'permission given: the counters are read, with path, cost and coverage'],
      ['energy/scenarios.ts', 'no memory zone: memory is not in the coverage'],
    ],
  },
  {
    row: 12,
    rule: 'graphics inside a processor are in its package and never added',
    tests: [
      [
        'native-bindings/amdgpu.test.ts',
        'are never added to a package that is counted',
        'show processor and graphics together where nothing counts the package',
      ],
      ['native-bindings/intel-gpu.test.ts', 'inside a processor have no counter of their own, and nothing is missing'],
    ],
  },
  {
    row: 13,
    rule: 'no permission, no tree, masked and virtual are four reasons with four mends',
    tests: [
      [
        'commands/doctor-reasons.test.ts',
        'no tree: the module may be missing',
        'no permission: a udev rule and a group, never a capability for node',
        'masked in a container: how to start it',
        'a virtual machine: this one, as it is',
      ],
      ['native-bindings/powercap.test.ts', 'tells no tree, a masked container and a virtual machine apart'],
      ['native-bindings/msr.test.ts', 'say why they can’t be read: no module, no permission, a virtual machine'],
    ],
  },
  {
    row: 14,
    rule: 'a CPU that goes offline is replaced as the reader of its package',
    tests: [['native-bindings/msr.test.ts', 'are read through another CPU when the first goes offline']],
  },
  {
    row: 15,
    rule: 'a window shorter than the refresh has an error as wide, and is not 0 J',
    tests: [
      [
        'energy/meter.test.ts',
        'states an error of one refresh and one tick at each edge',
        'does not call a window shorter than a refresh zero joules',
        'does not believe a counter that stands still',
      ],
    ],
  },
  {
    row: 16,
    rule: 'net stands beside gross, with idle power cold and warm, fresh, learned in quiet gaps, unknown until known',
    tests: [
      [
        'energy/idle-power.test.ts',
        'is unknown until a gap of five seconds was seen, and again ten minutes later',
        'is not moved by a gap in which somebody compiled',
      ],
      [
        'energy/meter.test.ts',
        'knows net only once a quiet gap has shown the idle power',
        'takes idle power with a model in memory from the gap within its keep-alive, and without from the time after',
      ],
    ],
  },
  {
    row: 17,
    rule: 'overlapping calls are cut at every start and end, and the sum is what was measured',
    tests: [
      ['energy/attribution.test.ts', 'conserves every microjoule, dynamic and idle apart'],
      ['energy/meter.test.ts', 'splits the time in which calls overlap, and sums to what was measured'],
      [
        'energy/conservation.test.ts',
        'conserves, gives nothing outside a window, and keeps every call and phase within its stated error',
      ],
      ['energy/neighbours.test.ts', 'split the time in which both have calls, and together tell what was measured'],
    ],
  },
  {
    row: 18,
    rule: 'queueing costs nothing, loading is a line of its own',
    tests: [
      [
        'energy/meter.test.ts',
        'gives queue time no energy: it goes to whoever was served, or stays unattributed',
        'shows loading as a line of its own, inside gross',
      ],
    ],
  },
  {
    row: 19,
    rule: 'failed and cancelled calls are counted',
    tests: [
      ['gateway/gateway.test.ts', 'leaves one record with its joules when ', 'keeps what came, and the joules'],
      ['gateway/gateway-ollama.test.ts', 'at the socket, with one record and its joules'],
    ],
  },
  {
    row: 20,
    rule: 'other programs on the card are flagged',
    tests: [
      ['energy/meter.test.ts', 'flags other work on the processor, and other programs on the card'],
      ['native-bindings/nvml.test.ts', 'reads process ids whatever entry size the driver writes'],
    ],
  },
  {
    row: 21,
    rule: 'a remote counter that stands still is stale, and stale is unknown',
    tests: [
      [
        'energy/remote/remote-meter.test.ts',
        'a counter that stood still is unknown, never 0',
        'a window of less than three refreshes says so, with an error as large as what may be missing',
      ],
    ],
  },
  {
    row: 22,
    rule: 'a sleeping GPU is not woken, and is no 0 J',
    tests: [
      ['native-bindings/nvml.test.ts', 'leaves a sleeping card asleep, and lets an awake one go back to sleep'],
      ['native-bindings/amdgpu.test.ts', 'that sleep are not touched, and wake by themselves'],
      ['native-bindings/intel-gpu.test.ts', 'that sleep are not woken, and garbage is not a number'],
      [
        'energy/meter.test.ts',
        'claims nothing for a card that slept throughout',
        'takes up a card that slept when the first call began',
      ],
    ],
  },
  {
    row: 23,
    rule: 'every figure says how it came about, and a sum is as weak as its weakest part',
    tests: [
      ['energy/meter.test.ts', 'estimates from the CPU time of the engine’s processes, and says so'],
      [
        'native-bindings/battery.test.ts',
        'carries the total of a call as a figure of the machine, with an error as slow as its gauge',
      ],
    ],
  },
];
