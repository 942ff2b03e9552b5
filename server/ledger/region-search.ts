// Which generated code stands in a text: exactly as written first, then changed, then come over from a file that is gone. Decides what
// is alike enough; knows no document and opens no file.

import type { OffsetRange } from '../base/text.ts';
import { type Likeness, likestPlace, likestShape, type Positions, positionsIn, type Search } from './likeness.ts';
import { type MarkedText, markText, shapeOf } from './line-marks.ts';
import type { RegionMatch } from './port.ts';
import { grouped, type Known, type RegionIndex } from './region-index.ts';
import { findRegions, standsAt } from './regions.ts';

/**
 * What has to stand for code to count as found: shares of its weight, tokens in lines as written, lines that tell something among its
 * neighbours. Chosen so that `test/ledger/region-memory.ts` finds nothing false: people and models write near twins, above all below each
 * other in one file, and what tells those apart is what stands around them. Another file has to look like the one that is gone.
 */
interface Least {
  readonly share: number;
  readonly around: number;
  /** From this share on, neighbours are not asked for. */
  readonly shareAlone: number;
  readonly tokens: number;
  readonly telling: number;
}
const inItsFile: Least = { share: 0.5, around: 1, shareAlone: 0.9, tokens: 12, telling: 2 };
const fromElsewhere: Least = { share: 0.7, around: 2, shareAlone: 2, tokens: 24, telling: 3 };
/** Where variables were renamed: share with lines of the same shape, number of lines, lines around that tell something. */
const renamed = { share: 0.65, lines: 2, around: 1 } as const;
/** Tokens of a region and its neighbours that is whole, white space apart. */
const unchangedTokens = 8;
/** Regions of this file, and of others, that are looked at closely, newest first: bounds the time on what nobody has. */
const mostOwn = 256;
const mostCandidates = 64;
/** Paths that are asked for when a document is opened, some ten microseconds each. */
const mostAsked = 32;

export interface SearchRequest {
  readonly path: string;
  readonly text: string;
  readonly index: RegionIndex;
  /** Whether nothing is at that path any more; asked for few paths, and only where their code was found. */
  readonly isGone: (path: string) => boolean;
}

/** @returns one match for each place, in the order of the text. */
export function searchRegions({ path, text, index, isGone }: SearchRequest): RegionMatch[] {
  const own = index.of(path);
  const marked = markText(text);
  const positions = positionsIn(marked, index.wanted);
  const search = { text: marked, positions, taken: new Uint8Array(marked.count), shapeAt: shapesOf(text, marked) };
  const matches = exactMatches(own, text, search);
  const exact = new Set(matches.map(({ region }) => region));
  matches.push(
    ...likeMatches(own.filter(({ region }) => !exact.has(region)).slice(0, mostOwn), text, search, inItsFile),
  );

  const candidates = goneOf(index.candidates(positions.keys(), fromElsewhere.share), path, isGone);
  const moved = likeMatches(candidates, text, search, fromElsewhere);
  // Where one region says that a file was renamed, its smaller ones came along.
  const followers = [...new Set(moved.map(({ region }) => region.path))].flatMap((old) =>
    index.of(old).filter(({ region }) => !moved.some((match) => match.region === region)),
  );
  matches.push(...moved, ...likeMatches(followers.slice(0, mostOwn), text, search, inItsFile));

  const byStart = new Map<number, RegionMatch>();
  for (const match of matches) {
    // Edited a little between one save and the next, again and again, it is other code in the end.
    if ((match.likeness?.share ?? 1) * (match.region.kept ?? 1) < inItsFile.share) continue;
    const other = byStart.get(match.range.start);
    if (other === undefined || other.receipt.at < match.receipt.at) byStart.set(match.range.start, match);
  }
  return [...byStart.values()].sort((a, b) => a.range.start - b.range.start);
}

/** Equal regions share their places so that each is moved as little as possible and none passes another. */
function exactMatches(own: readonly Known[], text: string, search: Search): RegionMatch[] {
  const matches: RegionMatch[] = [];
  const unmarked = own.filter(({ marks }) => marks === undefined);
  const found = findRegions(
    text,
    unmarked.map(({ region }) => region),
  );
  for (const [index, { receipt, region }] of unmarked.entries()) {
    const range = found[index];
    if (range !== undefined) matches.push({ receipt, region, range });
  }
  const marked = own.filter(({ marks }) => marks !== undefined);
  for (const equal of grouped(marked, ({ region }) => region.hash).values()) {
    const [first] = equal;
    if (first === undefined) continue;
    const places = exactPlaces(first, text, search.text, search.positions);
    if (places.length === 0) continue;
    for (const [known, line] of shared(equal, places)) {
      const { lineCount } = known.region;
      const range = rangeOfLines(text, search.text, line, line + lineCount);
      matches.push({ receipt: known.receipt, region: known.region, range });
      take(search, line, line + lineCount);
    }
  }
  return matches;
}

function exactPlaces({ region, marks }: Known, text: string, marked: MarkedText, positions: Positions): number[] {
  const opening = marks?.lines[0]?.hash;
  return (opening === undefined ? [] : (positions.get(opening) ?? []))
    .map((at) => marked.lineNumbers[at] ?? 0)
    .filter((line) => standsAt(text, marked.lines, line, region));
}

/** @param equal regions of the same content, newest first: where there are more of them than places, the older ones go. */
function shared(equal: readonly Known[], places: readonly number[]): [Known, number][] {
  const regions = equal.slice(0, places.length).sort((a, b) => a.region.firstLine - b.region.firstLine);
  // costs[j]: least sum of ways for the regions so far, the last of them at place j or before.
  let costs: number[] = places.map(() => 0);
  const choices: boolean[][] = [];
  for (const { region } of regions) {
    const previous = costs;
    const chosen: boolean[] = [];
    costs = [];
    for (const [index, place] of places.entries()) {
      const before = choices.length === 0 ? 0 : (previous[index - 1] ?? Number.POSITIVE_INFINITY);
      const here = before + Math.abs(place - region.firstLine);
      const earlier = costs[index - 1] ?? Number.POSITIVE_INFINITY;
      chosen.push(here < earlier);
      costs.push(Math.min(here, earlier));
    }
    choices.push(chosen);
  }
  const pairs: [Known, number][] = [];
  let index = places.length - 1;
  for (const [at, known] of [...regions.entries()].reverse()) {
    while (index > 0 && choices[at]?.[index] !== true) index--;
    pairs.unshift([known, places[index] ?? 0]);
    index--;
  }
  return pairs;
}

function likeMatches(wanted: readonly Known[], text: string, search: Search, least: Least): RegionMatch[] {
  const found = wanted.flatMap((known) => {
    const like = likenessOf(known, search, least);
    return like === undefined ? [] : [{ known, like }];
  });
  found.sort((a, b) => b.like.share - a.like.share || (a.known.receipt.at < b.known.receipt.at ? 1 : -1));
  const matches: RegionMatch[] = [];
  for (const { known, like: before } of found) {
    // What another one took meanwhile is no evidence any more.
    const like = before.matched.some((at) => search.taken[at] === 1) ? likenessOf(known, search, least) : before;
    if (like === undefined) continue;
    const { receipt, region, marks } = known;
    for (const at of like.matched) search.taken[at] = 1;
    const { lineNumbers } = search.text;
    const range = rangeOfLines(text, search.text, lineNumbers[like.first] ?? 0, (lineNumbers[like.end - 1] ?? 0) + 1);
    const of = marks?.of ?? like.matched.length;
    const asWritten = Math.round((like.asWritten / (marks?.lines.length ?? of)) * of);
    matches.push({ receipt, region, range, likeness: { asWritten, of, share: like.share } });
  }
  return matches;
}

/** The newest regions whose file is gone; few files are asked for. */
function goneOf(candidates: readonly Known[], path: string, isGone: (path: string) => boolean): readonly Known[] {
  const known = new Map([[path, false]]);
  const gone: Known[] = [];
  for (const one of candidates) {
    if (gone.length === mostCandidates) break;
    const { path: old } = one.region;
    if (!known.has(old) && known.size > mostAsked) continue;
    const answer = known.get(old) ?? isGone(old);
    known.set(old, answer);
    if (answer) gone.push(one);
  }
  return gone;
}

function likenessOf(known: Known, search: Search, least: Least): Likeness | undefined {
  const { marks, region } = known;
  if (marks === undefined) return undefined;
  const like = likestPlace(marks, search, nonBlankAt(search.text, region.firstLine), least.share);
  if (like !== undefined && isEnough(like, marks.lines.length, least)) return like;
  if (least !== inItsFile) return undefined;
  const shaped = likestShape(marks, search);
  const isWhole = shaped !== undefined && shaped.share >= renamed.share && shaped.matched.length >= renamed.lines;
  return isWhole && shaped.aroundTelling >= renamed.around ? shaped : undefined;
}

function isEnough(like: Likeness, lines: number, least: Least): boolean {
  if (like.share < least.shareAlone && like.aroundTelling < least.around) return false;
  const tokens = like.tokens + like.aroundTokens;
  if (least === inItsFile && like.matched.length === lines && tokens >= unchangedTokens) return true;
  return like.telling > 0 && like.telling + like.aroundTelling >= least.telling && tokens >= least.tokens;
}

/** Shapes are made for the few lines that somebody asks about. */
function shapesOf(text: string, { lines, lineNumbers }: MarkedText): (at: number) => number {
  const known = new Map<number, number>();
  return (at) => {
    const line = lineNumbers[at] ?? 0;
    const shape = known.get(at) ?? shapeOf(text.slice(lines[line], (lines[line + 1] ?? 0) - 1));
    known.set(at, shape);
    return shape;
  };
}

/** Number of the first non-blank line from a line on. */
function nonBlankAt({ lineNumbers, count }: MarkedText, line: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lineNumbers[middle] ?? 0) < line) low = middle + 1;
    else high = middle;
  }
  return low;
}

function take({ text, taken }: Search, first: number, end: number): void {
  for (let at = nonBlankAt(text, first); at < text.count && (text.lineNumbers[at] ?? end) < end; at++) taken[at] = 1;
}

function rangeOfLines(text: string, { lines }: MarkedText, first: number, end: number): OffsetRange {
  const until = (lines[end] ?? text.length + 1) - 1;
  return { start: lines[first] ?? 0, end: text[until - 1] === '\r' ? until - 1 : until };
}
