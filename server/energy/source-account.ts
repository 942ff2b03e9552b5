// The account of one counter: from readings to segments, from segments to what each call owes, with its error.
// Knows snapshots and calls by number only; the splitting itself is attribution.ts.

import type { EnergyReading, EnergySource, Unreadable } from '../../native-bindings/energy-source.ts';
import { isUnreadable } from '../../native-bindings/energy-source.ts';
import { splitSegment } from './attribution.ts';
import { createIdlePowerEstimator, type IdlePower, type IdlePowerEstimator } from './idle-power.ts';
import { type CallShare, cutPiece, measureShare, type SettledPiece, type SettledSegment } from './share.ts';

/** One moment at which all sources were read together. */
export interface Snapshot {
  readonly index: number;
  readonly atNanoseconds: bigint;
  /** Wall and monotonic time moved apart since the snapshot before: the machine slept, or its clock was set. */
  readonly interrupted: boolean;
}

/** A call as far as it is known now. */
export interface CallWindow {
  readonly call: number;
  /** Snapshot at which the request went out. */
  readonly startIndex: number;
  readonly firstTokenIndex?: number;
  readonly doneIndex?: number;
  /** Known once the engine has said so: until then nobody knows when it began to be served. */
  readonly facts?: { readonly queueNanoseconds: bigint; readonly loadNanoseconds: bigint };
  /** When the events were, as opposed to when the counters could be read. */
  readonly startNanoseconds: bigint;
  readonly doneNanoseconds: bigint;
}

/** Everything this counter has shown while calls ran, in microjoules. The first is the sum of the others, always. */
export interface Books {
  measured: bigint;
  /** To calls, beyond idle power. */
  attributed: bigint;
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

const farFuture = 1n << 62n;

export class SourceAccount {
  readonly source: EnergySource;
  readonly books: Books = { measured: 0n, attributed: 0n, idle: 0n, unattributed: 0n };
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
  #highestWatts = 0;

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

  /**
   * @param since.active calls whose window is open since before this snapshot; none means that the time before it was quiet.
   * @param since.lastEdgeIndex nothing happened at snapshots after this one: the time around them may become one segment.
   */
  observe(
    snapshot: Snapshot,
    reading: EnergyReading | Unreadable,
    since: { readonly active: readonly number[]; readonly lastEdgeIndex: number },
  ): void {
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
    this.#learn(segment, snapshot.interrupted, since.active);
  }

  /** What a call would owe if it and all others that run now had been served all along. For progress only. */
  provisionalMicrojoules(call: number): number | undefined {
    return this.#provisional.get(call);
  }

  idlePower(nowNanoseconds: bigint): IdlePower | undefined {
    if (this.isEstimate) return { watts: 0, spreadWatts: 0, ageSeconds: 0, gaps: 0 };
    return this.#idlePower.at(nowNanoseconds);
  }

  /** The most power seen while calls were served, over any stretch long enough to tell. */
  get highestWatts(): number {
    return this.#highestWatts;
  }

  /**
   * Closes the books on one call. Segments that no call has closed yet are split between all calls served in them, as far as
   * is known now; a share that was set aside for this call while its engine had not said how long it queued is given up.
   * @param windows this call and all others that are not closed yet.
   */
  settle(call: CallWindow, windows: readonly CallWindow[]): CallShare {
    const doneIndex = call.doneIndex ?? call.startIndex;
    const mine = this.#segments.filter((one) => one.endIndex > call.startIndex && one.startIndex < doneIndex);
    for (const segment of mine) if (segment.pieces === undefined) this.#split(segment, call, windows);
    const servedFrom = this.#servedFrom(call);
    for (const segment of mine) {
      segment.pieces = segment.pieces?.flatMap((piece) => this.#giveUp(piece, call.call, servedFrom));
    }
    this.#provisional.delete(call.call);
    if (!this.#readings.has(doneIndex)) this.#overdue.push(call);
    const problem = this.#problemOf(call, doneIndex);
    if (problem !== undefined) return { known: false, ...problem };
    return measureShare(call, mine, {
      source: this.source,
      readings: this.#readings,
      before: this.#segments.find((one) => one.endIndex === call.startIndex),
      loadedNanoseconds: servedFrom + (call.facts?.loadNanoseconds ?? 0n),
      highestWatts: this.#highestWatts,
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

  #learn(segment: SettledSegment, interrupted: boolean, active: readonly number[]): void {
    const seconds = Number(segment.endNanoseconds - segment.startNanoseconds) / 1e9;
    const watts = Number(segment.microjoules) / 1e6 / seconds;
    const { updateSeconds, microjoules: tick } = this.source.resolution;
    if (active.length > 0 && seconds >= 2 * updateSeconds && seconds > 0)
      this.#highestWatts = Math.max(this.#highestWatts, watts);
    for (const call of active) {
      const sofar = this.#provisional.get(call) ?? 0;
      this.#provisional.set(call, sofar + Number(segment.microjoules) / active.length);
    }
    const hasHole = segment.endIndex - segment.startIndex > 1;
    if (active.length > 0 || interrupted || hasHole) return;
    const plusMinusMicrojoules = 2 * (tick + updateSeconds * watts * 1e6) + segment.ownErrorMicrojoules;
    this.#idlePower.observe({ ...segment, plusMinusMicrojoules });
  }

  #split(segment: SettledSegment, call: CallWindow, open: readonly CallWindow[]): void {
    const windows = [...open, ...this.#overdue];
    const idlePower = this.idlePower(this.#timeAt(call.startIndex));
    const seconds = Number(segment.endNanoseconds - segment.startNanoseconds) / 1e9;
    const idle = BigInt(Math.round((idlePower?.watts ?? 0) * seconds * 1e6));
    const idleMicrojoules = idle > segment.microjoules ? segment.microjoules : idle;
    const served = windows.map((window) => {
      const fromNanoseconds = this.#servedFrom(window);
      const loadNanoseconds = window.facts?.loadNanoseconds;
      return {
        call: window.call,
        fromNanoseconds,
        untilNanoseconds: window.doneIndex === undefined ? farFuture : this.#timeAt(window.doneIndex),
        ...(loadNanoseconds === undefined ? {} : { loadedNanoseconds: fromNanoseconds + loadNanoseconds }),
      };
    });
    segment.idle = idlePower;
    const isLong = seconds > 0 && seconds >= 2 * this.source.resolution.updateSeconds;
    segment.pieces = splitSegment({ ...segment, idleMicrojoules }, served).map((piece) => ({
      startNanoseconds: piece.startNanoseconds,
      endNanoseconds: piece.endNanoseconds,
      servedCalls: piece.shares.length,
      shares: new Map(piece.shares.map((share) => [share.call, share])),
      unsure: new Set(
        windows
          .filter((one) => piece.shares.some((share) => share.call === one.call))
          .filter((one) => this.#mayHaveQueued(one, piece.startNanoseconds))
          .map((one) => one.call),
      ),
    }));
    if (isLong && segment.pieces.every((piece) => piece.servedCalls > 0)) {
      this.#highestWatts = Math.max(this.#highestWatts, Number(segment.microjoules) / 1e6 / seconds);
    }
    this.books.measured += segment.microjoules;
    this.books.idle += idleMicrojoules;
    let attributed = 0n;
    for (const piece of segment.pieces)
      for (const share of piece.shares.values()) attributed += share.dynamicMicrojoules;
    this.books.attributed += attributed;
    this.books.unattributed += segment.microjoules - idleMicrojoules - attributed;
    for (const { call: closed } of this.#overdue) {
      segment.pieces = segment.pieces.flatMap((piece) => this.#giveUp(piece, closed, farFuture));
    }
  }

  /** Before its first token, and before its engine has told, a call may have been served or may have queued. */
  #mayHaveQueued(window: CallWindow, atNanoseconds: bigint): boolean {
    if (window.facts !== undefined) return false;
    return window.firstTokenIndex === undefined || atNanoseconds < this.#timeAt(window.firstTokenIndex);
  }

  /** Takes back what was set aside for a call that turns out to have queued; the others' shares stay as they were told. */
  #giveUp(piece: SettledPiece, call: number, servedFrom: bigint): readonly SettledPiece[] {
    const share = piece.shares.get(call);
    if (share === undefined || servedFrom <= piece.startNanoseconds) return [piece];
    const [queued, served] = servedFrom < piece.endNanoseconds ? cutPiece(piece, servedFrom) : [piece, undefined];
    const given = queued.shares.get(call)?.dynamicMicrojoules ?? 0n;
    this.books.attributed -= given;
    this.books.unattributed += given;
    queued.shares.delete(call);
    return served === undefined ? [queued] : [queued, served];
  }

  #servedFrom(window: CallWindow): bigint {
    const from = this.#timeAt(window.startIndex) + (window.facts?.queueNanoseconds ?? 0n);
    const until = window.doneIndex === undefined ? farFuture : this.#timeAt(window.doneIndex);
    return from < until ? from : until;
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
