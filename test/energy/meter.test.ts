import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { EnergySource, Unreadable } from '../../native-bindings/energy-source.ts';
import { silentLog } from '../../server/base/log.ts';
import type { CallEnergy, Joules, KnownJoules } from '../../server/energy/joules.ts';
import { type AuditedMeter, createMeter } from '../../server/energy/meter.ts';
import type { CallFacts, MeteredCall } from '../../server/energy/port.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine, putFile } from '../support/powercap-tree.ts';
import { opening, type SimulatedSpec, simulateSource } from '../support/simulated-source.ts';
import { makeStubNvml } from '../support/stub-nvml.ts';

const facts: CallFacts = {
  engine: { queueSeconds: 0, loadSeconds: 0 },
  tokensIn: 10,
  tokensCached: 0,
  tokensOut: 20,
  activeGigabytes: 1,
  keepAliveSeconds: 300,
};

function known(figure: Joules | undefined): KnownJoules {
  assert.ok(figure && figure.status !== 'unknown', JSON.stringify(figure));
  return figure;
}

function unknown(figure: Joules | undefined): string {
  assert.ok(figure?.status === 'unknown', JSON.stringify(figure));
  return figure.why;
}

function bench(specs: readonly SimulatedSpec[], missing: readonly Unreadable[] = []) {
  const clock = new ManualClock();
  const sources = specs.map((spec) => simulateSource(clock, spec));
  const machine = makeMachine();
  const meter = createMeter({ roots: machine.roots, clock, log: silentLog, open: opening(sources, missing) });
  return { clock, sources, meter, machine };
}

function meterOf(clock: ManualClock, sources: readonly EnergySource[]): AuditedMeter {
  return createMeter({ roots: makeMachine().roots, clock, log: silentLog, open: opening(sources) });
}

async function send(meter: AuditedMeter): Promise<MeteredCall> {
  const call = meter.begin({ seen: true });
  await call.mark('sent');
  return call;
}

type Said = Partial<CallFacts & NonNullable<CallFacts['engine']>>;

async function end(call: MeteredCall, { queueSeconds = 0, loadSeconds = 0, ...more }: Said = {}): Promise<CallEnergy> {
  await call.mark('done');
  return call.finish({ ...facts, engine: { queueSeconds, loadSeconds }, ...more });
}

describe('the meter', () => {
  it('gives a call what every counter of the total showed between its edges, and nothing of psys or cores', async () => {
    const { clock, meter } = bench([
      { id: 'nvml:a', domain: 'gpu', watts: 200 },
      { id: 'rapl:package-0', domain: 'package', watts: 50 },
      { id: 'rapl:package-0-dram', domain: 'dram', watts: 5 },
      { id: 'rapl:package-0-core', domain: 'core', watts: 40 },
      { id: 'rapl:psys', domain: 'psys', watts: 300 },
    ]);
    const call = await send(meter);
    clock.advance(2000);
    const energy = await end(call);
    const gross = known(energy.gross);
    assert.equal(gross.joules, 510);
    assert.deepEqual([gross.status, gross.scope, gross.coverage], ['measured', 'machine', ['gpu', 'package', 'dram']]);
    assert.equal(known(energy.bySource.find((one) => one.sourceId === 'rapl:psys')?.joules).joules, 600);
    assert.equal(known(energy.bySource.find((one) => one.domain === 'gpu')?.joules).scope, 'device');
  });

  it('opens and reads nothing before a call is sent, and nothing when none runs', async () => {
    const clock = new ManualClock();
    const source = simulateSource(clock, { watts: 10 });
    let opened = 0;
    const meter = createMeter({
      roots: makeMachine().roots,
      clock,
      log: silentLog,
      open: async () => {
        opened += 1;
        return { sources: [source], missing: [] };
      },
    });
    assert.equal(opened, 0);
    const call = await send(meter);
    assert.deepEqual([opened, source.reads], [1, 1]);
    clock.advance(1000);
    await end(call);
    const reads = source.reads;
    await clock.advanceAndSettle(299_000);
    assert.equal(source.reads, reads);
    await clock.advanceAndSettle(3_600_000);
    assert.equal(source.reads, reads + 1, 'one reading when the model is unloaded, nothing after it');
  });

  it('reads a long call often enough for its counters not to wrap twice', async () => {
    const { clock, meter, sources } = bench([{ watts: 10 }]);
    const call = await send(meter);
    await clock.advanceAndSettle(95_000);
    assert.equal(sources[0]?.reads, 4);
    assert.equal(known((await end(call)).gross).joules, 950);
  });

  it('lets the hardware rest ten seconds after the last call, not between calls', async () => {
    const clock = new ManualClock();
    let rests = 0;
    const source: EnergySource = { ...simulateSource(clock, { watts: 10 }), rest: () => rests++ };
    const meter = meterOf(clock, [source]);
    await end(await advanced(meter, clock));
    await clock.advanceAndSettle(9000);
    const second = await send(meter);
    await clock.advanceAndSettle(9000);
    await end(second);
    assert.equal(rests, 0);
    await clock.advanceAndSettle(10_000);
    assert.equal(rests, 1);
    await clock.advanceAndSettle(60_000);
    assert.equal(rests, 1);
  });

  it('shares one read between marks of the same moment', async () => {
    const { meter, sources } = bench([{ watts: 10 }]);
    const calls = [1, 2, 3].map(() => meter.begin({ seen: true }));
    await Promise.all(calls.map((call) => call.mark('sent')));
    assert.equal(sources[0]?.reads, 1);
  });

  it('splits the time in which calls overlap, and sums to what was measured', async () => {
    const { clock, meter } = bench([{ watts: 100 }]);
    const first = await send(meter);
    clock.advance(1000);
    const second = await send(meter);
    await first.mark('first-token');
    await second.mark('first-token');
    clock.advance(2000);
    const firstEnergy = await end(first);
    clock.advance(1000);
    const secondEnergy = await end(second);
    assert.deepEqual([known(firstEnergy.gross).joules, known(secondEnergy.gross).joules], [200, 200]);
    assert.ok(firstEnergy.flags.some((flag) => flag.startsWith('split with')));
    const [audit] = meter.audit();
    assert.deepEqual(audit?.books, {
      measured: 400_000_000n,
      attributed: 400_000_000n,
      others: 0n,
      idle: 0n,
      unattributed: 0n,
    });
  });

  it('gives queue time no energy: it goes to whoever was served, or stays unattributed', async () => {
    const { clock, meter } = bench([{ watts: 100 }]);
    const first = await send(meter);
    await first.mark('first-token');
    const second = await send(meter);
    clock.advance(3000);
    const firstEnergy = await end(first);
    clock.advance(1000);
    const secondEnergy = await end(second, { queueSeconds: 3 });
    assert.equal(known(secondEnergy.gross).joules, 100);
    // While the second had not answered, nobody could know that it queued: its half was set aside, and the error says so.
    const figure = known(firstEnergy.gross);
    assert.ok(figure.joules <= 300 && figure.joules + figure.plusMinusJoules >= 300, JSON.stringify(figure));
    const books = meter.audit()[0]?.books;
    assert.equal(books?.measured, 400_000_000n);
    assert.equal((books?.attributed ?? 0n) + (books?.unattributed ?? 0n), 400_000_000n);
  });

  it('charges a queue behind strangers to nobody', async () => {
    const { clock, meter } = bench([{ watts: 100 }]);
    const call = await send(meter);
    clock.advance(4000);
    const energy = await end(call, { queueSeconds: 3 });
    assert.equal(known(energy.gross).joules, 100);
    assert.equal(meter.audit()[0]?.books.unattributed, 300_000_000n);
  });

  it('shows loading as a line of its own, inside gross', async () => {
    const { clock, meter } = bench([{ watts: 100 }]);
    const call = await send(meter);
    clock.advance(1000);
    await call.mark('first-token');
    clock.advance(1000);
    const energy = await end(call, { loadSeconds: 0.8 });
    assert.equal(known(energy.gross).joules, 200);
    assert.equal(known(energy.load).joules, 80);
    assert.equal((await end(await send(meter))).load, undefined);
  });

  it('parts load, prefill and decode at their own moments, with errors, and they sum to gross', async () => {
    const { clock, meter, sources } = bench([{ watts: 50, updateSeconds: 0.001, tickMicrojoules: 10 }]);
    const call = await send(meter);
    clock.advance(1000);
    sources[0]?.draw(300);
    clock.advance(500);
    await call.mark('first-token');
    sources[0]?.draw(150);
    clock.advance(2000);
    const energy = await end(call, { loadSeconds: 1 });
    const [load, prefill, decode] = [energy.load, energy.prefill, energy.decode].map(known);
    assert.ok(load && prefill && decode);
    assert.equal(load.joules + prefill.joules + decode.joules, known(energy.gross).joules);
    assert.equal(decode.joules, 300);
    assert.ok(decode.plusMinusJoules > 0 && decode.plusMinusJoules < 3, `±${decode.plusMinusJoules}`);
    // Load and prefill meet between two readings: even power is assumed there, and the error says so.
    assert.ok(Math.abs(load.joules - 50) <= load.plusMinusJoules, JSON.stringify(load));
    assert.ok(Math.abs(prefill.joules - 150) <= prefill.plusMinusJoules, JSON.stringify(prefill));
  });

  it('calls all of a call without a token prefill, and parts a call that another one’s end has split already', async () => {
    const { clock, meter } = bench([{ watts: 100 }]);
    const cancelled = await send(meter);
    clock.advance(1000);
    const none = await end(cancelled);
    assert.deepEqual([known(none.prefill).joules, known(none.decode).joules], [100, 0]);

    const long = await send(meter);
    clock.advance(1000);
    const short = await send(meter);
    clock.advance(1000);
    await end(short);
    await long.mark('first-token');
    clock.advance(1000);
    const energy = await end(long, { loadSeconds: 1.5 });
    assert.deepEqual(
      [energy.load, energy.prefill, energy.decode].map((one) => known(one).joules),
      [125, 25, 100],
    );
  });

  it('charges load before the queue, as the engine does, and the wait for a slot to nobody', async () => {
    const { clock, meter } = bench([{ watts: 100 }]);
    const call = await send(meter);
    clock.advance(2000);
    await call.mark('first-token');
    clock.advance(1000);
    const energy = await end(call, { loadSeconds: 0.5, queueSeconds: 1 });
    assert.deepEqual(
      [energy.load, energy.prefill, energy.decode].map((one) => known(one).joules),
      [50, 50, 100],
    );
    assert.equal(meter.audit()[0]?.books.unattributed, 100_000_000n);
  });

  it('takes idle power with a model in memory from the gap within its keep-alive, and without from the time after', async () => {
    const { clock, meter, sources } = bench([{ watts: 100 }]);
    await end(await advanced(meter, clock));
    sources[0]?.draw(30);
    await clock.advanceAndSettle(300_000);
    sources[0]?.draw(10);
    await clock.advanceAndSettle(60_000);
    sources[0]?.draw(110);
    const loading = await send(meter);
    clock.advance(2000);
    await loading.mark('first-token');
    clock.advance(2000);
    const cold = await end(loading, { loadSeconds: 2 });
    assert.deepEqual([cold.idle?.kind, cold.idle?.watts, cold.idle?.ageSeconds], ['cold', 10, 0]);
    assert.equal(known(cold.net).joules, 400);
    const again = await send(meter);
    clock.advance(1000);
    const warm = await end(again);
    assert.deepEqual([warm.idle?.kind, warm.idle?.watts], ['warm', 30]);
    assert.equal(known(warm.net).joules, 80);
    assert.ok((warm.idle?.ageSeconds ?? 0) >= 60 && (warm.idle?.plusMinusWatts ?? 0) > 0);
    const [audit] = meter.audit();
    assert.deepEqual([audit?.idlePower?.watts, audit?.coldIdlePower?.watts], [30, 10]);
  });

  it('learns nothing from the time after a keep-alive when the next call finds its model in memory all the same', async () => {
    const { clock, meter, sources } = bench([{ watts: 100 }]);
    const call = await send(meter);
    clock.advance(1000);
    await end(call, { keepAliveSeconds: 0 });
    sources[0]?.draw(25);
    await clock.advanceAndSettle(60_000);
    const next = await send(meter);
    clock.advance(1000);
    assert.match(unknown((await end(next)).net), /idle power/);
    assert.equal(meter.audit()[0]?.coldIdlePower, undefined);
  });

  it('says when net had to leave out the other kind of idle power', async () => {
    const { clock, meter } = bench([{ watts: 20 }]);
    await end(await advanced(meter, clock));
    clock.advance(10_000);
    const loading = await send(meter);
    clock.advance(2000);
    const energy = await end(loading, { loadSeconds: 1 });
    assert.equal(energy.idle?.kind, 'warm');
    assert.ok(
      energy.flags.some((flag) => flag.includes('with a model in memory')),
      energy.flags.join(),
    );
  });

  it('does not hold the request up for a slow counter, and counts what it read late in the error', async () => {
    const clock = new ManualClock();
    const inner = simulateSource(clock, { watts: 100 });
    let delayMilliseconds = 800;
    const slow: EnergySource = {
      ...inner,
      read: async () => {
        await clock.sleep(delayMilliseconds);
        return inner.read();
      },
    };
    const meter = meterOf(clock, [slow]);
    const call = meter.begin({ seen: true });
    let sent = false;
    const waiting = call.mark('sent').then(() => {
      sent = true;
    });
    await clock.advanceAndSettle(5);
    assert.ok(sent, 'the request goes out after 5 ms at most');
    await waiting;
    await clock.advanceAndSettle(3995);
    delayMilliseconds = 0;
    const done = call.mark('done');
    await clock.advanceAndSettle(1);
    await done;
    const gross = known((await call.finish(facts)).gross);
    assert.equal(gross.joules, 320);
    assert.ok(gross.joules + gross.plusMinusJoules >= 400 && gross.plusMinusJoules < 160, `±${gross.plusMinusJoules}`);
  });

  it('knows net only once a quiet gap has shown the idle power', async () => {
    const { clock, meter, sources } = bench([{ watts: 100 }]);
    const first = await send(meter);
    clock.advance(1000);
    const before = await end(first);
    assert.match(unknown(before.net), /idle power is not known yet/);
    sources[0]?.draw(20);
    clock.advance(10_000);
    sources[0]?.draw(120);
    const second = await send(meter);
    clock.advance(2000);
    const after = await end(second);
    assert.equal(known(after.gross).joules, 240);
    const net = known(after.net);
    assert.equal(net.joules, 200);
    assert.ok(net.plusMinusJoules >= 0.25 * 20 * 2 && net.plusMinusJoules < 20, `±${net.plusMinusJoules}`);
    const [audit] = meter.audit();
    assert.deepEqual(audit?.books, {
      measured: 340_000_000n,
      attributed: 300_000_000n,
      others: 0n,
      idle: 40_000_000n,
      unattributed: 0n,
    });
    assert.equal(audit?.idlePower?.watts, 20);
  });

  it('does not take a short gap, or one in which the machine slept, for idle power', async () => {
    const { clock, meter } = bench([{ watts: 50 }]);
    await end(await advanced(meter, clock));
    clock.advance(2000);
    await end(await advanced(meter, clock));
    clock.advance(8000);
    clock.suspend(3_600_000);
    const energy = await end(await advanced(meter, clock));
    assert.match(unknown(energy.net), /idle power/);
  });

  it('flags a call during which the machine slept', async () => {
    const { clock, meter } = bench([{ watts: 50 }]);
    const call = await send(meter);
    clock.advance(1000);
    clock.suspend(60_000);
    const energy = await end(call);
    assert.ok(energy.flags.some((flag) => flag.includes('slept')));
    assert.equal(known(energy.gross).joules, 50);
  });

  it('states an error of one refresh and one tick at each edge', async () => {
    const { clock, meter } = bench([{ watts: 100, updateSeconds: 0.1, tickMicrojoules: 1000 }]);
    const call = await send(meter);
    clock.advance(2000);
    const gross = known((await end(call)).gross);
    assert.equal(gross.joules, 200);
    const least = 2 * (100 * 0.1 + 0.001);
    assert.ok(gross.plusMinusJoules >= least && gross.plusMinusJoules < 1.06 * least, `±${gross.plusMinusJoules}`);
  });

  it('does not call a window shorter than a refresh zero joules', async () => {
    const { clock, meter } = bench([{ watts: 300, updateSeconds: 0.1 }]);
    clock.advance(10);
    const first = await send(meter);
    clock.advance(50);
    assert.match(unknown((await end(first)).gross), /hardly longer than the 0.1 s/);
    const long = await send(meter);
    clock.advance(1000);
    await end(long);
    clock.advance(5);
    const again = await send(meter);
    clock.advance(20);
    const gross = known((await end(again)).gross);
    assert.equal(gross.joules, 0);
    assert.ok(gross.plusMinusJoules >= 6, `±${gross.plusMinusJoules}`);
  });

  it('does not believe a counter that stands still', async () => {
    const { clock, meter } = bench([{ watts: 0, updateSeconds: 0.1 }]);
    const call = await send(meter);
    clock.advance(5000);
    assert.match(unknown((await end(call)).gross), /did not move/);
  });

  it('knows nothing of a counter that was reset while the call ran, and goes on with the next', async () => {
    const { clock, meter, sources } = bench([
      { id: 'nvml:a', watts: 100 },
      { id: 'rapl:package-0', domain: 'package', watts: 10 },
    ]);
    const call = await send(meter);
    clock.advance(1000);
    sources[0]?.reset();
    await call.mark('first-token');
    clock.advance(1000);
    const energy = await end(call);
    assert.match(unknown(energy.bySource[0]?.joules), /simulated reset/);
    const gross = known(energy.gross);
    assert.deepEqual([gross.joules, gross.coverage], [20, ['package']]);
    assert.ok(gross.plusMinusJoules >= 200, 'the lost part is inside the error');
    assert.ok(energy.flags.some((flag) => flag.startsWith('lower bound: ')));
    const next = await send(meter);
    clock.advance(1000);
    assert.equal(known((await end(next)).gross).joules, 110);
  });

  it('bridges one failed read in the middle, but not one at an edge', async () => {
    const { clock, meter, sources } = bench([{ watts: 100 }]);
    const call = await send(meter);
    clock.advance(1000);
    sources[0]?.fail('failed');
    await call.mark('first-token');
    sources[0]?.fail(undefined);
    clock.advance(1000);
    assert.equal(known((await end(call)).gross).joules, 200);

    const second = await send(meter);
    clock.advance(1000);
    sources[0]?.fail('gone');
    assert.match(unknown((await end(second)).gross), /simulated: gone/);
  });

  it('claims nothing for a card that slept throughout', async () => {
    const { clock, meter, sources } = bench([
      { id: 'nvml:a', watts: 0 },
      { id: 'rapl:package-0', domain: 'package', watts: 10 },
    ]);
    sources[0]?.fail('asleep');
    const call = await send(meter);
    clock.advance(1000);
    const gross = known((await end(call)).gross);
    assert.deepEqual([gross.joules, gross.coverage], [10, ['package']]);
  });

  it('shows joules so far, and reads for that only when asked', async () => {
    const { clock, meter } = bench([{ watts: 100 }]);
    const call = await send(meter);
    clock.advance(500);
    const sofar = known(await call.sample());
    assert.deepEqual([sofar.joules, sofar.status, sofar.scope], [50, 'measured', 'device']);
    await end(call);
  });

  it('has no figure for an engine that this machine’s counters don’t see', async () => {
    const { clock, meter, sources } = bench([{ watts: 100 }]);
    const call = meter.begin({ seen: false, why: 'the engine runs elsewhere', mend: 'set meter' });
    await call.mark('sent');
    clock.advance(1000);
    const energy = await end(call);
    assert.deepEqual(energy.gross, { status: 'unknown', why: 'the engine runs elsewhere', mend: 'set meter' });
    assert.deepEqual(await call.sample(), energy.gross);
    assert.equal(sources[0]?.reads, 0);
  });

  it('says why there is nothing to read, and how to mend it', async () => {
    const { clock, meter } = bench(
      [],
      [
        { sourceId: 'nvml', reason: 'absent', why: 'there is no NVIDIA driver library here' },
        { sourceId: 'rapl', reason: 'no-permission', why: 'only root may read it', mend: 'a udev rule' },
      ],
    );
    const call = await send(meter);
    clock.advance(1000);
    const { gross } = await end(call);
    assert.deepEqual(gross, {
      status: 'unknown',
      why: 'there is no NVIDIA driver library here; only root may read it',
      mend: 'a udev rule',
    });
  });

  it('does not wait for a counter that hangs', async () => {
    const clock = new ManualClock();
    const good = simulateSource(clock, { id: 'rapl:package-0', domain: 'package', watts: 10 });
    const hanging: EnergySource = {
      ...simulateSource(clock, { id: 'nvml:a' }),
      read: () => new Promise(() => undefined),
    };
    const meter = meterOf(clock, [good, hanging]);
    const call = meter.begin({ seen: true });
    const sent = call.mark('sent');
    await clock.advanceAndSettle(2000);
    await sent;
    clock.advance(1000);
    const energy = await end(call);
    const silent = energy.bySource.find((one) => one.sourceId === 'nvml:a')?.joules;
    assert.match(unknown(silent), /did not answer within 2 s/);
    assert.equal(known(energy.gross).coverage.join(), 'package');
  });

  it('goes on without counters that hang while they are opened', async () => {
    const clock = new ManualClock();
    const meter = createMeter({
      roots: makeMachine().roots,
      clock,
      log: silentLog,
      open: () => new Promise(() => undefined),
    });
    const call = meter.begin({ seen: true });
    const sent = call.mark('sent');
    await clock.advanceAndSettle(5000);
    await sent;
    unknown((await end(call)).gross);
  });

  it('survives finish without any edge, edges out of order, and nonsense from the engine', async () => {
    const { clock, meter } = bench([{ watts: 100 }]);
    assert.match(unknown((await meter.begin({ seen: true }).finish(facts)).gross), /never sent/);
    const odd = await send(meter);
    clock.advance(1000);
    const energy = await end(odd, { queueSeconds: Number.NaN, loadSeconds: -3 });
    assert.equal(known(energy.gross).joules, 100);
    const long = await send(meter);
    clock.advance(1000);
    const nothing = known((await end(long, { queueSeconds: 1e9 })).gross);
    assert.deepEqual([nothing.joules, Number.isFinite(nothing.plusMinusJoules)], [0, true]);
  });

  it('flags other work on the processor, and other programs on the card', async () => {
    const clock = new ManualClock();
    const machine = makeMachine();
    const stat = (own: number, all: number): void => {
      putFile(`${machine.roots.proc}/77/stat`, `77 (ollama (x)) S 1 77 77 0 -1 0 0 0 0 0 ${own} 0 0 0 20 0 1 0\n`);
      putFile(`${machine.roots.proc}/stat`, `cpu  ${all} 0 0 999 0 0 0 0 0 0\n`);
    };
    stat(0, 0);
    const gpu: EnergySource = {
      ...simulateSource(clock, { id: 'nvml:a', watts: 100 }),
      processes: async () => [77, 4242],
    };
    const meter = createMeter({ roots: machine.roots, clock, log: silentLog, open: opening([gpu]) });
    const call = meter.begin({ seen: true, pid: 77 });
    await call.mark('sent');
    clock.advance(1000);
    stat(100, 400);
    const { flags } = await end(call);
    assert.ok(
      flags.includes('75 % of the CPU time while it ran was not the engine’s'.replace('’', "'")),
      flags.join('\n'),
    );
    assert.ok(flags.includes('nvml:a was shared with 1 other process'), flags.join('\n'));
  });
});

describe('the meter without counters', () => {
  it('estimates from the CPU time of the engine’s processes, and says so', async () => {
    const { clock, machine, meter } = bench(
      [],
      [{ sourceId: 'rapl', reason: 'virtual-machine', why: 'this is a virtual machine', mend: 'use the host' }],
    );
    const stat = (ticks: number): void =>
      putFile(`${machine.roots.proc}/77/stat`, `77 (ollama) S 1 77 77 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0\n`);
    stat(1000);
    const call = meter.begin({ seen: true, pid: 77 });
    await call.mark('sent');
    clock.advance(1000);
    stat(1200);
    assert.equal(known(await call.sample()).status, 'estimated');
    const energy = await end(call);
    const gross = known(energy.gross);
    assert.deepEqual([gross.joules, gross.status, gross.scope], [16, 'estimated', 'process']);
    assert.ok(gross.plusMinusJoules >= 0.75 * 16);
    assert.deepEqual(known(energy.net).joules, 16);
    assert.ok(energy.flags.some((flag) => /8 W per busy core/.test(flag)));
    assert.ok(energy.flags.some((flag) => /this is a virtual machine/.test(flag)));
  });

  it('splits one process between its calls, and gives another engine’s calls nothing of it', async () => {
    const { clock, machine, meter } = bench([]);
    const stat = (pid: number, ticks: number): void =>
      putFile(`${machine.roots.proc}/${pid}/stat`, `${pid} (x) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0\n`);
    stat(77, 0);
    stat(88, 0);
    const calls = [77, 77, 88].map((pid) => meter.begin({ seen: true, pid }));
    await Promise.all(calls.map((call) => call.mark('sent')));
    await Promise.all(calls.map((call) => call.mark('first-token')));
    clock.advance(1000);
    stat(77, 100);
    stat(88, 50);
    await Promise.all(calls.map((call) => call.mark('done')));
    const figures = await Promise.all(calls.map((call) => call.finish(facts)));
    assert.deepEqual(
      figures.map((energy) => known(energy.gross).joules),
      [4, 4, 4],
    );
  });

  it('counts a real busy process of this machine', async function () {
    if (process.platform !== 'linux') {
      console.log('SKIPPED: CPU time of a real process because this is not Linux');
      this.skip();
    }
    const clock = new ManualClock();
    const roots = { ...makeMachine().roots, proc: '/proc' };
    const meter = createMeter({ roots, clock, log: silentLog, open: opening([]) });
    const call = meter.begin({ seen: true, pid: process.pid });
    await call.mark('sent');
    const before = process.cpuUsage();
    let busySeconds = 0;
    while (busySeconds < 0.2) {
      createHash('sha256')
        .update(Buffer.alloc(1 << 20))
        .digest();
      const used = process.cpuUsage(before);
      busySeconds = (used.user + used.system) / 1e6;
    }
    clock.advance(200);
    const gross = known((await end(call)).gross);
    assert.ok(Math.abs(gross.joules - 8 * busySeconds) < 0.5, `${gross.joules} J for ${busySeconds} s of one core`);
  });
});

describe('the meter on real trees and a real library', () => {
  it('adds a card read through koffi to a package read from files', async function () {
    const stub = makeStubNvml();
    if (stub === undefined) this.skip();
    const machine = makeMachine({
      nvmlLibraries: [stub.library],
      zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 1_000_000n }],
    });
    stub.script({ 'energy.0': 10_000, 'name.0': 'NVIDIA H200' });
    const clock = new ManualClock();
    const meter = createMeter({ roots: machine.roots, clock, log: silentLog });
    const call = await send(meter);
    clock.advance(2000);
    stub.script({ 'energy.0': 310_000 });
    machine.set('intel-rapl:0', 61_000_000n);
    const energy = await end(call);
    const gross = known(energy.gross);
    assert.deepEqual([gross.joules, gross.coverage], [360, ['gpu', 'package']]);
    const { sources, missing } = await meter.inventory();
    assert.deepEqual([sources.length, missing.length], [2, 0]);
    await meter.close();
  });

  it('reads a package whose register wraps in the middle of a call', async () => {
    const machine = makeMachine({
      zones: [{ folder: 'intel-rapl:0', name: 'package-0', microjoules: 262_143_000_000n }],
    });
    const clock = new ManualClock();
    const meter = createMeter({ roots: machine.roots, clock, log: silentLog });
    const call = await send(meter);
    clock.advance(10_000);
    machine.set('intel-rapl:0', 499_671_089n);
    const energy = await end(call);
    assert.equal(known(energy.gross).joules, 500);
    await meter.close();
  });

  it('takes up a card that slept when the first call began', async function () {
    const stub = makeStubNvml();
    if (stub === undefined) this.skip();
    const machine = makeMachine({ nvmlLibraries: [stub.library] });
    const card = `${machine.roots.sys}/bus/pci/devices/0000:01:00.0`;
    putFile(`${card}/vendor`, '0x10de');
    putFile(`${card}/class`, '0x030000');
    putFile(`${card}/power/runtime_status`, 'suspended');
    stub.script({ 'energy.0': 10_000 });
    const clock = new ManualClock();
    const meter = createMeter({ roots: machine.roots, clock, log: silentLog });
    const first = await send(meter);
    assert.ok(!stub.calls().includes('init'));
    putFile(`${card}/power/runtime_status`, 'active');
    clock.advance(1000);
    await first.mark('first-token');
    clock.advance(1000);
    stub.script({ 'energy.0': 110_000 });
    const energy = await end(first);
    assert.match(unknown(energy.gross), /not open yet/);
    const second = await send(meter);
    clock.advance(1000);
    stub.script({ 'energy.0': 210_000 });
    assert.equal(known((await end(second)).gross).joules, 100);
    await meter.close();
  });
});

async function advanced(meter: AuditedMeter, clock: ManualClock): Promise<MeteredCall> {
  const call = await send(meter);
  clock.advance(1000);
  return call;
}
