// What a receipt says when a counter misbehaves between the two edges of a call, for a counter read on the spot (powercap) and one
// read off the main thread (an Intel card). Never a negative joule, never a phantom maximum, never a hung call.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { CounterRoots } from '../../native-bindings/energy-source.ts';
import type { Clock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import type { Joules } from '../../server/energy/joules.ts';
import { createMeter } from '../../server/energy/meter.ts';
import { addCard } from '../support/drm-tree.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine, putFile } from '../support/powercap-tree.ts';

const facts = {
  queueSeconds: 0,
  loadSeconds: 0,
  tokensIn: 1,
  tokensCached: 0,
  tokensOut: 1,
  activeGigabytes: 0,
  keepAliveSeconds: 0,
};

interface Counter {
  readonly roots: CounterRoots;
  readonly file: string;
  /** Every read opens the file anew, so what stands in its place is found at once. */
  readonly reopens: boolean;
}

const counters: Readonly<Record<string, () => Counter>> = {
  powercap: () => {
    const machine = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: start }] });
    return { roots: machine.roots, file: join(machine.path('intel-rapl:0'), 'energy_uj'), reopens: false };
  },
  'an Intel card': () => {
    const { roots } = makeMachine();
    const { path } = addCard(roots, { vendor: 'intel', hwmon: 'xe', sensors: { energy1_input: start } });
    return { roots, file: join(path, 'hwmon/hwmon3/energy1_input'), reopens: true };
  },
};

const start = 100_000_000_000n;
const writes =
  (content: string) =>
  (file: string): void =>
    putFile(file, content);

/** What happens to the file while the call runs → what the receipt says. */
const faults: readonly (readonly [string, (file: string) => void, RegExp, 'reopened'?])[] = [
  ['words', writes('garbage\n'), /does not hold a number/],
  ['a negative number', writes('-5\n'), /does not hold a number/],
  ['nothing', writes(''), /does not hold a number/],
  ['a fraction', writes('12.5\n'), /does not hold a number/],
  ['zero bytes', writes('\0\0\0\0'), /does not hold a number/],
  ['forty digits', writes(`${'9'.repeat(40)}\n`), /does not hold a number/],
  ['the largest 64-bit number', writes('18446744073709551615\n'), /more than \d+ W could explain/],
  ['a jump no hardware can draw', writes(`${start + 9_000_000_000_000n}\n`), /more than \d+ W could explain/],
  ['less than before', writes('5\n'), /went backwards/],
  ['no file any more', (file) => rmSync(file), /disappeared/, 'reopened'],
  ['a folder', (file) => inPlaceOf(file, () => mkdirSync(file)), /not (?:a counter file|files)/, 'reopened'],
  [
    'a pipe that nobody writes to',
    (file) => inPlaceOf(file, () => execFileSync('mkfifo', [file])),
    /not (?:a counter file|files)/,
    'reopened',
  ],
  ['a link to nowhere', (file) => inPlaceOf(file, () => symlinkSync('/nowhere', file)), /disappeared/, 'reopened'],
];

function inPlaceOf(file: string, put: () => void): void {
  rmSync(file);
  put();
}

describe('a counter that misbehaves while a call runs', () => {
  for (const [kind, make] of Object.entries(counters)) {
    for (const [fault, cause, says, needs] of faults) {
      const counter = make();
      if (needs === 'reopened' && !counter.reopens) continue;
      it(`holds ${fault} (${kind}): the receipt says so, and the next call is counted again`, async () => {
        const clock = new ManualClock();
        const meter = createMeter({ roots: counter.roots, clock, log: silentLog });
        const run = async (during: () => void): Promise<Joules> => {
          const call = meter.begin({ seen: true });
          await call.mark('sent');
          clock.advance(2000);
          during();
          return (await call.finish(facts)).gross;
        };
        const gross = await run(() => cause(counter.file));
        assert.equal(gross.status, 'unknown');
        assert.match(gross.status === 'unknown' ? gross.why : '', says);
        if (needs === 'reopened') rmSync(counter.file, { recursive: true, force: true });
        putFile(counter.file, `${start}\n`);
        const next = await run(() => putFile(counter.file, `${start + 60_000_000n}\n`));
        assert.equal(next.status !== 'unknown' && next.joules, 60);
        await meter.close();
      });
    }
  }

  it('is counted through a monotonic clock that stands still or steps back, with no joule too many', async () => {
    const clock = new ManualClock();
    const machine = makeMachine({ zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: start }] });
    let nowNanoseconds = 0n;
    const jumping: Clock = {
      nowNanoseconds: () => nowNanoseconds,
      wallMilliseconds: () => clock.wallMilliseconds(),
      sleep: (milliseconds, signal) => clock.sleep(milliseconds, signal),
    };
    const meter = createMeter({ roots: machine.roots, clock: jumping, log: silentLog });
    for (const step of [0n, -5_000_000_000n]) {
      const call = meter.begin({ seen: true });
      await call.mark('sent');
      nowNanoseconds += step;
      machine.set('intel-rapl:0', start + 60_000_000n);
      const { gross } = await call.finish(facts);
      assert.ok(gross.status === 'unknown' || gross.joules >= 0, JSON.stringify(gross));
      assert.ok(gross.status === 'unknown' || gross.joules <= 60, JSON.stringify(gross));
    }
    await meter.close();
  });
});
