// Where a text is most like a region, by the hashes of their lines in order. Pure arithmetic; says how much is alike, and leaves it to
// others whether that is enough.

import { type MarkedLine, type MarkedText, type ParsedMarks, tellingTokens, weightOf } from './line-marks.ts';

/** A line that stands in a text more often than this does not lead to a place. */
const mostPlaces = 32;
/** Places that are looked at closely. */
const mostTried = 4;
/** Lines that may have come into a region before it is no longer looked for in one piece, beside half its own. */
const leastSlack = 6;
const mostSlack = 200;
/** Lines put in at one place beyond which what follows is another piece. */
const mostBetween = 6;
/** Lines aside of where it should be in which a neighbour is still one. */
const mostAside = 2;

export interface Likeness {
  /** Non-blank lines of the text, from the first to behind the last that belongs to the region. */
  readonly first: number;
  readonly end: number;
  /** Which of the text's lines are the region's, and how many of them are as written. */
  readonly matched: readonly number[];
  readonly asWritten: number;
  /** Weight of the lines as written over the weight of all, 0 to 1; as good as the share of tokens that stand in them. */
  readonly share: number;
  /** Tokens in lines as written. */
  readonly tokens: number;
  /** Lines as written that tell something. */
  readonly telling: number;
  /** The same two of the lines right above and below. */
  readonly aroundTokens: number;
  readonly aroundTelling: number;
}

/** Where a hash stands among the non-blank lines of a text, in order. */
export type Positions = ReadonlyMap<number, readonly number[]>;

/** @returns positions of the lines whose hash is in `wanted`, a set of bits. */
export function positionsIn({ hashes, count }: MarkedText, wanted: Uint8Array): Positions {
  const positions = new Map<number, number[]>();
  for (let at = 0; at < count; at++) {
    const hash = hashes[at] ?? 0;
    if (((wanted[hash >> 3] ?? 0) & (1 << (hash & 7))) === 0) continue;
    const places = positions.get(hash);
    if (places === undefined) positions.set(hash, [at]);
    else places.push(at);
  }
  return positions;
}

export interface Search {
  readonly text: MarkedText;
  readonly positions: Positions;
  /** 1 for lines that belong to another region. */
  readonly taken: Uint8Array;
  /** Shape of a non-blank line. */
  readonly shapeAt: (at: number) => number;
}

/**
 * @param expected number of the non-blank line where it was: of equal places the nearest is taken.
 * @param leastShare below it nothing is looked for closely.
 */
export function likestPlace(
  marks: ParsedMarks,
  search: Search,
  expected: number,
  leastShare: number,
): Likeness | undefined {
  const { shifts, reachable } = shiftsOf(marks, search, marks.weight * leastShare);
  const ordered = [...shifts].sort(
    ([a, one], [b, two]) => two - one || Math.abs(a - expected) - Math.abs(b - expected),
  );
  const tried: number[] = [];
  let best: Likeness | undefined;
  for (const [shift] of ordered) {
    // A place is looked at with some lines around it, so that its neighbours are the same place.
    if (tried.some((one) => Math.abs(one - shift) <= leastSlack)) continue;
    tried.push(shift);
    const found = aligned(marks, search, shift);
    if (found !== undefined && found.share >= leastShare && !(best !== undefined && best.share >= found.share))
      best = found;
    if (tried.length === mostTried || (best !== undefined && best.share * marks.weight > reachable - 0.01)) break;
  }
  return best;
}

/**
 * The same where variables may have been renamed: lines of the same shape count, four fifths. Looks only where the region's neighbours
 * still stand, and is no evidence without them.
 */
export function likestShape(marks: ParsedMarks, search: Search): Likeness | undefined {
  if (marks.shapes.length === 0) return undefined;
  const shifts = new Map<number, number>();
  noteAround(marks, search, shifts);
  const [likeliest] = [...shifts].sort(([, one], [, two]) => two - one);
  return likeliest && aligned(marks, search, likeliest[0], true);
}

interface Shifts {
  readonly shifts: ReadonlyMap<number, number>;
  /** Weight of the lines that stand anywhere in the text; lines that tell nothing count as if they did. */
  readonly reachable: number;
}

/** How far the region would have to move for each of its telling lines to stand where it does; with the weight that says so. */
function shiftsOf(marks: ParsedMarks, search: Search, leastWeight: number): Shifts {
  const shifts = new Map<number, number>();
  let reachable = 0;
  for (const [index, line] of marks.lines.entries()) {
    const place = marks.places[index] ?? 0;
    const isTelling = line.tokens >= tellingTokens;
    if (!isTelling || note(line, place, search, shifts) || search.positions.has(line.hash)) reachable += weightOf(line);
  }
  if (reachable < leastWeight) return { shifts: new Map(), reachable };
  // Where a region has nothing that tells it, its neighbours lead to it.
  if (shifts.size === 0) noteAround(marks, search, shifts);
  return { shifts, reachable };
}

function noteAround(marks: ParsedMarks, search: Search, shifts: Map<number, number>): void {
  for (const [index, line] of marks.above.entries()) note(line, index - marks.above.length, search, shifts);
  for (const [index, line] of marks.below.entries()) note(line, marks.of + index, search, shifts);
}

function note(line: MarkedLine, place: number, { positions, taken }: Search, shifts: Map<number, number>): boolean {
  const places = positions.get(line.hash);
  if (places === undefined || places.length > mostPlaces) return false;
  for (const at of places) if (taken[at] !== 1) shifts.set(at - place, (shifts.get(at - place) ?? 0) + weightOf(line));
  return true;
}

/** The heaviest common subsequence of the region's lines and those around one place. */
function aligned(marks: ParsedMarks, search: Search, shift: number, byShape = false): Likeness | undefined {
  const { text, taken } = search;
  const slack = Math.min(mostSlack, leastSlack + (marks.of >> 1));
  const window: number[] = [];
  const until = Math.min(text.count, shift + marks.of + slack);
  for (let at = Math.max(0, shift - slack); at < until; at++)
    if (taken[at] !== 1 && (byShape || marks.hashes.has(text.hashes[at] ?? -1))) window.push(at);
  const width = marks.lines.length + 1;
  const best = new Float64Array((window.length + 1) * width);
  for (let row = 1; row <= window.length; row++) {
    const at = window[row - 1] ?? 0;
    for (let column = 1; column < width; column++) {
      const line = marks.lines[column - 1];
      const without = Math.max(best[(row - 1) * width + column] ?? 0, best[row * width + column - 1] ?? 0);
      let withIt = 0;
      const alike = line === undefined ? 0 : alikeness(marks, search, column - 1, at, byShape);
      if (line !== undefined && alike > 0) {
        // Of equal lines the ones nearest to this place, so that near twins are not mixed.
        const off = Math.abs(at - (marks.places[column - 1] ?? 0) - shift);
        withIt = (best[(row - 1) * width + column - 1] ?? 0) + alike * weightOf(line) + 0.02 / (1 + off);
      }
      best[row * width + column] = Math.max(without, withIt);
    }
  }
  const pairs: Pair[] = [];
  for (let [row, column] = [window.length, width - 1]; row > 0 && column > 0; ) {
    const here = best[row * width + column] ?? 0;
    if (here === best[(row - 1) * width + column]) row--;
    else if (here === best[row * width + column - 1]) column--;
    else {
      row--;
      column--;
      const line = marks.lines[column];
      if (line !== undefined)
        pairs.unshift({
          at: window[row] ?? 0,
          place: marks.places[column] ?? 0,
          line,
          alike: alikeness(marks, search, column, window[row] ?? 0, byShape),
        });
    }
  }
  const piece = heaviest(pairs);
  const [first, last] = [piece[0], piece.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    ...aroundOf(marks, search, first, last),
    matched: piece.map(({ at }) => at),
    asWritten: piece.filter(({ alike }) => alike === 1).length,
    share: weigh(piece) / marks.weight,
    tokens: piece.reduce((sum, { line }) => sum + line.tokens, 0),
    telling: piece.filter(({ line }) => line.tokens >= tellingTokens).length,
  };
}

/** 1 for a line as written, less for one of the same shape that is long enough to have one, 0 for another. */
function alikeness(marks: ParsedMarks, { text, shapeAt }: Search, index: number, at: number, byShape: boolean): number {
  const line = marks.lines[index];
  if (line === undefined) return 0;
  if (line.hash === text.hashes[at]) return 1;
  return byShape && line.tokens >= tellingTokens && marks.shapes[index] === shapeAt(at) ? shapeCounts : 0;
}

/** Of five tokens in a line with renamed variables about four are as written. */
const shapeCounts = 0.8;

/** A line of the region. */
interface Pair {
  /** In the text, and in the region. */
  readonly at: number;
  readonly place: number;
  readonly line: MarkedLine;
  readonly alike: number;
}

function weigh(pairs: readonly Pair[]): number {
  return pairs.reduce((sum, { line, alike }) => sum + alike * weightOf(line), 0);
}

/** Of a region in several pieces the heaviest one. */
function heaviest(pairs: readonly Pair[]): readonly Pair[] {
  const pieces: Pair[][] = [];
  for (const pair of pairs) {
    const before = pieces.at(-1)?.at(-1);
    const isNear = before !== undefined && pair.at - before.at - (pair.place - before.place) <= mostBetween;
    if (isNear) pieces.at(-1)?.push(pair);
    else pieces.push([pair]);
  }
  return pieces.reduce((best, piece) => (weigh(piece) > weigh(best) ? piece : best), []);
}

type Around = Pick<Likeness, 'first' | 'end' | 'aroundTokens' | 'aroundTelling'>;

/** Neighbours that still stand there say where a region begins and ends whose own first or last line was edited. */
function aroundOf(marks: ParsedMarks, { text }: Search, firstPair: Pair, lastPair: Pair): Around {
  let [first, end, aroundTokens, aroundTelling] = [firstPair.at, lastPair.at + 1, 0, 0];
  const count = (line: MarkedLine): void => {
    aroundTokens += line.tokens;
    if (line.tokens >= tellingTokens) aroundTelling++;
  };
  let [above, near] = [firstPair.at, firstPair.place + mostAside];
  for (const [index, line] of [...marks.above].reverse().entries()) {
    const at = lastIndex(text.hashes, line.hash, above - 1, Math.max(0, above - near));
    if (at === undefined) continue;
    if (index === 0 && line.tokens > 1) first = at + 1;
    [above, near] = [at, mostAside];
    count(line);
  }
  let below = lastPair.at;
  near = marks.of - 1 - lastPair.place + mostAside;
  for (const [index, line] of marks.below.entries()) {
    const at = nextIndex(text.hashes, line.hash, below + 1, Math.min(text.count, below + 1 + near));
    if (at === undefined) continue;
    if (index === 0 && line.tokens > 1) end = at;
    [below, near] = [at, mostAside];
    count(line);
  }
  return { first, end, aroundTokens, aroundTelling };
}

function lastIndex(hashes: Int32Array, hash: number, from: number, until: number): number | undefined {
  for (let at = from; at >= until; at--) if (hashes[at] === hash) return at;
  return undefined;
}

function nextIndex(hashes: Int32Array, hash: number, from: number, until: number): number | undefined {
  for (let at = from; at < until; at++) if (hashes[at] === hash) return at;
  return undefined;
}
