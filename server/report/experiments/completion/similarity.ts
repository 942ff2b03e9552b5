// Edit similarity of two texts: 1 − Levenshtein distance / length of the longer one. Pure.

import { editDistance } from '../../../base/edit-distance.ts';

/** From 0 to 1, in UTF-16 units, white space at the end aside. */
export function editSimilarity(left: string, right: string): number {
  const [a, b] = [left.trimEnd(), right.trimEnd()];
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - editDistance(a, b) / longest;
}
