// A figure in everyday terms: one comparison of fitting size, with its constant's source. Knows numbers only.

interface Everyday {
  /** Joules of one unit. */
  readonly joules: number;
  /** Used from this many joules on. */
  readonly from: number;
  readonly text: (units: string) => string;
}

/** From small to large; the last one whose `from` is reached is used. */
const everyday: readonly Everyday[] = [
  // By definition: 10 W for one second is 10 J. The safest comparison, so it serves everything below a kettle.
  { joules: 10, from: 0, text: (seconds) => `a 10 W LED lamp for ${seconds} s` },
  { joules: 600, from: 1200, text: (minutes) => `a 10 W LED lamp for ${minutes} min` },
  { joules: 36_000, from: 72_000, text: (hours) => `a 10 W LED lamp for ${hours} h` },
  // 1 L of water from 15 to 100 °C: 4186 J/(kg·K) × 85 K = 356 kJ, at 85 % kettle efficiency about 420 kJ.
  { joules: 420_000, from: 840_000, text: (kettles) => `boiling ${kettles} kettles of a litre of water` },
  // 0.15–0.17 kWh per kilometre, the usual range of electric cars: 576 kJ in the middle.
  { joules: 576_000, from: 11_520_000, text: (kilometres) => `driving an electric car for ${kilometres} km` },
];

/**
 * `a 10 W LED lamp for 36 s`. About a known figure only: an unknown one has nothing to compare.
 * @param joules not negative.
 */
export function compareToEveryday(joules: number): string {
  const fitting = everyday.findLast((one) => joules >= one.from) ?? everyday[0];
  if (fitting === undefined) return '';
  const units = joules / fitting.joules;
  return fitting.text(
    units < 0.1 ? 'less than 0.1' : units < 10 ? String(Number(units.toPrecision(2))) : String(Math.round(units)),
  );
}
