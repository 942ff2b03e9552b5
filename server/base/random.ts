// Randomness that can be repeated: the same numbers for the same seed. Not for secrets.

import { createHash } from 'node:crypto';

/** Numbers from 0 to 1 that follow from the seed, so that whoever has the seed draws the same again. */
export function randomFrom(seed: number): () => number {
  let count = 0;
  return () => createHash('sha256').update(`${seed} ${count++}`).digest().readUInt32BE() / 2 ** 32;
}
