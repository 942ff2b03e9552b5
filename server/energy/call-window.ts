// The times of one call: when it was sent, loaded its model, queued, was prefilled and decoded. Pure arithmetic on nanoseconds;
// knows no counter and no engine.

/** What the engine says of its own time, kept inside the call's own window by `momentsOf`. */
export interface EngineTimes {
  readonly queueNanoseconds: bigint;
  readonly loadNanoseconds: bigint;
}

/** A call as far as it is known now, on the clock of one counter's readings. */
export interface TimedCall {
  /** Own calls count up from 1, those of other servers down from −1. */
  readonly call: number;
  readonly startNanoseconds: bigint;
  /** When the request went out, where the counter could be read only later: the engine's times count from here. */
  readonly sentNanoseconds?: bigint;
  readonly firstTokenNanoseconds?: bigint;
  /** Undefined while it runs. */
  readonly doneNanoseconds?: bigint;
  /** Known once the engine has said so: until then nobody knows when it was served. */
  readonly times?: EngineTimes;
  /** From here on it may have ended already: its server died without saying so. */
  readonly unsureFromNanoseconds?: bigint;
}

/** The moments that part one call's energy. In order: start ≤ loaded ≤ served ≤ firstToken ≤ done. */
export interface Moments {
  readonly start: bigint;
  /** The end of the load, where the queue begins. */
  readonly loaded: bigint;
  /** The end of the queue. */
  readonly served: bigint;
  /** `done` when none came. */
  readonly firstToken: bigint;
  readonly done: bigint;
}

export const farFuture = 1n << 62n;

/** A warm load takes Ollama about 0.1 s of scheduling; from here on weights were read. */
const realLoadNanoseconds = 300_000_000n;

/** Whether the model came into memory for this call. */
export function hasLoaded(times: EngineTimes | undefined): boolean {
  return times !== undefined && times.loadNanoseconds >= realLoadNanoseconds;
}

/** Durations come from the engine, so nonsense counts as none. */
export function toEngineTimes(said: { readonly queueSeconds: number; readonly loadSeconds: number }): EngineTimes {
  return { queueNanoseconds: toNanoseconds(said.queueSeconds), loadNanoseconds: toNanoseconds(said.loadSeconds) };
}

/**
 * Ollama's request takes its model first and its slot second (reference: energy.md section 6), so load comes before queue.
 * A call that has produced a token was being served then, whatever the engine's rounded durations add up to.
 */
export function momentsOf(call: TimedCall): Moments {
  const { startNanoseconds: start } = call;
  const done = latest(call.doneNanoseconds ?? farFuture, start);
  const firstToken = within(call.firstTokenNanoseconds ?? done, start, done);
  const sent = call.sentNanoseconds ?? start;
  const { loadNanoseconds = 0n, queueNanoseconds = 0n } = call.times ?? {};
  const loaded = within(sent + loadNanoseconds, start, firstToken);
  // Without a wait, load and service touch; rounding must not open a gap.
  const served =
    queueNanoseconds === 0n ? loaded : within(sent + loadNanoseconds + queueNanoseconds, loaded, firstToken);
  return { start, loaded, served, firstToken, done };
}

/** When it was served: while it loaded, and from the end of its queue to its end. */
export function servedSpans(call: TimedCall): readonly { readonly from: bigint; readonly until: bigint }[] {
  const { start, loaded, served, done } = momentsOf(call);
  if (loaded === served) return [{ from: start, until: done }];
  return [
    { from: start, until: loaded },
    { from: served, until: done },
  ];
}

/** Before its first token, and before its engine has told, a call may have been served or may have queued. */
export function mayNotBeServed(call: TimedCall, atNanoseconds: bigint): boolean {
  if (call.unsureFromNanoseconds !== undefined && atNanoseconds >= call.unsureFromNanoseconds) return true;
  if (call.times !== undefined) return false;
  return call.firstTokenNanoseconds === undefined || atNanoseconds < call.firstTokenNanoseconds;
}

/** Whether it is known that it was read or written for at this moment: not queueing, not loading. */
export function surelyWorks(call: TimedCall, atNanoseconds: bigint): boolean {
  const { served, done } = momentsOf(call);
  return !mayNotBeServed(call, atNanoseconds) && atNanoseconds >= served && atNanoseconds < done;
}

function within(value: bigint, least: bigint, most: bigint): bigint {
  if (value > most) return most;
  return value < least ? least : value;
}

function latest(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function toNanoseconds(seconds: number): bigint {
  return Number.isFinite(seconds) && seconds > 0 ? BigInt(Math.round(seconds * 1e9)) : 0n;
}
