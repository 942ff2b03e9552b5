// Grams of CO₂ equivalent behind an amount of electricity, by country. Knows numbers and country codes only.

export interface GridIntensity {
  readonly gramsPerKilowattHour: number;
  readonly year: number;
  readonly source: string;
}

const ember = 'Ember and Our World in Data, as in CodeCarbon';

/** Carbon intensity of the electricity used in a country, all year's mean: hours and seasons differ by more than the error of a meter. */
const grids: Readonly<Record<string, GridIntensity>> = Object.fromEntries(
  Object.entries({
    AUS: 549,
    BRA: 98,
    CAN: 170,
    CHN: 582,
    DEU: 381,
    ESP: 174,
    FRA: 56,
    GBR: 238,
    IND: 713,
    ITA: 331,
    JPN: 485,
    NLD: 268,
    POL: 662,
    SWE: 41,
    USA: 369,
  }).map(([country, gramsPerKilowattHour]) => [country, { gramsPerKilowattHour, year: 2023, source: ember }]),
);

/** The world's mean, for whoever asks for it by name. */
const world: GridIntensity = { gramsPerKilowattHour: 475, year: 2019, source: 'IEA, as in CodeCarbon' };

/** ISO 3166 codes of three letters, and `WORLD`. */
export const gridCodes: readonly [string, ...string[]] = ['WORLD', ...Object.keys(grids)];

/** @returns undefined for a country that is not in the table: nothing is guessed from a neighbour. */
export function gridOf(country: string): GridIntensity | undefined {
  const code = country.toUpperCase();
  return code === 'WORLD' ? world : grids[code];
}

/** Grams for some joules: 1 kWh is 3.6 MJ. The wall draws more than the counters see; that is not in it. */
export function gramsOfCarbon(joules: number, { gramsPerKilowattHour }: GridIntensity): number {
  return (joules / 3.6e6) * gramsPerKilowattHour;
}
