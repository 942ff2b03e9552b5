// How unlike two pieces of code are. Pure.

import { editDistance } from '../../base/edit-distance.ts';

/** Longer texts are compared by their first so many characters. */
const compared = 600;

export function distance(a: string, b: string): number {
  return editDistance(a.slice(0, compared), b.slice(0, compared));
}
