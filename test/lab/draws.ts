// Numbers drawn by name: the same name always gives the same number, so that every strategy meets the same luck.
// Knows nothing of what they are for.

import { createHash } from 'node:crypto';

export interface Draws {
  /** From 0 up to, but not including, 1. */
  uniform(...name: readonly (string | number)[]): number;
  /** Mean 0, standard deviation 1. */
  normal(...name: readonly (string | number)[]): number;
}

export function createDraws(seed: number): Draws {
  const pair = (name: readonly (string | number)[]): readonly [number, number] => {
    const digest = createHash('sha1')
      .update(`${seed}\0${name.join('\0')}`)
      .digest();
    return [digest.readUInt32BE(0) / 2 ** 32, digest.readUInt32BE(4) / 2 ** 32];
  };
  return {
    uniform: (...name) => pair(name)[0],
    normal(...name) {
      const [first, second] = pair(name);
      return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
    },
  };
}
