// SEEDS S2's published figures ("The Cost of AI-Assisted Coding", BENEVOL 2025), to stand beside one's own. Never used to predict.

import type { Predictor } from '../../../energy/regression.ts';
import type { TaskKind } from './result.ts';

export interface PublishedTask {
  /** Mean over all models. The slides give no denominator; per task suite is our reading. */
  readonly wattHours: number;
  readonly quality: string;
  /** With standard errors; in watt-hours, predictors standardised by means and deviations that are not published. */
  readonly intercept: readonly [number, number];
  readonly coefficients: Readonly<Record<Predictor, readonly [coefficient: number, standardError: number]>>;
  readonly rSquared: number;
  readonly adjustedRSquared: number;
}

export const publishedTasks: Readonly<Record<TaskKind, PublishedTask>> = {
  generate: {
    wattHours: 13.46,
    quality: 'pass@1',
    intercept: [7.5049, 0.6],
    coefficients: {
      tokensIn: [-0.3033, 0.462],
      tokensOut: [4.6003, 1.695],
      activeParameters: [5.2472, 0.551],
      bitsPerWeight: [3.4057, 0.429],
    },
    rSquared: 0.743,
    adjustedRSquared: 0.729,
  },
  fix: {
    wattHours: 29.69,
    quality: 'pass@1',
    intercept: [16.6326, 1.348],
    coefficients: {
      tokensIn: [-2.3272, 1.069],
      tokensOut: [9.2888, 2.429],
      activeParameters: [13.2138, 1.456],
      bitsPerWeight: [7.7707, 1.07],
    },
    rSquared: 0.798,
    adjustedRSquared: 0.786,
  },
  document: {
    wattHours: 19.12,
    quality: 'pass@1',
    intercept: [9.9995, 0.826],
    coefficients: {
      tokensIn: [-0.0611, 0.574],
      tokensOut: [3.6721, 0.656],
      activeParameters: [7.3851, 0.628],
      bitsPerWeight: [5.1572, 0.669],
    },
    rSquared: 0.9,
    adjustedRSquared: 0.895,
  },
  test: {
    wattHours: 37.94,
    quality: 'coverage and correctness',
    intercept: [20.5233, 1.779],
    coefficients: {
      tokensIn: [0.7161, 1.316],
      tokensOut: [14.8815, 1.44],
      activeParameters: [13.9443, 1.79],
      bitsPerWeight: [10.4284, 1.351],
    },
    rSquared: 0.88,
    adjustedRSquared: 0.873,
  },
};

/** What has to stand wherever they do. */
export const publishedCautions: readonly string[] = [
  'S2: Ollama, 18 model families in fp16, q8 and q4 on an A100 80 GB, temperature 0.1, top-p 0.95; processor by RAPL, card by NVML.',
  'Its mean energies have no published denominator: “per task suite” is our reading, and our suite has as many exercises as are said here.',
  'Its predictors are standardised by means and deviations that are not published, and the coding of its bit widths is not either: only the form of the regression carries over, never the numbers.',
];
