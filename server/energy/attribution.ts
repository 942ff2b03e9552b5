// Who gets which microjoule: one segment of one counter, split between the calls that were served in it.
// Pure integer arithmetic; knows no clock, no source, no call but its number.

/** Energy of one counter between two of its readings. */
export interface Segment {
  readonly startNanoseconds: bigint;
  readonly endNanoseconds: bigint;
  readonly microjoules: bigint;
  /** Of `microjoules`, what the machine would have drawn anyway; between 0 and `microjoules`. */
  readonly idleMicrojoules: bigint;
}

/** A time in which a call was being served. A call that queued after loading its model has two, which never overlap. */
export interface ServedWindow {
  readonly call: number;
  readonly fromNanoseconds: bigint;
  readonly untilNanoseconds: bigint;
}

export interface Share {
  readonly call: number;
  readonly dynamicMicrojoules: bigint;
  readonly idleMicrojoules: bigint;
}

/** A part of a segment in which the same calls were served throughout. No shares: nobody was. */
export interface Piece {
  readonly startNanoseconds: bigint;
  readonly endNanoseconds: bigint;
  readonly dynamicMicrojoules: bigint;
  readonly idleMicrojoules: bigint;
  /** In order of call number. Sums to the piece exactly, or is empty. */
  readonly shares: readonly Share[];
}

/**
 * Cuts the segment where a window begins or ends inside it, spreads its energy evenly over its time, and splits each piece
 * equally between the calls served in it. Every microjoule ends up in exactly one piece, and in at most one share.
 * @param windows in any order; the result does not depend on it.
 */
export function splitSegment(segment: Segment, windows: readonly ServedWindow[]): readonly Piece[] {
  const { startNanoseconds: start, endNanoseconds: end } = segment;
  const isInside = (at: bigint): boolean => at > start && at < end;
  const cuts = windows
    .filter((window) => window.fromNanoseconds < end && window.untilNanoseconds > start)
    .flatMap((window) => [window.fromNanoseconds, window.untilNanoseconds])
    .filter(isInside);
  const edges = [...new Set([start, ...cuts, end])].sort((a, b) => (a < b ? -1 : 1));
  // Two readings at the same instant: nothing to cut, and all of it flows "at once".
  if (edges.length === 1) edges.push(end);
  const dynamic = segment.microjoules - segment.idleMicrojoules;
  const pieces: Piece[] = [];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const until = edges[index + 1] ?? end;
    const served = windows
      .filter((window) => window.fromNanoseconds <= from && window.untilNanoseconds >= until)
      .map((window) => window.call);
    const piece = {
      startNanoseconds: from,
      endNanoseconds: until,
      dynamicMicrojoules: between(dynamic, segment, { from, until }),
      idleMicrojoules: between(segment.idleMicrojoules, segment, { from, until }),
    };
    pieces.push({ ...piece, shares: shareEqually(piece, served) });
  }
  return pieces;
}

/** Both ends are rounded down alike, so that neighbouring parts sum to the whole. */
function between(amount: bigint, segment: Segment, part: { readonly from: bigint; readonly until: bigint }): bigint {
  const length = segment.endNanoseconds - segment.startNanoseconds;
  if (length <= 0n) return amount;
  const flowedBy = (at: bigint): bigint => (amount * (at - segment.startNanoseconds)) / length;
  return flowedBy(part.until) - flowedBy(part.from);
}

/**
 * Equal parts; what does not divide goes, one microjoule each, to the lowest call numbers (all remainders are equal, so the
 * largest-remainder rule leaves only this tie to break).
 */
function shareEqually(
  piece: { readonly dynamicMicrojoules: bigint; readonly idleMicrojoules: bigint },
  calls: readonly number[],
): readonly Share[] {
  const ordered = [...calls].sort((a, b) => a - b);
  const dynamic = equalParts(piece.dynamicMicrojoules, ordered.length);
  const idle = equalParts(piece.idleMicrojoules, ordered.length);
  return ordered.map((call, index) => ({
    call,
    dynamicMicrojoules: dynamic[index] ?? 0n,
    idleMicrojoules: idle[index] ?? 0n,
  }));
}

function equalParts(amount: bigint, count: number): readonly bigint[] {
  if (count === 0) return [];
  const part = amount / BigInt(count);
  const left = Number(amount - part * BigInt(count));
  return Array.from({ length: count }, (_, index) => (index < left ? part + 1n : part));
}
