// The one dial as a price: which chance of being of use a typical completion has to have. Pure.

/**
 * At the frugal end of the dial something is still asked: what is more likely than not to be taken. The square puts the dial's middle at
 * 0.15, Copilot's published cut for its own predictor of acceptance (reference: ollama.md D).
 */
const highestPrice = 0.6;

/** The least chance at which a completion of typical cost is worth its joules; 0 at 0. */
export function leastChance(dial: number): number {
  return highestPrice * Math.min(1, Math.max(0, dial)) ** 2;
}

/** On battery joules count double: a charge runs out, a socket doesn't. A choice, not a measurement. */
export const batteryFactor = 2;
