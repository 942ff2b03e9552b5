// The order of trials, drawn by a recorded seed. Pure.

import { randomFrom } from '../../base/random.ts';
import type { Trial } from './experiment.ts';

/**
 * Randomised blocks: all first repeats in random order, then all second ones, and so on. What drifts over hours (heat, other work) then
 * falls on all arms alike, which a shuffle of everything does only on average.
 */
export function drawOrder(trials: readonly Trial[], seed: number): Trial[] {
  const random = randomFrom(seed);
  const repeats = [...new Set(trials.map((trial) => trial.repeat))].sort((a, b) => a - b);
  return repeats.flatMap((repeat) =>
    shuffled(
      trials.filter((trial) => trial.repeat === repeat),
      random,
    ),
  );
}

/** Fisher and Yates. */
export function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const list = [...items];
  for (let index = list.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1));
    [list[index], list[other]] = [list[other] as Item, list[index] as Item];
  }
  return list;
}
