// One call's part of one counter, summed from its settled segments, and the error of that sum.
// Pure arithmetic; knows neither time nor other counters.

import type { EnergyReading, EnergySource, Unreadable } from '../../native-bindings/energy-source.ts';
import type { Share } from './attribution.ts';
import type { IdlePower } from './idle-power.ts';
import type { CallWindow } from './source-account.ts';

export interface SettledPiece {
  readonly startNanoseconds: bigint;
  readonly endNanoseconds: bigint;
  /** Between how many it was split; some may have given their share up since. */
  readonly servedCalls: number;
  readonly shares: Map<number, Share>;
  /** Of these, calls that might still turn out to have queued here when it was split. */
  readonly unsure: ReadonlySet<number>;
}

/** A segment between two good readings; split once, by the first call that ends in it. */
export interface SettledSegment {
  readonly startIndex: number;
  readonly endIndex: number;
  readonly startNanoseconds: bigint;
  readonly endNanoseconds: bigint;
  readonly microjoules: bigint;
  /** Error of the source's own integration, where it integrates. */
  readonly ownErrorMicrojoules: number;
  pieces: readonly SettledPiece[] | undefined;
  /** Idle power that was taken off when it was split; undefined when it was not known. */
  idle: IdlePower | undefined;
}

export type CallShare = KnownShare | ({ readonly known: false } & Unreadable);

/** In microjoules; errors are half-widths. */
export interface KnownShare {
  readonly known: true;
  readonly gross: number;
  readonly grossError: number;
  /** Undefined while idle power is unknown. */
  readonly net: number | undefined;
  readonly netError: number;
  readonly load: number;
  readonly loadError: number;
  readonly wasShared: boolean;
}

const fewRefreshes = 5;
/** Averages hide peaks: half as much again is allowed where nothing better is known. */
const peak = 1.5;

interface ShareContext {
  readonly source: EnergySource;
  readonly readings: ReadonlyMap<number, EnergyReading>;
  /** The segment that ended where the call began. */
  readonly before: SettledSegment | undefined;
  readonly loadedNanoseconds: bigint;
  readonly highestWatts: number;
  readonly relativeError: number;
}

/**
 * Energy misplaced at an edge moves between two neighbouring pieces, so it changes the call's sum by the difference of its
 * fractions there: an edge that changes nothing for this call costs nothing.
 */
export function measureShare(call: CallWindow, segments: readonly SettledSegment[], context: ShareContext): CallShare {
  const { source } = context;
  const { updateSeconds } = source.resolution;
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || last === undefined) {
    return {
      known: false,
      sourceId: source.id,
      reason: 'failed',
      why: `${source.label} was not read while the call ran`,
    };
  }
  const windowSeconds = secondsOf(first.startNanoseconds, last.endNanoseconds);
  const measured = segments.reduce((sum, segment) => sum + segment.microjoules, 0n);
  const servedSeconds = segments
    .flatMap((segment) => segment.pieces ?? [])
    .filter((piece) => piece.shares.has(call.call))
    .reduce((sum, piece) => sum + secondsOf(piece.startNanoseconds, piece.endNanoseconds), 0);
  // Queueing draws little, so the edges of the served time see more than the window's average.
  // The last refresh may be missing from what was measured.
  const powerSeconds = Math.max(servedSeconds - updateSeconds, updateSeconds) || windowSeconds;
  const averageWatts = powerSeconds > 0 ? Number(measured) / 1e6 / powerSeconds : 0;
  // In a few refreshes the window's own average says little about the power at its edges.
  const isShort = servedSeconds < fewRefreshes * updateSeconds;
  const windowWatts = isShort ? peak * Math.max(averageWatts, context.highestWatts) : averageWatts;
  const problem = whyNot(measured, { windowSeconds, servedSeconds }, context);
  if (problem !== undefined) return problem;

  const sum = { dynamic: 0, idle: 0, load: 0, idleError: 0, error: 0, loadError: 0 };
  let idleKnown = true;
  let wasShared = false;
  let fraction = 0;
  let loadFraction = 0;
  const cross = (error: number, nextFraction: number, nextLoadFraction: number): void => {
    sum.error += Math.abs(nextFraction - fraction) * error;
    sum.loadError += Math.abs(nextLoadFraction - loadFraction) * error;
    fraction = nextFraction;
    loadFraction = nextLoadFraction;
  };

  for (const [index, segment] of segments.entries()) {
    const neighbours = [index === 0 ? context.before : segments[index - 1], segment];
    for (const piece of segment.pieces ?? []) {
      const share = piece.shares.get(call.call);
      const count = piece.servedCalls;
      const isLoad = share !== undefined && piece.endNanoseconds <= context.loadedNanoseconds;
      const unsure = [...piece.unsure].filter((other) => other !== call.call).length;
      const next = share === undefined ? 0 : 1 / Math.max(1, count - unsure);
      const isReading = piece.startNanoseconds === segment.startNanoseconds;
      const event = index === 0 ? call.startNanoseconds : undefined;
      const error = isReading
        ? edgeError(segment.startIndex, neighbours, { context, windowWatts, event })
        : cutError(segment, piece.startNanoseconds, Math.max(context.highestWatts, windowWatts));
      cross(error, next, isLoad ? next : 0);
      if (share === undefined) continue;
      const amount = Number(share.dynamicMicrojoules + share.idleMicrojoules);
      const seconds = secondsOf(piece.startNanoseconds, piece.endNanoseconds);
      sum.dynamic += Number(share.dynamicMicrojoules);
      sum.idle += Number(share.idleMicrojoules);
      if (isLoad) {
        sum.load += amount;
        sum.loadError += context.relativeError * amount;
      }
      sum.idleError += (segment.idle?.spreadWatts ?? 0) * 1e6 * seconds * next;
      sum.error += context.relativeError * amount;
      sum.error +=
        segment.ownErrorMicrojoules *
        next *
        (seconds / secondsOf(segment.startNanoseconds, segment.endNanoseconds) || 0);
      // Where the unsure ones queued, what was set aside for them was in truth this call's and the others'.
      sum.error += amount * (next * count - 1);
      wasShared ||= count > 1;
    }
    idleKnown &&= segment.idle !== undefined;
  }
  cross(edgeError(last.endIndex, [last], { context, windowWatts, event: call.doneNanoseconds }), 0, 0);
  return {
    known: true,
    gross: sum.dynamic + sum.idle,
    grossError: sum.error,
    net: idleKnown ? sum.dynamic : undefined,
    netError: sum.error + sum.idleError,
    load: sum.load,
    loadError: sum.loadError,
    wasShared,
  };
}

/** The same piece as two, every share spread evenly over time. */
export function cutPiece(piece: SettledPiece, atNanoseconds: bigint): [SettledPiece, SettledPiece] {
  const length = piece.endNanoseconds - piece.startNanoseconds;
  const before = new Map<number, Share>();
  const after = new Map<number, Share>();
  for (const [call, share] of piece.shares) {
    const early = (amount: bigint): bigint => (amount * (atNanoseconds - piece.startNanoseconds)) / length;
    const dynamic = early(share.dynamicMicrojoules);
    const idle = early(share.idleMicrojoules);
    before.set(call, { call, dynamicMicrojoules: dynamic, idleMicrojoules: idle });
    after.set(call, {
      call,
      dynamicMicrojoules: share.dynamicMicrojoules - dynamic,
      idleMicrojoules: share.idleMicrojoules - idle,
    });
  }
  return [
    { ...piece, endNanoseconds: atNanoseconds, shares: before },
    { ...piece, startNanoseconds: atNanoseconds, shares: after },
  ];
}

/**
 * A window of less than two refreshes tells next to nothing by itself: without a power known from longer windows it has no
 * figure. A counter that did not move in three refreshes stands still, because nothing that has power draws none.
 */
function whyNot(
  measured: bigint,
  { windowSeconds, servedSeconds }: { windowSeconds: number; servedSeconds: number },
  { source, highestWatts }: ShareContext,
): CallShare | undefined {
  const { id: sourceId, label, domain, method } = source;
  const { updateSeconds } = source.resolution;
  if (servedSeconds < 2 * updateSeconds && highestWatts === 0) {
    const why = `${label}: the call was shorter than the ${updateSeconds} s in which the counter refreshes`;
    return { known: false, sourceId, reason: 'failed', why };
  }
  const mayRest = domain === 'core' || domain === 'uncore' || method === 'integrated-power';
  if (measured === 0n && updateSeconds > 0 && windowSeconds >= 3 * updateSeconds && !mayRest) {
    const why = `${label}: the counter did not move in ${windowSeconds.toFixed(1)} s`;
    return { known: false, sourceId, reason: 'garbage', why };
  }
  return undefined;
}

/**
 * One tick, plus what flows in one refresh, in the reading's own uncertainty and in the time by which it came late, at the
 * larger of the powers beside the edge and over the window. A segment shorter than a refresh counts as one refresh long.
 */
function edgeError(
  index: number,
  neighbours: readonly (SettledSegment | undefined)[],
  { context, windowWatts, event }: { context: ShareContext; windowWatts: number; event: bigint | undefined },
): number {
  const { resolution } = context.source;
  let watts = windowWatts;
  for (const segment of neighbours) {
    if (segment === undefined) continue;
    const seconds = Math.max(secondsOf(segment.startNanoseconds, segment.endNanoseconds), resolution.updateSeconds);
    if (seconds > 0) watts = Math.max(watts, Number(segment.microjoules) / 1e6 / seconds);
  }
  const reading = context.readings.get(index);
  const spreadSeconds = Number(reading?.spreadNanoseconds ?? 0n) / 1e9;
  const lateSeconds =
    event === undefined || reading === undefined ? 0 : Math.abs(secondsOf(event, reading.atNanoseconds));
  return resolution.microjoules + (resolution.updateSeconds + spreadSeconds + lateSeconds) * watts * 1e6;
}

/**
 * A cut between two readings assumes even power. In truth each side drew between nothing and the peak of the most power
 * seen here.
 */
function cutError(segment: SettledSegment, atNanoseconds: bigint, highestWatts: number): number {
  const { startNanoseconds: start, endNanoseconds: end } = segment;
  const energy = Number(segment.microjoules);
  const most = (seconds: number): number => Math.min(energy, peak * highestWatts * seconds * 1e6);
  const told = (energy * secondsOf(start, atNanoseconds)) / secondsOf(start, end);
  const least = energy - most(secondsOf(atNanoseconds, end));
  return Math.max(told - least, most(secondsOf(start, atNanoseconds)) - told, 0);
}

function secondsOf(startNanoseconds: bigint, endNanoseconds: bigint): number {
  return Number(endNanoseconds - startNanoseconds) / 1e9;
}
