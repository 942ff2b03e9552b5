// Joules of a call before it runs, as an interval: a published prior, refit per device and model from every measured call.
// Knows gigabytes, tokens and an opaque key; no model name, no device.

import type { Joules, UnknownJoules } from './joules.ts';

export interface PredictionRequest {
  /** Gigabytes of weights read per token; 0 when the engine does not say. */
  readonly activeGigabytes: number;
  /** Prompt tokens that are not expected in the cache. */
  readonly tokensIn: number;
  readonly tokensOutLow: number;
  readonly tokensOutHigh: number;
  /** One per device and model: what was learned under one key says nothing about another. */
  readonly key: string;
}

export interface ObservedCall {
  readonly activeGigabytes: number;
  readonly uncachedTokensIn: number;
  readonly tokensOut: number;
  readonly seconds: number;
  /** Gross joules, measured or estimated. */
  readonly joules: number;
  readonly key: string;
}

export interface PredictedJoules {
  readonly status: 'estimated';
  readonly lowJoules: number;
  readonly highJoules: number;
  /** How many observed calls stand behind it. */
  readonly runs: number;
}

export interface Predictor {
  /** Microseconds, from memory: code action titles ask while the user looks. */
  predict(request: PredictionRequest): PredictedJoules | UnknownJoules;
  observe(call: ObservedCall): void;
}

/**
 * E = κ·GB·out + κ·GB·in/ρ: each decoded token reads all active weights once, prefill reads them once per ρ tokens. Idle power
 * and load scale with the same work and are inside the fitted κ, because observed joules are gross.
 *
 * Prior κ = 0.55 J/GB, believed within a factor of three (80 %): datacentre cards 0.19–0.23 (ML.ENERGY v3), RTX 3080 0.41–0.58, Apple
 * M1 Pro 0.20–0.42, RX 7800 XT at the wall 0.85, processors above 1. Prior ρ = 20, within a factor of six: 30–40 on cards, a few on CPUs.
 */
const prior = { kappa: 0.55, kappaSpread: 0.9, rho: 20, rhoSpread: 1.4 } as const;

/** Calls under one key scatter by about this fraction around the formula (MAPE 2–21 % in published fits; ours run singly). */
const priorScatter = { relative: 0.2, weight: 4 } as const;
/** An 80 % interval of a normal error. */
const intervalWidth = 1.28;
/** Older calls fade, so that a new driver or power limit is noticed within some fifty calls. */
const memory = 0.98;
/** A residual beyond this many scatters is weighted down (Huber). */
const outlier = 2.5;
/** Without a weight size the formula has no scale until some calls are known. */
const runsWithoutSize = 3;

export function createPredictor(): Predictor {
  const fits = new Map<string, Fit>();
  return {
    predict(request) {
      const fit = fits.get(request.key) ?? createFit();
      const gigabytes = size(request.activeGigabytes);
      if (request.activeGigabytes <= 0 && fit.runs < runsWithoutSize) {
        return {
          status: 'unknown',
          why: 'the engine does not say how large this model is, and it has not run here yet',
        };
      }
      const low = expectation(fit, gigabytes * request.tokensOutLow, gigabytes * request.tokensIn);
      const high = expectation(fit, gigabytes * request.tokensOutHigh, gigabytes * request.tokensIn);
      return {
        status: 'estimated',
        lowJoules: low.joules / Math.exp(intervalWidth * low.relativeSpread),
        highJoules: high.joules * Math.exp(intervalWidth * high.relativeSpread),
        runs: fit.runs,
      };
    },
    observe(call) {
      const usable = [call.joules, call.tokensOut, call.uncachedTokensIn].every(
        (value) => Number.isFinite(value) && value >= 0,
      );
      if (!usable || call.joules === 0 || call.tokensOut + call.uncachedTokensIn === 0) return;
      const gigabytes = size(call.activeGigabytes);
      const fit = fits.get(call.key) ?? createFit();
      fits.set(call.key, fit);
      learn(fit, { out: gigabytes * call.tokensOut, in: gigabytes * call.uncachedTokensIn }, call.joules);
    },
  };
}

/** `300–600 J`; after ten runs one figure, `≈ 420 J`. */
export function formatPrediction(prediction: PredictedJoules | UnknownJoules): string {
  if (prediction.status === 'unknown') return 'joules not known yet';
  const { lowJoules, highJoules, runs } = prediction;
  const unit =
    highJoules >= 1000
      ? { factor: 1e-3, name: 'kJ' }
      : highJoules < 0.1
        ? { factor: 1e3, name: 'mJ' }
        : { factor: 1, name: 'J' };
  const text = (joules: number, digits: number): string => plain(Number((joules * unit.factor).toPrecision(digits)));
  if (runs >= 10) return `≈ ${text(Math.sqrt(lowJoules * highJoules), 2)} ${unit.name}`;
  const low = text(lowJoules, 1);
  const high = text(highJoules, 1);
  return low === high ? `≈ ${high} ${unit.name}` : `${low}–${high} ${unit.name}`;
}

/** The interval as a figure, for receipts. */
export function predictionToJoules(prediction: PredictedJoules | UnknownJoules): Joules {
  if (prediction.status === 'unknown') return prediction;
  return {
    status: 'estimated',
    joules: (prediction.lowJoules + prediction.highJoules) / 2,
    plusMinusJoules: (prediction.highJoules - prediction.lowJoules) / 2,
    scope: 'machine',
    coverage: [],
  };
}

/** Bayesian least squares in two coefficients: J per decoded GB and J per prefilled GB, with a Gaussian prior. */
interface Fit {
  runs: number;
  /** Precision matrix [[a, b], [b, c]] and its product with the coefficients. */
  readonly precision: { a: number; b: number; c: number };
  readonly weighted: { out: number; in: number };
  /** Running sum of squared relative residuals and of their weights. */
  readonly scatter: { squares: number; weights: number };
}

const start = { out: prior.kappa, in: prior.kappa / prior.rho } as const;
const startPrecision = {
  out: 1 / (prior.kappaSpread * start.out) ** 2,
  in: 1 / (prior.rhoSpread * start.in) ** 2,
} as const;

function createFit(): Fit {
  return {
    runs: 0,
    precision: { a: startPrecision.out, b: 0, c: startPrecision.in },
    weighted: { out: startPrecision.out * start.out, in: startPrecision.in * start.in },
    scatter: { squares: priorScatter.weight * priorScatter.relative ** 2, weights: priorScatter.weight },
  };
}

function coefficients({ precision: { a, b, c }, weighted }: Fit): { out: number; in: number } {
  const determinant = a * c - b * b;
  return {
    out: Math.max(1e-6, (c * weighted.out - b * weighted.in) / determinant),
    in: Math.max(1e-7, (a * weighted.in - b * weighted.out) / determinant),
  };
}

function expectation(fit: Fit, out: number, prefilled: number): { joules: number; relativeSpread: number } {
  const { a, b, c } = fit.precision;
  const known = coefficients(fit);
  const joules = known.out * out + known.in * prefilled;
  if (joules <= 0) return { joules: 0, relativeSpread: 0 };
  const variance = (c * out * out - 2 * b * out * prefilled + a * prefilled * prefilled) / (a * c - b * b);
  const scatter = fit.scatter.squares / fit.scatter.weights;
  return { joules, relativeSpread: Math.sqrt(variance / joules ** 2 + scatter) };
}

function learn(fit: Fit, work: { readonly out: number; readonly in: number }, joules: number): void {
  const before = expectation(fit, work.out, work.in);
  const scatter = Math.sqrt(fit.scatter.squares / fit.scatter.weights);
  // The first calls correct the prior and are no outliers, however far off it was.
  const surprise = Math.abs(Math.log(joules / before.joules)) / before.relativeSpread;
  const robust = fit.runs >= 3 && surprise > outlier ? outlier / surprise : 1;
  // The error of a call grows with its size, so calls count by relative error.
  const weight = robust / (joules * Math.max(scatter, 0.02)) ** 2;
  const { precision, weighted } = fit;
  precision.a = fade(precision.a, startPrecision.out) + weight * work.out * work.out;
  precision.b = precision.b * memory + weight * work.out * work.in;
  precision.c = fade(precision.c, startPrecision.in) + weight * work.in * work.in;
  weighted.out = fade(weighted.out, startPrecision.out * start.out) + weight * work.out * joules;
  weighted.in = fade(weighted.in, startPrecision.in * start.in) + weight * work.in * joules;
  const after = coefficients(fit);
  const residual = Math.min(1, Math.abs(joules - after.out * work.out - after.in * work.in) / joules);
  fit.scatter.squares = fit.scatter.squares * memory + robust * residual * residual;
  fit.scatter.weights = fit.scatter.weights * memory + robust;
  fit.runs += 1;
}

/** Forgets what was learned, not what was believed at the start: the matrix stays invertible for ever. */
function fade(value: number, floor: number): number {
  return floor + (value - floor) * memory;
}

/** Where the size is unknown, tokens alone are the scale. */
function size(activeGigabytes: number): number {
  return activeGigabytes > 0 && Number.isFinite(activeGigabytes) ? activeGigabytes : 1;
}

/** No exponent, no trailing zeros. */
function plain(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 6 });
}
