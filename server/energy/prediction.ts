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
  /** The likeliest value; the interval need not lie evenly around it. */
  readonly middleJoules: number;
  /** How many observed calls stand behind it. */
  readonly runs: number;
}

export interface Predictor {
  /** Microseconds, from memory: code action titles ask while the user looks. */
  predict(request: PredictionRequest): PredictedJoules | UnknownJoules;
  observe(call: ObservedCall): void;
  /** How a prediction turned out: from then on intervals under this key reach as far on each side as they have to. */
  calibrate(outcome: PredictionOutcome): void;
}

export interface PredictionOutcome {
  readonly key: string;
  readonly lowJoules: number;
  readonly highJoules: number;
  /** What was spent in the end. */
  readonly joules: number;
}

/**
 * E = κ·GB·out + κ·GB·in/ρ: each decoded token reads all active weights once, prefill reads them once per ρ tokens. Idle power
 * and load scale with the same work and are inside the fitted κ, because observed joules are gross.
 *
 * Prior κ = 0.55 J/GB, 80 % within a factor of three: datacentre cards 0.19–0.23 (ML.ENERGY v3), RTX 3080 0.41–0.58, Apple
 * M1 Pro 0.20–0.42, RX 7800 XT at the wall 0.85, processors above 1. Prior ρ = 20, 80 % within a factor of four: 30–40 on
 * cards, a few on processors. Both are log-normal: spreads are standard deviations of logarithms.
 */
const prior = { kappa: 0.55, kappaSpread: 0.85, rho: 20, rhoSpread: 1.1 } as const;
/** Calls under one key scatter around the formula by some 20 % (published fits: 2–21 %), until their own scatter is known. */
const priorScatter = { spread: 0.2, weight: 4 } as const;
const leastScatter = 0.02;
/** An 80 % interval of a normal error. */
const intervalWidth = 1.28;
/** So many calls are remembered, and older ones fade: a new driver or power limit is noticed within some tens of calls. */
const remembered = 60;
const memory = 0.97;
/** A residual beyond this many scatters pulls no harder than one of that size (Huber). */
const outlier = 2;
const rounds = 12;
/** One in ten above and one in ten below is an 80 % interval. */
const outsideShare = 0.1;
/** Each outcome moves the side that it tells of by so much, in logarithms: some thirty outcomes mend a factor of two. */
const calibrationStep = 0.15;
const mostReach = 3;
/** Without a weight size the formula has no scale until some calls are known. */
const runsWithoutSize = 3;

interface Work {
  readonly gigabytes: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
}

interface Observation extends Work {
  readonly joules: number;
}

interface Fit {
  readonly runs: number;
  readonly recent: readonly Observation[];
  readonly logKappa: number;
  readonly logRho: number;
  readonly covariance: { readonly kappa: number; readonly both: number; readonly rho: number };
  readonly scatter: number;
}

/** Joules of calls, learned per key. Forgets nothing but age: replaying the ledger into `observe` restores it. */
export function createPredictor(): Predictor {
  const fits = new Map<string, Fit>();
  const reaches = new Map<string, Reach>();
  return {
    predict(request) {
      const fit = fits.get(request.key) ?? coldFit;
      if (request.activeGigabytes <= 0 && fit.runs < runsWithoutSize) {
        return {
          status: 'unknown',
          why: 'the engine does not say how large this model is, and it has not run here yet',
        };
      }
      const gigabytes = size(request.activeGigabytes);
      const tokensIn = Math.max(0, request.tokensIn);
      const low = expect(fit, { gigabytes, tokensIn, tokensOut: Math.max(1, request.tokensOutLow) });
      const high = expect(fit, { gigabytes, tokensIn, tokensOut: Math.max(1, request.tokensOutHigh) });
      // Tokens and fit err independently: their half-widths, as logarithms, add like legs of a right angle.
      const middle = Math.sqrt(low.joules * high.joules);
      const ofTokens = Math.log(high.joules / low.joules) / 2;
      const ofFit = (intervalWidth * (low.spread + high.spread)) / 2;
      const half = Math.exp(Math.hypot(ofTokens, ofFit));
      const { below, above } = reaches.get(request.key) ?? noReach;
      const lowJoules = (middle / half) * Math.exp(-below);
      const highJoules = Math.max(lowJoules, middle * half * Math.exp(above));
      return { status: 'estimated', lowJoules, highJoules, middleJoules: middle, runs: fit.runs };
    },
    observe(call) {
      const work = {
        gigabytes: size(call.activeGigabytes),
        tokensIn: call.uncachedTokensIn,
        tokensOut: call.tokensOut,
      };
      const isUsable = [work.tokensIn, work.tokensOut, work.gigabytes].every((amount) => amount >= 0 && amount < 1e9);
      if (!isUsable || work.tokensIn + work.tokensOut === 0 || !(call.joules > 1e-6 && call.joules < 1e9)) return;
      fits.set(call.key, refit(fits.get(call.key) ?? coldFit, { ...work, joules: call.joules }));
    },
    calibrate(outcome) {
      const isUsable = outcome.lowJoules > 0 && outcome.highJoules < 1e9 && outcome.joules > 0;
      if (isUsable) reaches.set(outcome.key, reachAfter(reaches.get(outcome.key) ?? noReach, outcome));
    },
  };
}

/** Further out (or, negative, further in) on each side of the interval that fit and tokens give, as logarithms. */
interface Reach {
  readonly below: number;
  readonly above: number;
}

const noReach: Reach = { below: 0, above: 0 };

/** A step towards the quantile that the side stands for (the subgradient of its pinball loss): what was missed weighs nine times. */
function reachAfter({ below, above }: Reach, { lowJoules, highJoules, joules }: PredictionOutcome): Reach {
  const step = (isOutside: boolean): number => calibrationStep * ((isOutside ? 1 : 0) - outsideShare);
  const bounded = (value: number): number => Math.max(-mostReach, Math.min(mostReach, value));
  return { below: bounded(below + step(joules < lowJoules)), above: bounded(above + step(joules > highJoules)) };
}

/** `300–600 J`; after ten runs one figure, `≈ 420 J`. */
export function formatPrediction(prediction: PredictedJoules | UnknownJoules): string {
  if (prediction.status === 'unknown') return 'joules not known yet';
  const { lowJoules, highJoules, middleJoules, runs } = prediction;
  const unit =
    highJoules >= 1000
      ? { factor: 1e-3, name: 'kJ' }
      : highJoules < 0.1
        ? { factor: 1e3, name: 'mJ' }
        : { factor: 1, name: 'J' };
  const text = (joules: number, digits: number): string => plain(Number((joules * unit.factor).toPrecision(digits)));
  if (runs >= 10) return `≈ ${text(middleJoules, 2)} ${unit.name}`;
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

const coldFit: Fit = {
  runs: 0,
  recent: [],
  logKappa: Math.log(prior.kappa),
  logRho: Math.log(prior.rho),
  covariance: { kappa: prior.kappaSpread ** 2, both: 0, rho: prior.rhoSpread ** 2 },
  scatter: priorScatter.spread,
};

function expect(fit: Fit, work: Work): { readonly joules: number; readonly spread: number } {
  const { joules, prefillPart } = evaluate(fit, work);
  const { kappa, both, rho } = fit.covariance;
  // ln E = ln κ + …, and −prefillPart is its slope in ln ρ.
  const variance = kappa - 2 * prefillPart * both + prefillPart ** 2 * rho;
  return { joules, spread: Math.sqrt(Math.max(0, variance) + fit.scatter ** 2) };
}

function evaluate(
  { logKappa, logRho }: Pick<Fit, 'logKappa' | 'logRho'>,
  work: Work,
): { joules: number; prefillPart: number } {
  const prefill = work.tokensIn / Math.exp(logRho);
  const steps = work.tokensOut + prefill;
  return { joules: Math.exp(logKappa) * work.gigabytes * steps, prefillPart: prefill / steps };
}

/** Gauss-Newton on the remembered calls plus the prior, reweighted each round against outliers. */
function refit(before: Fit, call: Observation): Fit {
  const recent = [...before.recent.slice(1 - remembered), call];
  let { logKappa, logRho } = before;
  let { scatter } = before;
  let covariance = before.covariance;
  for (let round = 0; round < rounds; round++) {
    const sums = { kappa: prior.kappaSpread ** -2, both: 0, rho: prior.rhoSpread ** -2 };
    let pullKappa = (Math.log(prior.kappa) - logKappa) * sums.kappa;
    let pullRho = (Math.log(prior.rho) - logRho) * sums.rho;
    let squares: number = priorScatter.weight * priorScatter.spread ** 2;
    let weights: number = priorScatter.weight;
    for (const [index, one] of recent.entries()) {
      const { joules, prefillPart } = evaluate({ logKappa, logRho }, one);
      const residual = Math.log(one.joules / joules);
      const age = memory ** (recent.length - 1 - index);
      const weight = (age * Math.min(1, (outlier * scatter) / Math.max(Math.abs(residual), 1e-9))) / scatter ** 2;
      sums.kappa += weight;
      sums.both -= weight * prefillPart;
      sums.rho += weight * prefillPart ** 2;
      pullKappa += weight * residual;
      pullRho -= weight * residual * prefillPart;
      squares += age * Math.min(residual ** 2, (outlier * scatter) ** 2);
      weights += age;
    }
    const determinant = sums.kappa * sums.rho - sums.both ** 2;
    covariance = { kappa: sums.rho / determinant, both: -sums.both / determinant, rho: sums.kappa / determinant };
    logKappa += clamp(covariance.kappa * pullKappa + covariance.both * pullRho);
    logRho += clamp(covariance.both * pullKappa + covariance.rho * pullRho);
    scatter = Math.max(leastScatter, Math.sqrt(squares / weights));
  }
  return { runs: before.runs + 1, recent, logKappa, logRho, covariance, scatter };
}

/** Keeps one round from leaving the region where the linear step means anything. */
function clamp(step: number): number {
  return Math.max(-1, Math.min(1, step));
}

/** Where the size is unknown, tokens alone are the scale. */
function size(activeGigabytes: number): number {
  return activeGigabytes > 0 && Number.isFinite(activeGigabytes) ? activeGigabytes : 1;
}

/** No exponent, no trailing zeros. */
function plain(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 6 });
}
