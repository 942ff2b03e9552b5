// All regions of the ledger by the hashes of their lines, so that code finds its receipt in whatever file it turns up. Knows no text.

import type { Receipt, Region } from './events.ts';
import { hashBits, type ParsedMarks, parseMarks, tellingTokens, weightOf } from './line-marks.ts';

export interface Known {
  readonly receipt: Receipt;
  readonly region: Region;
  /** Undefined: written by an older version; found by exact content alone. */
  readonly marks: ParsedMarks | undefined;
}

export interface RegionIndex {
  /** By path, newest receipt first. */
  of(path: string): readonly Known[];
  /** Bits of all hashes that lead to a region. */
  readonly wanted: Uint8Array;
  /** Regions of which lines of at least this share of the weight are among `hashes`, each hash given once. */
  candidates(hashes: Iterable<number>, leastShare: number): readonly Known[];
}

/** Regions that one hash leads to; what stands in more of them tells nothing. The newest come first. */
const mostPerHash = 48;

const parsed = new WeakMap<Region, { readonly marks: ParsedMarks | undefined }>();

/** Dismissed and undone receipts are not in it. */
export function indexRegions(receipts: Iterable<Receipt>): RegionIndex {
  const known = [...receipts]
    .filter(({ outcome }) => outcome !== 'dismissed' && outcome !== 'undone')
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
    .flatMap((receipt) => receipt.regions.map((region) => ({ receipt, region, marks: marksOf(region) })));
  const byPath = grouped(known, ({ region }) => region.path);
  const wanted = new Uint8Array(1 << (hashBits - 3));
  const byHash = new Map<number, { readonly index: number; readonly weight: number }[]>();
  const weights = new Float64Array(known.length);
  for (const [index, { marks }] of known.entries()) {
    if (marks === undefined) continue;
    const leading = new Map(marks.lines.filter(({ tokens }) => tokens >= tellingTokens).map((one) => [one.hash, one]));
    for (const { hash } of [...leading.values(), ...marks.lines.slice(0, 1), ...marks.above, ...marks.below])
      wanted[hash >> 3] = (wanted[hash >> 3] ?? 0) | (1 << (hash & 7));
    for (const line of leading.values()) {
      weights[index] = (weights[index] ?? 0) + weightOf(line);
      const places = byHash.get(line.hash);
      const place = { index, weight: weightOf(line) };
      if (places === undefined) byHash.set(line.hash, [place]);
      else if (places.length < mostPerHash) places.push(place);
    }
  }

  return {
    of: (path) => byPath.get(path) ?? [],
    wanted,
    candidates(hashes, leastShare) {
      const found = new Map<number, number>();
      for (const hash of hashes)
        for (const { index, weight } of byHash.get(hash) ?? []) found.set(index, (found.get(index) ?? 0) + weight);
      return [...found]
        .filter(([index, weight]) => weight >= leastShare * (weights[index] ?? 0))
        .sort(([a], [b]) => a - b)
        .flatMap(([index]) => known[index] ?? []);
    },
  };
}

function marksOf(region: Region): ParsedMarks | undefined {
  const before = parsed.get(region);
  if (before !== undefined) return before.marks;
  const marks = region.marks && parseMarks(region.marks);
  parsed.set(region, { marks });
  return marks;
}

/** Lists by what `keyOf` gives, in the order of the whole. */
export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
