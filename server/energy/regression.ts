// SEEDS S2's regression in form, fitted on one's own runs: E = b0 + b1·P + b2·O + b3·W + b4·I, all four standardised, with standard
// errors, p-values and R². Pure; knows figures, no receipt and no model name.

import jstat from 'jstat';
import type { UnknownJoules } from './joules.ts';

export interface RegressionRow {
  readonly joules: number;
  /** P */
  readonly activeParameters: number;
  /** O */
  readonly tokensOut: number;
  /** W: bits per weight. S2 has an ordinal level whose coding it does not say. */
  readonly bitsPerWeight: number;
  /** I */
  readonly tokensIn: number;
}

export type Predictor = 'activeParameters' | 'tokensOut' | 'bitsPerWeight' | 'tokensIn';

export interface Coefficient {
  readonly of: Predictor | 'intercept';
  /** Joules for one standard deviation of the predictor; for the intercept, joules at the means. */
  readonly joules: number;
  readonly standardError: number;
  /** Two-sided, Student's t. */
  readonly p: number;
  /** What one standard deviation is, so that the figures can be used again; undefined for the intercept. */
  readonly mean: number | undefined;
  readonly deviation: number | undefined;
}

export interface RegressionFit {
  readonly status: 'fitted';
  readonly runs: number;
  readonly coefficients: readonly Coefficient[];
  readonly rSquared: number;
  readonly adjustedRSquared: number;
  /** Predictors that these runs can't tell anything of, each with the reason. */
  readonly leftOut: readonly { readonly predictor: Predictor; readonly why: string }[];
}

const predictors: readonly Predictor[] = ['activeParameters', 'tokensOut', 'bitsPerWeight', 'tokensIn'];
/** Runs for each coefficient: fewer, and the errors mean little. */
const runsPerCoefficient = 5;
/** Beyond this correlation two predictors say the same. */
const mostCorrelation = 0.995;

export function fitRegression(rows: readonly RegressionRow[]): RegressionFit | UnknownJoules {
  const usable = rows.filter((row) => [row.joules, ...predictors.map((name) => row[name])].every(Number.isFinite));
  const leftOut: { predictor: Predictor; why: string }[] = [];
  const columns: { name: Predictor; mean: number; deviation: number; values: number[] }[] = [];
  for (const name of predictors) {
    const raw = usable.map((row) => row[name]);
    const [mean, deviation] = raw.length < 2 ? [0, 0] : [jstat.mean(raw), jstat.stdev(raw, true)];
    if (!(deviation > 1e-9 * Math.max(1, Math.abs(mean)))) {
      leftOut.push({ predictor: name, why: 'it is the same in all runs' });
      continue;
    }
    const values = raw.map((value) => (value - mean) / deviation);
    const twin = columns.find((other) => Math.abs(jstat.corrcoeff(other.values, values)) > mostCorrelation);
    if (twin === undefined) columns.push({ name, mean, deviation, values });
    else leftOut.push({ predictor: name, why: `it moves with ${twin.name}` });
  }
  const needed = runsPerCoefficient * (columns.length + 1);
  if (columns.length === 0 || usable.length < needed) {
    const why =
      columns.length === 0 ? 'all runs are alike' : `it needs ${needed} measured runs, and there are ${usable.length}`;
    return { status: 'unknown', why: `no regression yet: ${why}` };
  }
  const design = usable.map((_, row) => [1, ...columns.map((column) => column.values[row] ?? 0)]);
  const fit = jstat.models.ols(
    usable.map((row) => row.joules),
    design,
  );
  const coefficients = [undefined, ...columns].map((column, index): Coefficient => {
    return {
      of: column?.name ?? 'intercept',
      joules: fit.coef[index] ?? Number.NaN,
      standardError: fit.t.se[index] ?? Number.NaN,
      p: fit.t.p[index] ?? Number.NaN,
      mean: column?.mean,
      deviation: column?.deviation,
    };
  });
  return {
    status: 'fitted',
    runs: usable.length,
    coefficients,
    rSquared: fit.R2,
    adjustedRSquared: fit.adjust_R2,
    leftOut,
  };
}
