// The one dial as a price: which chance of being of use a typical completion has to have. Pure.

/** Copilot's published cut for its own predictor of acceptance (reference: ollama.md D); the dial's middle. */
const middlePrice = 0.15;
/** At the frugal end of the dial something is still asked: what is more likely than not to be taken. */
const highestPrice = 0.6;

/**
 * The least chance at which a completion of typical cost is worth its joules. Like the strategies' weight of joules (pipeline/strategy.ts) it
 * grows with frugality / (1 − frugality); 0 at 0.
 */
export function leastChance(dial: number): number {
  if (dial >= 1) return highestPrice;
  return Math.min(highestPrice, (middlePrice * Math.max(0, dial)) / (1 - dial));
}

/** On battery joules count double: a charge runs out, a socket doesn't. A choice, not a measurement. */
export const batteryFactor = 2;
