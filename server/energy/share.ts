// One call's part of one counter, summed from its settled segments, and the error of that sum.
// Pure arithmetic; knows neither time nor other counters.

import type { EnergyReading, EnergySource, Unreadable } from '../../native-bindings/energy-source.ts';
import type { Share } from './attribution.ts';
import type { Moments } from './call-window.ts';
import type { IdlePower } from './idle-power.ts';
import type { CallWindow } from './source-account.ts';

export interface SettledPiece {
  readonly startNanoseconds: bigint;
  readonly endNanoseconds: bigint;
  /** Between how many it was split; some may have given their share up since. */
  readonly servedCalls: number;
  readonly shares: Map<number, Share>;
  /** Of these, calls of which it was not sure, when it was split, that they were served here. */
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

export type Phase = 'load' | 'prefill' | 'decode';

/** Microjoules; the error is a half-width. */
export interface Amount {
  readonly microjoules: number;
  readonly error: number;
}

export interface KnownShare {
  readonly known: true;
  /** The sum of the phases, exactly. */
  readonly gross: Amount;
  /** Undefined while idle power is unknown. */
  readonly net: Amount | undefined;
  readonly phases: Readonly<Record<Phase, Amount>>;
  /** The idle power that net leaves out, over the time served; undefined where net is. */
  readonly idle: IdleUsed | undefined;
  readonly wasShared: boolean;
  /** Served for so few refreshes that the counter itself says little: the figure is an interval more than a number. */
  readonly isShort: boolean;
}

export interface IdleUsed {
  readonly kind: IdlePower['kind'] | 'mixed';
  readonly watts: number;
  readonly plusMinusWatts: number;
  /** Of the oldest baseline used. */
  readonly ageSeconds: number;
}

/** Of what flowed in a piece, the least and the most that may have been this call's. */
interface Fraction {
  readonly least: number;
  readonly most: number;
}

const nothing: Fraction = { least: 0, most: 0 };

const fewRefreshes = 5;
/** Beyond these the energy of one refresh is a small part of the window's. */
const manyRefreshes = 60;
/** Averages hide peaks: half as much again is allowed where nothing better is known. */
const peak = 1.5;

interface ShareContext {
  readonly source: EnergySource;
  readonly readings: ReadonlyMap<number, EnergyReading>;
  /** The segment that ended where the call began. */
  readonly before: SettledSegment | undefined;
  readonly moments: Moments;
  readonly highestWatts: number;
  /** 0 until a stretch was seen that is long enough to tell and in which somebody was surely served. */
  readonly servedWatts: number;
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
  // While a model loads it may draw little: only the rest of the window says anything of the power of an answer.
  const answeringSeconds = segments
    .flatMap((segment) => segment.pieces ?? [])
    .filter((piece) => piece.shares.has(call.call) && phaseAt(piece, context.moments) !== 'load')
    .reduce((sum, piece) => sum + secondsOf(piece.startNanoseconds, piece.endNanoseconds), 0);
  const isTold = (piece: SettledPiece): boolean =>
    call.times !== undefined || piece.startNanoseconds >= context.moments.firstToken;
  // Queueing draws little, so the edges of the served time see more than the window's average.
  // The last refresh may be missing from what was measured.
  const powerSeconds = Math.max(servedSeconds - updateSeconds, updateSeconds) || windowSeconds;
  const averageWatts = powerSeconds > 0 ? Number(measured) / 1e6 / powerSeconds : 0;
  // In a few refreshes the window's own average says little about the power at its edges.
  const isShort = servedSeconds < fewRefreshes * updateSeconds;
  const windowWatts = isShort ? peak * Math.max(averageWatts, context.highestWatts) : averageWatts;
  const problem = whyNot(measured, { windowSeconds, answeringSeconds }, context);
  if (problem !== undefined) return problem;

  const sum = { idle: 0, idleError: 0, error: 0 };
  const phases = {
    load: { microjoules: 0, error: 0, seconds: 0 },
    prefill: { microjoules: 0, error: 0, seconds: 0 },
    decode: { microjoules: 0, error: 0, seconds: 0 },
  };
  const used: { readonly idle: IdlePower | undefined; readonly seconds: number }[] = [];
  let wasShared = false;
  let fraction = nothing;
  let phase: Phase = 'load';
  const cross = (error: number, next: Fraction, nextPhase: Phase): void => {
    const change = Math.max(next.most - fraction.least, fraction.most - next.least);
    sum.error += change * error;
    if (phase === nextPhase) phases[phase].error += change * error;
    else {
      phases[phase].error += fraction.most * error;
      phases[nextPhase].error += next.most * error;
    }
    fraction = next;
    phase = nextPhase;
  };

  const besides = (edge: bigint): readonly number[] =>
    wattsBesides(edge, context.before === undefined ? segments : [context.before, ...segments], updateSeconds);

  for (const [index, segment] of segments.entries()) {
    const neighbours = besides(segment.startNanoseconds);
    for (const piece of segment.pieces ?? []) {
      const share = piece.shares.get(call.call);
      const count = piece.servedCalls;
      const unsure = [...piece.unsure].filter((other) => other !== call.call).length;
      // It may itself have queued behind the others, and nobody said.
      const isOwnUnsure = count > 1 && !isTold(piece);
      const most = share === undefined ? 0 : 1 / Math.max(1, count - unsure);
      const least = share === undefined || isOwnUnsure ? 0 : 1 / count;
      const isReading = piece.startNanoseconds === segment.startNanoseconds;
      const event = index === 0 ? call.startNanoseconds : undefined;
      const error = isReading
        ? edgeError(segment.startIndex, neighbours, { context, windowWatts, event })
        : cutError(segment, piece.startNanoseconds);
      cross(error, { least, most }, phaseAt(piece, context.moments));
      if (share === undefined) continue;
      const amount = Number(share.dynamicMicrojoules + share.idleMicrojoules);
      const seconds = secondsOf(piece.startNanoseconds, piece.endNanoseconds);
      const ownError =
        segment.ownErrorMicrojoules * (seconds / secondsOf(segment.startNanoseconds, segment.endNanoseconds) || 0);
      // Where the unsure ones queued, what was set aside for them was in truth this call's and the others'.
      const setAside = Math.max(amount * (most * count - 1), isOwnUnsure ? amount : 0);
      const inside = context.relativeError * amount + ownError * most + setAside;
      sum.idle += Number(share.idleMicrojoules);
      sum.idleError += (segment.idle?.spreadWatts ?? 0) * 1e6 * seconds * most;
      sum.error += inside;
      phases[phase].microjoules += amount;
      phases[phase].error += inside;
      phases[phase].seconds += seconds;
      used.push({ idle: segment.idle, seconds });
      wasShared ||= count > 1;
    }
  }
  cross(
    edgeError(last.endIndex, besides(last.endNanoseconds), {
      context,
      windowWatts,
      event: call.doneNanoseconds,
    }),
    nothing,
    phase,
  );
  const gross = phases.load.microjoules + phases.prefill.microjoules + phases.decode.microjoules;
  // A phase that fits between two refreshes may hold all that the call took, or nothing of it; so may the one beside it.
  const isBlurred = Object.values(phases).some(({ seconds }) => seconds > 0 && seconds < 2 * updateSeconds);
  for (const one of isBlurred ? Object.values(phases) : []) {
    if (one.seconds > 0) one.error = Math.max(one.error, gross + sum.error - one.microjoules, one.microjoules);
  }
  // Of a call that was cut short nobody said how long it loaded or waited: its answer may have been a burst at the end, most of it
  // not yet refreshed, and no longer call has shown how strong one can be.
  if (call.times === undefined && context.servedWatts === 0 && servedSeconds < manyRefreshes * updateSeconds) {
    sum.error += 2 * gross;
  }
  const idle = idleUsed(used);
  return {
    known: true,
    gross: { microjoules: gross, error: sum.error },
    net: idle === undefined ? undefined : { microjoules: gross - sum.idle, error: sum.error + sum.idleError },
    phases,
    idle,
    wasShared,
    isShort,
  };
}

/** Pieces have been cut at the moments, so that each lies in one phase. */
function phaseAt(piece: SettledPiece, { start, loaded, firstToken }: Moments): Phase {
  if (loaded > start && piece.endNanoseconds <= loaded) return 'load';
  return piece.startNanoseconds >= firstToken ? 'decode' : 'prefill';
}

/** Undefined when it was not known in some part of the time served. */
function idleUsed(
  parts: readonly { readonly idle: IdlePower | undefined; readonly seconds: number }[],
): IdleUsed | undefined {
  const known = parts.map(({ idle }) => idle).filter((idle) => idle !== undefined);
  const [first] = known;
  if (first === undefined || known.length < parts.length) return undefined;
  const all = parts.reduce((sum, part) => sum + part.seconds, 0);
  const mean = (pick: (idle: IdlePower) => number): number =>
    all > 0 ? parts.reduce((sum, { idle, seconds }) => sum + (idle ? pick(idle) * seconds : 0), 0) / all : pick(first);
  return {
    kind: known.every((idle) => idle.kind === first.kind) ? first.kind : 'mixed',
    watts: mean((idle) => idle.watts),
    plusMinusWatts: mean((idle) => idle.spreadWatts),
    ageSeconds: Math.max(...known.map((idle) => idle.ageSeconds)),
  };
}

/** The piece in parts that end at `cuts`, in order; cuts outside it change nothing. */
export function cutPieces(piece: SettledPiece, cuts: readonly bigint[]): readonly SettledPiece[] {
  const at = cuts.find((cut) => cut > piece.startNanoseconds && cut < piece.endNanoseconds);
  if (at === undefined) return [piece];
  return cutPiece(piece, at).flatMap((part) => cutPieces(part, cuts));
}

/** The same piece as two, every share spread evenly over time. */
function cutPiece(piece: SettledPiece, atNanoseconds: bigint): [SettledPiece, SettledPiece] {
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
  { windowSeconds, answeringSeconds }: { windowSeconds: number; answeringSeconds: number },
  { source, servedWatts }: ShareContext,
): CallShare | undefined {
  const { id: sourceId, label, domain, method, via } = source;
  const { updateSeconds } = source.resolution;
  if (answeringSeconds < 2 * updateSeconds && servedWatts === 0) {
    const why = `${label}: the answer was hardly longer than the ${updateSeconds} s in which the counter refreshes`;
    return { known: false, sourceId, reason: 'failed', why };
  }
  if (measured === 0n && via !== undefined) {
    const why = `${label}: the counter stood still while the call ran: its exporter shows an old reading`;
    return { known: false, sourceId, reason: 'stale', why };
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
 * larger of the powers beside the edge and over the window.
 */
function edgeError(
  index: number,
  neighbours: readonly number[],
  { context, windowWatts, event }: { context: ShareContext; windowWatts: number; event: bigint | undefined },
): number {
  const { resolution } = context.source;
  const watts = Math.max(windowWatts, ...neighbours);
  const reading = context.readings.get(index);
  const spreadSeconds = Number(reading?.spreadNanoseconds ?? 0n) / 1e9;
  const lateSeconds =
    event === undefined || reading === undefined ? 0 : Math.abs(secondsOf(event, reading.atNanoseconds));
  // What flowed before a late reading was never seen: it may have been more than what was.
  const unseen = lateSeconds > resolution.updateSeconds ? peak * Math.max(watts, context.highestWatts) : watts;
  return resolution.microjoules + ((resolution.updateSeconds + spreadSeconds) * watts + lateSeconds * unseen) * 1e6;
}

/** The powers around an edge: of the segments that touch it or lie within two refreshes, as a short one shows nothing yet. */
function wattsBesides(edge: bigint, segments: readonly SettledSegment[], updateSeconds: number): readonly number[] {
  return segments.flatMap((segment) => {
    const apart = segment.endNanoseconds <= edge ? edge - segment.endNanoseconds : segment.startNanoseconds - edge;
    if (Number(apart) / 1e9 > 2 * updateSeconds) return [];
    return [wattsBeside(segment, segment.endNanoseconds <= edge ? 'end' : 'start', updateSeconds)];
  });
}

/**
 * The most power at one end of a segment. Power is taken to be even only as long as the same calls do the same: all of the
 * segment may have flowed in the piece at that end, of which the counter may not have shown the last refresh.
 */
function wattsBeside(segment: SettledSegment, end: 'start' | 'end', updateSeconds: number): number {
  const piece = end === 'start' ? segment.pieces?.[0] : segment.pieces?.at(-1);
  const { startNanoseconds, endNanoseconds } = piece ?? segment;
  const seconds = Math.max(secondsOf(startNanoseconds, endNanoseconds) - updateSeconds, updateSeconds);
  return seconds > 0 ? Number(segment.microjoules) / 1e6 / seconds : 0;
}

/**
 * A cut between two readings assumes even power. In truth all of it may have flowed on either side: loading, say, draws a
 * small part of what prefill does. Readings at twice a second keep that small.
 */
function cutError(segment: SettledSegment, atNanoseconds: bigint): number {
  const { startNanoseconds: start, endNanoseconds: end } = segment;
  const energy = Number(segment.microjoules);
  const told = (energy * secondsOf(start, atNanoseconds)) / secondsOf(start, end);
  return Math.max(told, energy - told);
}

function secondsOf(startNanoseconds: bigint, endNanoseconds: bigint): number {
  return Number(endNanoseconds - startNanoseconds) / 1e9;
}
