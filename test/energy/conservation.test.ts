// Random schedules of calls from several servers, on counters that wrap, reset, vanish and come back, against a simulator that
// knows the hidden truth. JOULE_LS_SCHEDULES says how many, JOULE_LS_SEED which; the table says how wide the stated errors are.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { silentLog } from '../../server/base/log.ts';
import { type CallEnergy, isKnown, type Joules } from '../../server/energy/joules.ts';
import { type AuditedMeter, createMeter } from '../../server/energy/meter.ts';
import type { MeteredCall } from '../../server/energy/port.ts';
import { makeEdgeBoards } from '../support/edge-boards.ts';
import {
  type Draws,
  momentsIn,
  type Phase,
  plannedCalls,
  type ServedCall,
  serve,
  truthOf,
  unservedJoules,
  wattsAt,
} from '../support/engine-simulator.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine } from '../support/powercap-tree.ts';
import { opening, type SimulatedSource, simulateSource } from '../support/simulated-source.ts';

type Fault = 'reset' | 'gone' | 'back';

interface Machine extends Draws {
  readonly servers: number;
  readonly updateSeconds: number;
  readonly wraps: boolean;
  readonly keepAliveSeconds: number;
  readonly faults: readonly { readonly at: number; readonly fault: Fault }[];
  readonly samples: readonly { readonly at: number; readonly server: number }[];
}

const machines: fc.Arbitrary<Machine> = fc.record({
  servers: fc.integer({ min: 1, max: 3 }),
  updateSeconds: fc.constantFrom(0, 0.001, 0.1),
  wraps: fc.boolean(),
  keepAliveSeconds: fc.constantFrom(0, 5, 300),
  idleWatts: fc.integer({ min: 1, max: 60 }),
  loadWatts: fc.integer({ min: 1, max: 150 }),
  busyWatts: fc.integer({ min: 1, max: 300 }),
  faults: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    {
      weight: 1,
      arbitrary: fc.array(
        fc.record({ at: fc.integer({ min: 0, max: 25_000 }), fault: fc.constantFrom<Fault>('reset', 'gone', 'back') }),
        { minLength: 1, maxLength: 3 },
      ),
    },
  ),
  samples: fc.array(fc.record({ at: fc.integer({ min: 0, max: 25_000 }), server: fc.nat(2) }), { maxLength: 12 }),
});

const schedules = Number(process.env.JOULE_LS_SCHEDULES ?? 150);
const seed = process.env.JOULE_LS_SEED === undefined ? {} : { seed: Number(process.env.JOULE_LS_SEED) };
const machineRoots = makeMachine().roots;

/** What one schedule came to. */
interface Played {
  readonly source: SimulatedSource;
  readonly born: bigint;
  readonly meters: readonly AuditedMeter[];
  readonly energies: ReadonlyMap<number, CallEnergy>;
}

/** Plays a schedule on as many meters as there are servers. The order in which calls are listed is the order of their numbers. */
async function play(calls: readonly ServedCall[], machine: Machine): Promise<Played> {
  const clock = new ManualClock();
  const born = clock.nowNanoseconds();
  const source = simulateSource(clock, {
    watts: wattsAt(calls, 0, machine),
    updateSeconds: machine.updateSeconds,
    tickMicrojoules: 15,
    ...(machine.wraps
      ? { wraps: { modulusMicrojoules: 262_143_328_850n, beforeEnd: 400_000_000n, capWatts: 2000 } }
      : {}),
  });
  const meters = makeEdgeBoards(machine.servers, clock).map(({ board }) =>
    createMeter({ roots: machineRoots, clock, log: silentLog, open: opening([source.twin()]), edges: board }),
  );
  const energies = new Map<number, CallEnergy>();
  const running = new Map<number, MeteredCall>();
  const events: { readonly at: number; readonly order: number; readonly run: () => unknown }[] = [];
  const add = (at: number, order: number, run: () => unknown): void => void events.push({ at, order, run });

  for (const at of momentsIn(calls)) add(at, 0, () => source.draw(wattsAt(calls, at, machine)));
  for (const { at, fault } of machine.faults) {
    add(at, 1, () => {
      // A narrow register that starts again looks like a wrap, or like more than a wrap explains: the reader's own test.
      if (fault === 'reset' && !machine.wraps) source.reset();
      if (fault === 'gone') source.fail('gone');
      if (fault === 'back') source.fail(undefined);
    });
  }
  for (const call of calls) {
    const meter = meters[call.server % machine.servers];
    assert.ok(meter);
    // What happens at the same moment happens in the same order, however the calls are numbered.
    add(call.arrives, 10 + call.id, () => {
      const metered = meter.begin({ seen: true });
      running.set(call.id, metered);
      return metered.mark('sent');
    });
    const { firstToken } = call;
    if (firstToken !== undefined) add(firstToken, 30 + call.id, () => running.get(call.id)?.mark('first-token'));
    add(call.done, 50 + call.id, async () => {
      const metered = running.get(call.id);
      assert.ok(metered);
      await metered.mark('done');
      const engine = { queueSeconds: (call.served - call.loaded) / 1000, loadSeconds: call.loads / 1000 };
      const energy = await metered.finish({
        ...(call.told ? { engine } : {}),
        tokensIn: 1,
        tokensCached: 0,
        tokensOut: 1,
        activeGigabytes: 1,
        keepAliveSeconds: machine.keepAliveSeconds,
      });
      energies.set(call.id, energy);
      running.delete(call.id);
    });
  }
  for (const { at, server } of machine.samples) {
    add(at, 70, () => {
      const sampled = calls.find((call) => call.server === server && running.has(call.id));
      return sampled && running.get(sampled.id)?.sample();
    });
  }
  let now = 0;
  for (const event of events.sort((a, b) => a.at - b.at || a.order - b.order)) {
    await clock.advanceAndSettle(event.at - now);
    now = event.at;
    await event.run();
  }
  for (const meter of meters) await meter.close();
  return { source, born, meters, energies };
}

function known(
  figure: Joules | undefined,
): (Joules & { readonly joules: number; readonly plusMinusJoules: number }) | undefined {
  return figure !== undefined && isKnown(figure) ? figure : undefined;
}

/** |error| ÷ stated error of every known figure, by what it was. */
const tightness = new Map<string, number[]>();

function note(kind: string, distance: number, stated: number): void {
  const ratios = tightness.get(kind) ?? [];
  ratios.push(stated > 0 ? distance / stated : 0);
  tightness.set(kind, ratios);
}

describe('attribution against a simulator', function () {
  this.timeout(0);

  after(() => {
    if (process.env.JOULE_LS_SCHEDULES === undefined) return;
    console.log('\n    what                          figures  within  |error| ÷ stated: median  90 %  99 %   most');
    for (const [kind, ratios] of [...tightness].sort()) {
      const sorted = ratios.sort((a, b) => a - b);
      const at = (share: number): string =>
        (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(2);
      const within = sorted.filter((ratio) => ratio <= 1.001).length / sorted.length;
      console.log(
        `    ${kind.padEnd(28)} ${String(sorted.length).padStart(8)} ${(within * 100).toFixed(1).padStart(6)}%  ${at(0.5).padStart(24)} ${at(0.9).padStart(5)} ${at(0.99).padStart(5)} ${at(1).padStart(6)}`,
      );
    }
  });

  it('conserves, gives nothing outside a window, and keeps every call and phase within its stated error', async () => {
    await fc.assert(
      fc.asyncProperty(plannedCalls, fc.integer({ min: 1, max: 3 }), machines, async (planned, slots, machine) => {
        const calls = serve(planned, slots);
        const { source, born, meters, energies } = await play(calls, machine);
        const at = (milliseconds: number): bigint => born + BigInt(Math.round(milliseconds * 1e6));

        for (const [index, meter] of meters.entries()) {
          const own = calls.filter((call) => call.server % machine.servers === index);
          const books = meter.audit()[0]?.books;
          if (books === undefined) {
            assert.equal(own.length, 0);
            continue;
          }
          assert.equal(books.attributed + books.idle + books.unattributed, books.measured);
          assert.ok([books.attributed, books.others, books.idle, books.unattributed].every((part) => part >= 0n));
          assert.ok(books.others <= books.attributed);
          if (machine.servers === 1) assert.equal(books.others, 0n);
          const figures = own.map((call) => known(energies.get(call.id)?.gross));
          const told = figures.reduce((sum, figure) => sum + (figure?.joules ?? 0), 0);
          assert.ok(
            told * 1e6 <= Number(books.attributed - books.others + books.idle) + 1e-3,
            'more told than attributed',
          );
          // What was set aside for a call that queued is missing from all who were served meanwhile, also at other servers.
          const all = calls.map((call) => known(energies.get(call.id)?.gross));
          if (all.every((figure) => figure !== undefined)) {
            const errors = all.reduce((sum, figure) => sum + (figure?.plusMinusJoules ?? 0), 0);
            const unserved = unservedJoules(own, calls, machine);
            assert.ok(
              Number(books.unattributed) / 1e6 <= errors + unserved + 1e-3,
              `unattributed ${books.unattributed} µJ, errors ${errors} J, unserved ${unserved} J`,
            );
          }
        }

        for (const call of calls) {
          const energy = energies.get(call.id);
          const gross = known(energy?.gross);
          if (energy === undefined || gross === undefined) continue;
          const truth = truthOf(call, calls, machine);
          const distance = Math.abs(gross.joules - truth.joules);
          assert.ok(
            distance <= gross.plusMinusJoules + 1e-3,
            `call ${call.id}: told ${gross.joules} ±${gross.plusMinusJoules}, true ${truth.joules}`,
          );
          const most = source.truth(at(call.arrives - machine.updateSeconds * 1000), at(call.done));
          assert.ok(
            gross.joules * 1e6 <= most + 15,
            `call ${call.id}: told ${gross.joules} J, in its window ${most} µJ`,
          );
          const isAlone = calls.every((one) => one === call || one.done <= call.arrives || one.arrives >= call.done);
          const kind = !call.told ? 'cut short' : isAlone ? 'alone' : 'beside others';
          note(`gross, ${kind}, ${machine.updateSeconds * 1000} ms`, distance, gross.plusMinusJoules);

          const phases = { load: known(energy.load), prefill: known(energy.prefill), decode: known(energy.decode) };
          const sum = Object.values(phases).reduce((total, figure) => total + (figure?.joules ?? 0), 0);
          assert.ok(Math.abs(sum - gross.joules) < 1e-6, `phases sum to ${sum} of ${gross.joules}`);
          if (!call.told) continue;
          for (const phase of ['load', 'prefill', 'decode'] satisfies Phase[]) {
            const figure = phases[phase];
            if (figure === undefined) continue;
            const off = Math.abs(figure.joules - truth.phases[phase]);
            assert.ok(
              off <= figure.plusMinusJoules + 1e-3,
              `call ${call.id}, ${phase}: told ${figure.joules} ±${figure.plusMinusJoules}, true ${truth.phases[phase]}`,
            );
            note(`${phase}, ${machine.updateSeconds * 1000} ms`, off, figure.plusMinusJoules);
          }
        }

        const numberedOtherwise = await play(calls.toReversed(), machine);
        for (const call of calls) {
          const [first, second] = [energies, numberedOtherwise.energies].map((one) => known(one.get(call.id)?.gross));
          assert.equal(first === undefined, second === undefined);
          // What does not divide by the number of calls goes to the first: a microjoule a piece.
          assert.ok(Math.abs((first?.joules ?? 0) - (second?.joules ?? 0)) < 1e-4, `call ${call.id} by another number`);
        }
      }),
      { numRuns: schedules, ...seed },
    );
  });
});
