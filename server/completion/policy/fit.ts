// Fits a logistic regression to what was seen, held towards where it began: with few examples it stays there. Pure arithmetic.

import { logistic } from './logistic.ts';

export interface FitOptions {
  /** Where the weights begin, and are held. */
  readonly prior: readonly number[];
  /** How many examples the prior is worth, roughly. */
  readonly strength: number;
}

export interface LabelledRow {
  readonly values: readonly number[];
  readonly label: boolean;
}

/** Newton's steps; a penalised logistic likelihood is convex, so that a dozen are plenty. */
const steps = 25;

/**
 * The weights that maximise Σ log-likelihood − strength / 2 · Σ (weight − prior)². Rows as long as the prior; those with a figure that is
 * not finite are left out. Deterministic.
 */
export function fitLogistic(rows: readonly LabelledRow[], { prior, strength }: FitOptions): readonly number[] {
  const usable = rows.filter(({ values }) => values.every(Number.isFinite));
  let weights = [...prior];
  for (let step = 0; step < steps; step++) {
    const gradient = weights.map((weight, index) => -strength * (weight - (prior[index] ?? 0)));
    const curvature = weights.map((_, row) => weights.map((_, column) => (row === column ? strength : 0)));
    for (const { values, label } of usable) {
      const chance = logistic(dot(weights, values));
      const pull = Number(label) - chance;
      const bend = chance * (1 - chance);
      for (const [row, value] of values.entries()) {
        gradient[row] = (gradient[row] ?? 0) + pull * value;
        const line = curvature[row];
        for (const [column, other] of values.entries())
          if (line !== undefined) line[column] = (line[column] ?? 0) + bend * value * other;
      }
    }
    const move = solve(curvature, gradient);
    // A whole step may overshoot where the curve is flat.
    const longest = Math.max(1, ...move.map(Math.abs));
    weights = weights.map((weight, index) => weight + (move[index] ?? 0) / longest);
  }
  return weights;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** Gauss's elimination; the matrix is positive definite, so that no pivot is 0. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const size = rows.length;
  for (let pivot = 0; pivot < size; pivot++) {
    const lead = rows[pivot] ?? [];
    for (let below = pivot + 1; below < size; below++) {
      const row = rows[below] ?? [];
      const factor = (row[pivot] ?? 0) / (lead[pivot] ?? 1);
      for (let column = pivot; column <= size; column++)
        row[column] = (row[column] ?? 0) - factor * (lead[column] ?? 0);
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let index = size - 1; index >= 0; index--) {
    const row = rows[index] ?? [];
    let rest = row[size] ?? 0;
    for (let column = index + 1; column < size; column++) rest -= (row[column] ?? 0) * (solution[column] ?? 0);
    solution[index] = rest / (row[index] ?? 1);
  }
  return solution;
}
