// An engine with slots, a queue and a model to load, as arithmetic: when each planned call is really loaded, waits, reads and
// writes, what that draws, and so what each call truly used. The truth that attribution is held against.

import fc from 'fast-check';

/** Times in milliseconds since the start. */
export interface PlannedCall {
  readonly id: number;
  /** Which server makes it. */
  readonly server: number;
  readonly arrives: number;
  readonly loads: number;
  readonly prefill: number;
  readonly decode: number;
  /** Ends it before its time, this share of the way; the engine then says nothing of its durations. */
  readonly cutAt?: number;
}

/** What really happened to a call. */
export interface ServedCall extends PlannedCall {
  /** `arrives` … `loaded`, then the wait for a slot until `served`, then `firstToken`, then `done`. */
  readonly loaded: number;
  readonly served: number;
  /** Absent when it ended before. */
  readonly firstToken?: number;
  readonly done: number;
  /** The engine came to tell its durations. */
  readonly told: boolean;
}

export type Phase = 'load' | 'prefill' | 'decode';

export const plannedCalls: fc.Arbitrary<readonly PlannedCall[]> = fc
  .array(
    fc.record({
      server: fc.integer({ min: 0, max: 2 }),
      arrives: fc.integer({ min: 0, max: 20_000 }),
      loads: rarely(fc.integer({ min: 50, max: 3000 })),
      prefill: fc.integer({ min: 1, max: 1000 }),
      decode: fc.integer({ min: 1, max: 5000 }),
      cutAt: rarely(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
    { minLength: 1, maxLength: 7, size: 'max' },
  )
  .map((calls) =>
    calls.map(({ loads = 0, cutAt, ...call }, id) => ({
      ...call,
      id,
      loads,
      ...(cutAt === undefined ? {} : { cutAt }),
    })),
  );

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** First come, first served, in as many slots as there are. A call takes its model first and its slot second. */
export function serve(calls: readonly PlannedCall[], slots: number): readonly ServedCall[] {
  const free = Array.from({ length: slots }, () => 0);
  const ready = [...calls].sort((a, b) => a.arrives + a.loads - (b.arrives + b.loads) || a.id - b.id);
  return ready.map((call) => {
    const { cutAt, ...rest } = call;
    const loaded = call.arrives + call.loads;
    const slot = free.indexOf(Math.min(...free));
    const served = Math.max(loaded, free[slot] ?? 0);
    const whole = served + call.prefill + call.decode;
    const done =
      cutAt === undefined
        ? whole
        : Math.max(1 + call.arrives, Math.round(call.arrives + cutAt * (whole - call.arrives)));
    if (done > served) free[slot] = done;
    const firstToken = served + call.prefill;
    return {
      ...rest,
      ...(cutAt === undefined ? {} : { cutAt }),
      loaded: Math.min(loaded, done),
      served: Math.min(served, done),
      ...(firstToken < done ? { firstToken } : {}),
      done,
      told: cutAt === undefined,
    };
  });
}

/** What a call does at a moment; undefined when it waits or is not there. */
export function phaseOf(call: ServedCall, milliseconds: number): Phase | undefined {
  if (milliseconds < call.arrives || milliseconds >= call.done) return undefined;
  if (milliseconds < call.loaded) return 'load';
  if (milliseconds < call.served) return undefined;
  return milliseconds < (call.firstToken ?? call.done) ? 'prefill' : 'decode';
}

export interface Draws {
  readonly idleWatts: number;
  readonly loadWatts: number;
  readonly busyWatts: number;
}

/** Loading draws its own, calls in slots the square root of their number: batching shares the weights that are read. */
export function wattsAt(calls: readonly ServedCall[], milliseconds: number, draws: Draws): number {
  const phases = calls.map((call) => phaseOf(call, milliseconds));
  const loading = phases.filter((phase) => phase === 'load').length;
  const serving = phases.filter((phase) => phase === 'prefill' || phase === 'decode').length;
  return draws.idleWatts + draws.loadWatts * Math.min(1, loading) + draws.busyWatts * Math.sqrt(serving);
}

/** All moments at which anything changes, in order. */
export function momentsIn(calls: readonly ServedCall[]): readonly number[] {
  const moments = calls.flatMap((call) => [
    call.arrives,
    call.loaded,
    call.served,
    call.firstToken ?? call.done,
    call.done,
  ]);
  return [...new Set(moments)].sort((a, b) => a - b);
}

export interface Truth {
  readonly joules: number;
  readonly phases: Readonly<Record<Phase, number>>;
}

/** The integral of power over the number served, over the time in which this call was. */
export function truthOf(call: ServedCall, calls: readonly ServedCall[], draws: Draws): Truth {
  const phases = { load: 0, prefill: 0, decode: 0 };
  const moments = momentsIn(calls);
  for (const [index, from] of moments.slice(0, -1).entries()) {
    const phase = phaseOf(call, from);
    if (phase === undefined) continue;
    const seconds = ((moments[index + 1] ?? from) - from) / 1000;
    const sharing = calls.filter((one) => phaseOf(one, from) !== undefined).length;
    phases[phase] += (wattsAt(calls, from, draws) * seconds) / sharing;
  }
  return { joules: phases.load + phases.prefill + phases.decode, phases };
}

/** Joules that flowed while a call of `owners` was open and no call at all was served. */
export function unservedJoules(owners: readonly ServedCall[], calls: readonly ServedCall[], draws: Draws): number {
  const moments = momentsIn(calls);
  return moments.slice(0, -1).reduce((sum, from, index) => {
    const isOpen = owners.some((call) => from >= call.arrives && from < call.done);
    if (!isOpen || calls.some((call) => phaseOf(call, from) !== undefined)) return sum;
    return sum + (wattsAt(calls, from, draws) * ((moments[index + 1] ?? from) - from)) / 1000;
  }, 0);
}
