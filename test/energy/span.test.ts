// All counters between two moments, on counters whose hidden truth is known.

import assert from 'node:assert/strict';
import type { EnergySource, Unreadable } from '../../native-bindings/energy-source.ts';
import { silentLog } from '../../server/base/log.ts';
import type { Joules, KnownJoules } from '../../server/energy/joules.ts';
import { createSpan, type Span, type SpanReading } from '../../server/energy/span.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine } from '../support/powercap-tree.ts';
import { opening, simulateSource } from '../support/simulated-source.ts';

function known(figure: Joules | undefined): KnownJoules {
  assert.ok(figure && figure.status !== 'unknown', JSON.stringify(figure));
  return figure;
}

function unknown(figure: Joules | undefined): string {
  assert.ok(figure?.status === 'unknown', JSON.stringify(figure));
  return figure.why;
}

function spanOf(clock: ManualClock, sources: readonly EnergySource[], missing: readonly Unreadable[] = []): Span {
  const { roots } = makeMachine();
  return createSpan({ roots, clock, log: silentLog, pid: process.pid, open: opening(sources, missing) });
}

const of = (reading: SpanReading, domain: string): Joules | undefined =>
  reading.sources.find((one) => one.domain === domain)?.joules;

describe('a span of all counters', () => {
  it('adds up packages, memory and cards, and shows the rest apart', async () => {
    const clock = new ManualClock();
    const span = spanOf(clock, [
      simulateSource(clock, { id: 'g', domain: 'gpu', watts: 200 }),
      simulateSource(clock, { id: 'p', domain: 'package', watts: 50 }),
      simulateSource(clock, { id: 'd', domain: 'dram', watts: 5 }),
      simulateSource(clock, { id: 's', domain: 'psys', watts: 300 }),
    ]);
    await span.start();
    clock.advance(2000);
    const reading = await span.read();
    const total = known(reading.total);
    assert.deepEqual([total.joules, total.status, total.scope], [510, 'measured', 'machine']);
    assert.deepEqual([total.coverage, reading.seconds, reading.flags], [['gpu', 'package', 'dram'], 2, []]);
    assert.equal(known(of(reading, 'psys')).joules, 600);
  });

  it('tells the truth within its error whatever the refreshes do', async () => {
    for (const updateSeconds of [0, 0.001, 0.1, 1]) {
      for (const milliseconds of [3, 50, 333, 1999, 7001]) {
        const clock = new ManualClock();
        const source = simulateSource(clock, { updateSeconds, tickMicrojoules: 61, watts: 40 });
        clock.advance(517);
        const span = spanOf(clock, [source]);
        const from = clock.nowNanoseconds();
        await span.start();
        clock.advance(milliseconds);
        const { total } = await span.read();
        if (total.status === 'unknown') {
          assert.ok(milliseconds < 3000 * updateSeconds, `${milliseconds} ms of ${updateSeconds} s`);
          continue;
        }
        const truth = source.truth(from, clock.nowNanoseconds()) / 1e6;
        const off = Math.abs(total.joules - truth);
        assert.ok(off <= total.plusMinusJoules + 1e-9, `${milliseconds} ms of ${updateSeconds} s: ${off}`);
      }
    }
  });

  it('leaves what failed or began anew unknown, says that the total is a lower bound, and never says 0', async () => {
    const clock = new ManualClock();
    const broken = simulateSource(clock, { id: 'g', domain: 'gpu', watts: 100 });
    const span = spanOf(clock, [broken, simulateSource(clock, { id: 'p', domain: 'package', watts: 10 })]);
    await span.start();
    clock.advance(1000);
    broken.fail('gone');
    assert.match(unknown(of(await span.read(), 'gpu')), /gone/);
    broken.fail(undefined);
    clock.advance(1000);
    assert.equal(known((await span.read()).total).joules, 220, 'a reading that failed once costs nothing');
    broken.reset();
    const reading = await span.read();
    assert.match(unknown(of(reading, 'gpu')), /reset/);
    assert.equal(known(reading.total).joules, 20);
    assert.match(reading.flags.join(), /lower bound: .*reset/);
  });

  it('says of a counter that stands still that it does', async () => {
    const clock = new ManualClock();
    const span = spanOf(clock, [simulateSource(clock, { domain: 'package', watts: 0, updateSeconds: 0.001 })]);
    await span.start();
    clock.advance(5000);
    assert.match(unknown((await span.read()).total), /did not move in 5.0 s/);
  });

  it('leaves a sleeping card out, and a machine without any counter unknown with the reason', async () => {
    const clock = new ManualClock();
    const card = simulateSource(clock, { domain: 'gpu' });
    card.fail('asleep');
    const span = spanOf(clock, [card, simulateSource(clock, { id: 'p', domain: 'package', watts: 10 })]);
    await span.start();
    clock.advance(1000);
    const reading = await span.read();
    assert.deepEqual([known(reading.total).joules, reading.flags], [10, []]);
    const missing = { sourceId: 'rapl', reason: 'no-permission', why: 'not for you', mend: 'ask root' } as const;
    const bare = spanOf(clock, [], [missing]);
    await bare.start();
    clock.advance(1000);
    assert.deepEqual((await bare.read()).total, { status: 'unknown', why: 'not for you', mend: 'ask root' });
  });

  it('rests on the battery only where nothing else is measured', async () => {
    const clock = new ManualClock();
    const battery = (): EnergySource => simulateSource(clock, { id: 'b', domain: 'battery', watts: 20 });
    const alone = spanOf(clock, [battery()]);
    const beside = spanOf(clock, [battery(), simulateSource(clock, { id: 'p', domain: 'package', watts: 5 })]);
    await Promise.all([alone.start(), beside.start()]);
    clock.advance(10_000);
    assert.equal(known((await alone.read()).total).joules, 200);
    assert.equal(known((await beside.read()).total).joules, 50);
  });

  it('says when the machine slept meanwhile', async () => {
    const clock = new ManualClock();
    const span = spanOf(clock, [simulateSource(clock, { domain: 'package', watts: 10 })]);
    await span.start();
    clock.suspend(60_000);
    clock.advance(1000);
    assert.match((await span.read()).flags.join(), /slept/);
  });
});
