// Asks the policy before each call, counts what it saved, and tells it what became of what was shown. Knows no model's text.

import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { ModelRef } from '../gateway/model-call.ts';
import type { Price } from '../pipeline/budget.ts';
import { gateFeatures, tokensFor } from './gate.ts';
import {
  afterCall,
  afterOutcome,
  afterSilence,
  decideToAsk,
  type GateDecision,
  type GateFeatures,
  type GateSavings,
  nothingSaved,
  savingsAfter,
} from './policy/index.ts';
import type { CompletionRequest, PolicyKeeper } from './port.ts';
import type { Site } from './site.ts';

export interface GatekeeperOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: PolicyKeeper;
  /** Joules that a call will probably take; undefined while nobody knows. */
  readonly price: Price;
  readonly onBattery: () => boolean;
}

export interface Gatekeeper {
  featuresOf(request: CompletionRequest, site: Site, model: ModelRef, promptTokens: number): GateFeatures;
  /** Joules of one call there; undefined while nobody knows. */
  predicted(
    model: ModelRef,
    site: Site,
    asked: { readonly invoked: boolean; readonly promptTokens: number },
  ): number | undefined;
  /** Whether an automatic completion is worth its call. @param pauseSeconds in typing, after which it would be made. */
  lets(features: GateFeatures, pauseSeconds: number): boolean;
  /** A call is made. */
  asked(features: GateFeatures): void;
  /** What was shown was taken, or passed over. */
  settled(features: GateFeatures, accepted: boolean): void;
  saved(): GateSavings;
}

/** Menu and ghost text ask for the same key. */
const sameKeySeconds = 0.05;

/** An answer of a word or two. */
const shortestAnswer = 4;
/** As `roughTokens` counts. */
const unitsPerToken = 4;

export function createGatekeeper({ clock, log, policy, price, onBattery }: GatekeeperOptions): Gatekeeper {
  let saved = nothingSaved;
  /** Not let; saved only if nothing else is asked before the call would have been made. */
  let refused:
    | { readonly features: GateFeatures; readonly decision: GateDecision; readonly dueNanoseconds: bigint }
    | undefined;

  function savedBy(nowNanoseconds: bigint): GateSavings {
    if (refused === undefined || nowNanoseconds < refused.dueNanoseconds) return saved;
    return savingsAfter(saved, refused.decision, refused.features);
  }

  let last: { readonly accepted: boolean; readonly atNanoseconds: bigint } | undefined;
  const predicted: Gatekeeper['predicted'] = (model, site, { invoked, promptTokens }) =>
    price(model, {
      in: Math.min(promptTokens, Math.ceil((site.before.length + site.after.length) / unitsPerToken)),
      outLow: shortestAnswer,
      outHigh: tokensFor(site, invoked),
    });
  return {
    predicted,
    featuresOf(request, site, model, promptTokens) {
      return gateFeatures(site, {
        invoked: request.invoked,
        documentLength: request.place.text.length,
        lastOutcome: last && {
          accepted: last.accepted,
          secondsAgo: secondsBetween(last.atNanoseconds, clock.nowNanoseconds()),
        },
        onBattery: onBattery(),
        predictedJoules: predicted(model, site, { invoked: request.invoked, promptTokens }),
      });
    },
    lets(features, pauseSeconds) {
      const decision = decideToAsk(features, policy.current());
      const now = clock.nowNanoseconds();
      saved = savedBy(now);
      refused = undefined;
      if (decision.ask) return true;
      const seconds = Math.max(pauseSeconds, sameKeySeconds);
      refused = { features, decision, dueNanoseconds: now + BigInt(Math.round(seconds * 1e9)) };
      policy.update(afterSilence);
      log.debug({ why: decision.why }, 'no completion was asked for');
      return false;
    },
    asked(features) {
      saved = savedBy(clock.nowNanoseconds());
      refused = undefined;
      policy.update((before) => afterCall(before, features.predictedJoules));
    },
    settled(features, accepted) {
      last = { accepted, atNanoseconds: clock.nowNanoseconds() };
      policy.update((before) => afterOutcome(before, features, accepted));
    },
    saved: () => savedBy(clock.nowNanoseconds()),
  };
}
