// Random schedules of overlapping calls against a simulator that knows the hidden truth.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { silentLog } from '../../server/base/log.ts';
import { isKnown } from '../../server/energy/joules.ts';
import { createMeter } from '../../server/energy/meter.ts';
import type { MeteredCall } from '../../server/energy/port.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine } from '../support/powercap-tree.ts';
import { opening, type SimulatedSource, simulateSource } from '../support/simulated-source.ts';

interface PlannedCall {
  readonly startMilliseconds: number;
  readonly queueMilliseconds: number;
  readonly prefillMilliseconds: number;
  readonly decodeMilliseconds: number;
}

type Fault = 'none' | 'reset' | 'gone' | 'back';

interface Event {
  readonly atMilliseconds: number;
  readonly run: () => Promise<void> | void;
}

const plans = fc.record({
  calls: fc.array(
    fc.record({
      startMilliseconds: fc.integer({ min: 0, max: 20_000 }),
      queueMilliseconds: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 })),
      prefillMilliseconds: fc.integer({ min: 1, max: 1000 }),
      decodeMilliseconds: fc.integer({ min: 1, max: 5000 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
  updateSeconds: fc.constantFrom(0, 0.001, 0.1),
  idleWatts: fc.integer({ min: 1, max: 60 }),
  busyWatts: fc.integer({ min: 1, max: 300 }),
  faults: fc.array(
    fc.record({
      atMilliseconds: fc.integer({ min: 0, max: 25_000 }),
      fault: fc.constantFrom<Fault>('none', 'reset', 'gone', 'back'),
    }),
    { maxLength: 3 },
  ),
  samples: fc.array(fc.integer({ min: 0, max: 25_000 }), { maxLength: 5 }),
});

/** How many calls are really served at a time: the power follows it, as an engine's does. */
function servedAt(calls: readonly PlannedCall[], milliseconds: number): readonly PlannedCall[] {
  return calls.filter((call) => milliseconds >= servedFrom(call) && milliseconds < doneAt(call));
}

const servedFrom = (call: PlannedCall): number => call.startMilliseconds + call.queueMilliseconds;
const doneAt = (call: PlannedCall): number => servedFrom(call) + call.prefillMilliseconds + call.decodeMilliseconds;

describe('attribution against a simulator', () => {
  it('conserves, gives nothing outside a window, and keeps every call within its stated error', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async ({ calls, faults, samples, ...machine }) => {
        const clock = new ManualClock();
        const born = clock.nowNanoseconds();
        const source = simulateSource(clock, {
          watts: machine.idleWatts,
          updateSeconds: machine.updateSeconds,
          tickMicrojoules: 15,
        });
        const meter = createMeter({ roots: makeMachineOnce, clock, log: silentLog, open: opening([source]) });
        const outcomes = new Map<PlannedCall, Awaited<ReturnType<MeteredCall['finish']>>>();
        const events = schedule({ calls, faults, samples, source, meter, outcomes });
        const power = powerChanges(calls, machine);
        let now = 0;
        const all = [
          ...power.map(({ atMilliseconds, watts }) => ({ atMilliseconds, order: 0, run: () => source.draw(watts) })),
          ...events.map((event) => ({ ...event, order: 1 })),
        ].sort((a, b) => a.atMilliseconds - b.atMilliseconds || a.order - b.order);
        for (const event of all) {
          await clock.advanceAndSettle(event.atMilliseconds - now);
          now = event.atMilliseconds;
          await event.run();
        }

        const books = meter.audit()[0]?.books;
        assert.ok(books);
        assert.equal(books.attributed + books.idle + books.unattributed, books.measured);
        assert.ok([books.attributed, books.idle, books.unattributed].every((part) => part >= 0n));
        let told = 0;
        for (const [call, energy] of outcomes) {
          if (!isKnown(energy.gross)) continue;
          told += energy.gross.joules;
          const truth = truthOf(call, { calls, source, born });
          const distance = Math.abs(energy.gross.joules - truth);
          assert.ok(
            distance <= energy.gross.plusMinusJoules + 1e-3,
            `told ${energy.gross.joules} ±${energy.gross.plusMinusJoules}, true ${truth}`,
          );
        }
        assert.ok(told * 1e6 <= Number(books.attributed + books.idle) + 1e-3, 'more told than attributed');
        const everythingServed = faults.length === 0 && calls.every((call) => call.queueMilliseconds === 0);
        if (everythingServed && [...outcomes.values()].every((energy) => isKnown(energy.gross))) {
          assert.equal(BigInt(Math.round(told * 1e6)), books.measured);
          assert.equal(books.unattributed, 0n);
        }
        await meter.close();
      }),
      { numRuns: Number(process.env.JOULE_LS_SCHEDULES ?? 150) },
    );
  });
});

const makeMachineOnce = makeMachine().roots;

function powerChanges(
  calls: readonly PlannedCall[],
  { idleWatts, busyWatts }: { idleWatts: number; busyWatts: number },
): readonly { atMilliseconds: number; watts: number }[] {
  const times = [...new Set(calls.flatMap((call) => [servedFrom(call), doneAt(call)]))];
  return times.map((atMilliseconds) => ({
    atMilliseconds,
    watts: idleWatts + busyWatts * Math.sqrt(servedAt(calls, atMilliseconds).length),
  }));
}

function schedule(options: {
  readonly calls: readonly PlannedCall[];
  readonly faults: readonly { readonly atMilliseconds: number; readonly fault: Fault }[];
  readonly samples: readonly number[];
  readonly source: SimulatedSource;
  readonly meter: ReturnType<typeof createMeter>;
  readonly outcomes: Map<PlannedCall, Awaited<ReturnType<MeteredCall['finish']>>>;
}): readonly Event[] {
  const { source, meter, outcomes } = options;
  const events: Event[] = options.faults.map(({ atMilliseconds, fault }) => ({
    atMilliseconds,
    run: () => {
      if (fault === 'reset') source.reset();
      if (fault === 'gone') source.fail('gone');
      if (fault === 'back') source.fail(undefined);
    },
  }));
  const running = new Map<PlannedCall, MeteredCall>();
  for (const call of options.calls) {
    events.push(
      {
        atMilliseconds: call.startMilliseconds,
        run: async () => {
          const metered = meter.begin({ seen: true });
          running.set(call, metered);
          await metered.mark('sent');
        },
      },
      {
        atMilliseconds: servedFrom(call) + call.prefillMilliseconds,
        run: () => running.get(call)?.mark('first-token'),
      },
      {
        atMilliseconds: doneAt(call),
        run: async () => {
          const metered = running.get(call);
          assert.ok(metered);
          await metered.mark('done');
          outcomes.set(
            call,
            await metered.finish({
              queueSeconds: call.queueMilliseconds / 1000,
              loadSeconds: 0,
              tokensIn: 1,
              tokensCached: 0,
              tokensOut: 1,
              activeGigabytes: 1,
              keepAliveSeconds: 300,
            }),
          );
        },
      },
    );
  }
  for (const atMilliseconds of options.samples) {
    events.push({
      atMilliseconds,
      run: async () => {
        const [any] = running.values();
        await any?.sample();
      },
    });
  }
  return events;
}

/** Integral of power over the number served, over the time in which this call was served. */
function truthOf(
  call: PlannedCall,
  { calls, source, born }: { calls: readonly PlannedCall[]; source: SimulatedSource; born: bigint },
): number {
  const edges = [...new Set(calls.flatMap((one) => [servedFrom(one), doneAt(one)]))]
    .filter((edge) => edge >= servedFrom(call) && edge <= doneAt(call))
    .sort((a, b) => a - b);
  let microjoules = 0;
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const until = edges[index + 1] ?? from;
    const at = (milliseconds: number): bigint => born + BigInt(milliseconds) * 1_000_000n;
    microjoules += source.truth(at(from), at(until)) / servedAt(calls, from).length;
  }
  return microjoules / 1e6;
}
