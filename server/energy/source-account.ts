// The account of one counter: from readings to segments, from segments to what each call owes, with its error.
// Knows snapshots and calls by number only; the splitting itself is attribution.ts.

import type { EnergyReading, EnergySource, Unreadable } from '../../native-bindings/energy-source.ts';
import { isUnreadable } from '../../native-bindings/energy-source.ts';
import { splitSegment } from './attribution.ts';
import {
  type EngineTimes,
  farFuture,
  hasLoaded,
  mayNotBeServed,
  momentsOf,
  servedSpans,
  surelyWorks,
  type TimedCall,
} from './call-window.ts';
import {
  createIdlePowerEstimator,
  type IdleKind,
  type IdlePower,
  type IdlePowerEstimator,
  type QuietGap,
} from './idle-power.ts';
import { type CallShare, cutPieces, measureShare, type SettledSegment } from './share.ts';

/** One moment at which all sources were read together. */
export interface Snapshot {
  readonly index: number;
  readonly atNanoseconds: bigint;
  /** Wall and monotonic time moved apart since the snapshot before: the machine slept, or its clock was set. */
  readonly interrupted: boolean;
}

/** A call of ours as far as it is known now, by the snapshots of its edges. */
export interface CallWindow {
  readonly call: number;
  /** Snapshot at which the request went out. */
  readonly startIndex: number;
  readonly firstTokenIndex?: number;
  readonly doneIndex?: number;
  /** Known once the engine has said so: until then nobody knows when it was served. */
  readonly times?: EngineTimes;
  /** When the events were, as opposed to when the counters could be read. */
  readonly startNanoseconds: bigint;
  readonly firstTokenNanoseconds?: bigint;
  readonly doneNanoseconds: bigint;
}

/** Everything this counter has shown while calls ran, in microjoules: measured = attributed + idle + unattributed, always. */
export interface Books {
  measured: bigint;
  /** To calls, beyond idle power; `others` is part of it. */
  attributed: bigint;
  /** To calls of other servers on this machine. */
  others: bigint;
  /** Idle power, to calls or to nobody. */
  idle: bigint;
  /** While no call was being served. */
  unattributed: bigint;
}

/** A counter went to a new epoch between two snapshots: what flowed in between is not known. */
interface Break {
  readonly startIndex: number;
  readonly endIndex: number;
  readonly problem: Unreadable;
}

/** What is known of the time before a snapshot. */
export interface Before {
  /** Calls whose window was open before it, ours and others'; none means that the time before it was quiet. */
  readonly active: readonly number[];
  /** Nothing happened at snapshots after this one: the time around them may become one segment. */
  readonly lastEdgeIndex: number;
  /** Of a quiet time: a model was resident, or none should have been. Undefined: nobody knows, or it changed meanwhile. */
  readonly residency?: IdleKind;
}

export class SourceAccount {
  readonly source: EnergySource;
  readonly books: Books = { measured: 0n, attributed: 0n, others: 0n, idle: 0n, unattributed: 0n };
  readonly #idlePower: IdlePowerEstimator = createIdlePowerEstimator();
  readonly relativeError: number;
  readonly #onlyPid: number | undefined;
  readonly #readings = new Map<number, EnergyReading>();
  readonly #snapshotTimes = new Map<number, bigint>();
  readonly #problems = new Map<number, Unreadable>();
  readonly #provisional = new Map<number, number>();
  #segments: SettledSegment[] = [];
  #breaks: Break[] = [];
  /** Closed calls whose end this counter could not tell: the segment that they ended in is still to come. */
  #overdue: CallWindow[] = [];
  #last: { readonly index: number; readonly reading: EnergyReading } | undefined;
  #firstIndex: number | undefined;
  /** A gap after every model should have been unloaded, until the next call tells whether one had to be loaded. */
  #maybeCold: QuietGap | undefined;
  #highestWatts = 0;
  /** The same of stretches in which it is sure that some model worked throughout: what a short window is judged by. */
  #servedWatts = 0;

  /**
   * @param options.relativeError what the method itself may be off by, on top of edges.
   * @param options.onlyPid an estimate that stands for one process: other engines' calls have no part in it, and it rests with it.
   */
  constructor(source: EnergySource, options: { readonly relativeError: number; readonly onlyPid?: number }) {
    this.source = source;
    this.relativeError = options.relativeError;
    this.#onlyPid = options.onlyPid;
  }

  get isEstimate(): boolean {
    return this.#onlyPid !== undefined;
  }

  /** Whether a call served by this process can have a part in what the counter shows. */
  concerns(pid: number | undefined): boolean {
    return this.#onlyPid === undefined || this.#onlyPid === pid;
  }

  observe(snapshot: Snapshot, reading: EnergyReading | Unreadable, since: Before): void {
    const { index } = snapshot;
    this.#firstIndex ??= index;
    this.#snapshotTimes.set(index, snapshot.atNanoseconds);
    if (isUnreadable(reading)) {
      this.#problems.set(index, reading);
      return;
    }
    this.#readings.set(index, reading);
    const previous = this.#last;
    this.#last = { index, reading };
    if (previous === undefined) return;
    const microjoules = reading.microjoules - previous.reading.microjoules;
    if ((reading.epoch ?? 0) !== (previous.reading.epoch ?? 0) || microjoules < 0n) {
      const began = reading.epochBegan ?? { reason: 'reset' as const, why: 'the counter went backwards' };
      const problem = { sourceId: this.source.id, ...began, why: `${this.source.label}: ${began.why}` };
      this.#breaks.push({ startIndex: previous.index, endIndex: index, problem });
      return;
    }
    const segment: SettledSegment = {
      startIndex: previous.index,
      endIndex: index,
      startNanoseconds: previous.reading.atNanoseconds,
      endNanoseconds: reading.atNanoseconds,
      microjoules,
      ownErrorMicrojoules: Number((reading.plusMinusMicrojoules ?? 0n) - (previous.reading.plusMinusMicrojoules ?? 0n)),
      pieces: undefined,
      idle: undefined,
    };
    const before = this.#segments.at(-1);
    const canJoin = before?.endIndex === segment.startIndex && segment.startIndex > since.lastEdgeIndex;
    if (canJoin && before.pieces === undefined) {
      this.#segments.splice(-1, 1, join(before, segment));
    } else this.#segments.push(segment);
    this.#learn(segment, snapshot.interrupted, since);
  }

  /** What a call would owe if it and all others that run now had been served all along. For progress only. */
  provisionalMicrojoules(call: number): number | undefined {
    return this.#provisional.get(call);
  }

  idlePower(nowNanoseconds: bigint, wanted: IdleKind = 'warm'): IdlePower | undefined {
    if (this.isEstimate) return { kind: wanted, watts: 0, spreadWatts: 0, ageSeconds: 0, gaps: 0 };
    return this.#idlePower.at(nowNanoseconds, wanted);
  }

  /** The first call after a gap without a model has ended: if it had to load one, the gap was what it seemed. */
  confirmCold(call: CallWindow): void {
    if (this.#maybeCold !== undefined && hasLoaded(call.times)) this.#idlePower.observe('cold', this.#maybeCold);
    this.#maybeCold = undefined;
  }

  /** The most power seen while calls were served, over any stretch long enough to tell. */
  get highestWatts(): number {
    return this.#highestWatts;
  }

  /**
   * Closes the books on one call. Segments that no call has closed yet are split between all calls served in them, as far as
   * is known now; a share that was set aside for this call while its engine had not said how long it queued is given up.
   * @param windows this call and all others of ours that are not closed yet.
   * @param others calls of other servers on this machine, closed or not.
   */
  settle(call: CallWindow, windows: readonly CallWindow[], others: readonly TimedCall[] = []): CallShare {
    const doneIndex = call.doneIndex ?? call.startIndex;
    const mine = this.#segments.filter((one) => one.endIndex > call.startIndex && one.startIndex < doneIndex);
    for (const segment of mine) if (segment.pieces === undefined) this.#split(segment, call, { windows, others });
    const moments = momentsOf(this.#timed(call));
    const cuts = [moments.loaded, moments.served, moments.firstToken];
    for (const segment of mine) {
      this.#giveUp(segment, call.call, { from: moments.loaded, until: moments.served });
      // The phases' pieces, also where another call's end has split the segment already.
      segment.pieces = segment.pieces?.flatMap((piece) =>
        piece.shares.has(call.call) ? cutPieces(piece, cuts) : [piece],
      );
    }
    this.#provisional.delete(call.call);
    if (!this.#readings.has(doneIndex)) this.#overdue.push(call);
    const problem = this.#problemOf(call, doneIndex);
    if (problem !== undefined) return { known: false, ...problem };
    return measureShare(call, mine, {
      source: this.source,
      readings: this.#readings,
      before: this.#segments.find((one) => one.endIndex === call.startIndex),
      moments,
      highestWatts: this.#highestWatts,
      servedWatts: this.#servedWatts,
      relativeError: this.relativeError,
    });
  }

  /** Drops what no open call can need: everything that ended before `index`, but for one segment before it. */
  forget(index: number): void {
    const needed = this.#segments.findIndex((one) => one.endIndex > index);
    const first = Math.max(0, (needed === -1 ? this.#segments.length : needed) - 1);
    this.#segments = this.#segments.slice(first);
    this.#breaks = this.#breaks.filter((one) => one.endIndex > index);
    const settled = Math.min(index, this.#last?.index ?? 0);
    this.#overdue = this.#overdue.filter((one) => (one.doneIndex ?? 0) > settled);
    const oldest = Math.min(index, this.#segments[0]?.startIndex ?? index);
    for (const map of [this.#readings, this.#snapshotTimes, this.#problems]) {
      for (const key of map.keys()) if (key < oldest) map.delete(key);
    }
  }

  #learn(segment: SettledSegment, interrupted: boolean, { active, residency }: Before): void {
    const seconds = Number(segment.endNanoseconds - segment.startNanoseconds) / 1e9;
    const watts = Number(segment.microjoules) / 1e6 / seconds;
    const { updateSeconds, microjoules: tick } = this.source.resolution;
    if (active.length > 0 && seconds >= 2 * updateSeconds && seconds > 0)
      this.#highestWatts = Math.max(this.#highestWatts, watts);
    for (const call of active.filter((one) => one > 0)) {
      const sofar = this.#provisional.get(call) ?? 0;
      this.#provisional.set(call, sofar + Number(segment.microjoules) / active.length);
    }
    const hasHole = segment.endIndex - segment.startIndex > 1;
    if (active.length > 0 || interrupted || hasHole || residency === undefined) return;
    const plusMinusMicrojoules = 2 * (tick + updateSeconds * watts * 1e6) + segment.ownErrorMicrojoules;
    const gap = { ...segment, plusMinusMicrojoules };
    if (residency === 'warm') this.#idlePower.observe('warm', gap);
    else this.#maybeCold = gap;
  }

  #split(segment: SettledSegment, call: CallWindow, open: Contenders): void {
    const calls = [...[...open.windows, ...this.#overdue].map((one) => this.#timed(one)), ...open.others];
    // What would have flowed anyway: with its model in memory if it found it there, without if it had to load it.
    const idlePower = this.idlePower(this.#timeAt(call.startIndex), hasLoaded(call.times) ? 'cold' : 'warm');
    const seconds = Number(segment.endNanoseconds - segment.startNanoseconds) / 1e9;
    const idle = BigInt(Math.round((idlePower?.watts ?? 0) * seconds * 1e6));
    const idleMicrojoules = idle > segment.microjoules ? segment.microjoules : idle;
    const served = calls.flatMap((one) =>
      servedSpans(one).map(({ from, until }) => ({ call: one.call, fromNanoseconds: from, untilNanoseconds: until })),
    );
    segment.idle = idlePower;
    const isLong = seconds > 0 && seconds >= 2 * this.source.resolution.updateSeconds;
    segment.pieces = splitSegment({ ...segment, idleMicrojoules }, served).map((piece) => ({
      startNanoseconds: piece.startNanoseconds,
      endNanoseconds: piece.endNanoseconds,
      servedCalls: piece.shares.length,
      shares: new Map(piece.shares.map((share) => [share.call, share])),
      unsure: new Set(
        calls
          .filter((one) => piece.shares.some((share) => share.call === one.call))
          .filter((one) => mayNotBeServed(one, piece.startNanoseconds))
          .map((one) => one.call),
      ),
    }));
    const watts = isLong ? Number(segment.microjoules) / 1e6 / seconds : 0;
    if (segment.pieces.every((piece) => piece.servedCalls > 0))
      this.#highestWatts = Math.max(this.#highestWatts, watts);
    if (segment.pieces.every((piece) => calls.some((one) => surelyWorks(one, piece.startNanoseconds))))
      this.#servedWatts = Math.max(this.#servedWatts, watts);
    this.books.measured += segment.microjoules;
    this.books.idle += idleMicrojoules;
    let attributed = 0n;
    for (const piece of segment.pieces)
      for (const share of piece.shares.values()) {
        attributed += share.dynamicMicrojoules;
        if (share.call < 0) this.books.others += share.dynamicMicrojoules;
      }
    this.books.attributed += attributed;
    this.books.unattributed += segment.microjoules - idleMicrojoules - attributed;
    for (const { call: closed } of this.#overdue) this.#giveUp(segment, closed, { from: 0n, until: farFuture });
  }

  /** Takes back what was set aside for a call that turns out to have queued; the others' shares stay as they were told. */
  #giveUp(segment: SettledSegment, call: number, queued: { readonly from: bigint; readonly until: bigint }): void {
    if (queued.from >= queued.until) return;
    segment.pieces = segment.pieces?.flatMap((whole) => {
      if (!whole.shares.has(call)) return [whole];
      return cutPieces(whole, [queued.from, queued.until]).map((piece) => {
        if (piece.startNanoseconds < queued.from || piece.endNanoseconds > queued.until) return piece;
        const given = piece.shares.get(call)?.dynamicMicrojoules ?? 0n;
        this.books.attributed -= given;
        this.books.unattributed += given;
        piece.shares.delete(call);
        return piece;
      });
    });
  }

  #timed(window: CallWindow): TimedCall {
    const { call, startIndex, firstTokenIndex, doneIndex, times } = window;
    const firstToken = this.#readings.get(firstTokenIndex ?? -1)?.atNanoseconds ?? window.firstTokenNanoseconds;
    return {
      call,
      startNanoseconds: this.#timeAt(startIndex),
      sentNanoseconds: window.startNanoseconds,
      ...(firstTokenIndex === undefined || firstToken === undefined ? {} : { firstTokenNanoseconds: firstToken }),
      ...(doneIndex === undefined ? {} : { doneNanoseconds: this.#timeAt(doneIndex) }),
      ...(times === undefined ? {} : { times }),
    };
  }

  #timeAt(index: number): bigint {
    return this.#readings.get(index)?.atNanoseconds ?? this.#snapshotTimes.get(index) ?? 0n;
  }

  #problemOf(call: CallWindow, doneIndex: number): Unreadable | undefined {
    const { id: sourceId, label } = this.source;
    const tooShort = {
      sourceId,
      reason: 'failed',
      why: 'the call ended before the counters could be read twice',
    } as const;
    if (doneIndex <= call.startIndex) return tooShort;
    if (this.#firstIndex === undefined || this.#firstIndex > call.startIndex) {
      return { sourceId, reason: 'failed', why: `${label} was not open yet when the call began` };
    }
    const atStart = this.#problems.get(call.startIndex);
    const atEnd = this.#problems.get(doneIndex);
    if (atStart?.reason === 'asleep' && atEnd?.reason !== 'asleep') {
      return { sourceId, reason: 'failed', why: `${label} woke up while the call ran` };
    }
    return (
      atStart ??
      atEnd ??
      this.#breaks.find((one) => one.endIndex > call.startIndex && one.startIndex < doneIndex)?.problem
    );
  }
}

interface Contenders {
  readonly windows: readonly CallWindow[];
  readonly others: readonly TimedCall[];
}

/** Keeps a long call's account short: one segment for all its progress reads. */
function join(before: SettledSegment, after: SettledSegment): SettledSegment {
  return {
    ...after,
    startIndex: before.startIndex,
    startNanoseconds: before.startNanoseconds,
    microjoules: before.microjoules + after.microjoules,
    ownErrorMicrojoules: before.ownErrorMicrojoules + after.ownErrorMicrojoules,
  };
}
