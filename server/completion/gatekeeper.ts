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
  /** Whether an automatic completion is worth its call. */
  lets(features: GateFeatures): boolean;
  /** A call is made. */
  asked(features: GateFeatures): void;
  /** What was shown was taken, or passed over. */
  settled(features: GateFeatures, accepted: boolean): void;
  saved(): GateSavings;
}

/** An answer of a word or two. */
const shortestAnswer = 4;
/** As `roughTokens` counts. */
const unitsPerToken = 4;

export function createGatekeeper({ clock, log, policy, price, onBattery }: GatekeeperOptions): Gatekeeper {
  let saved = nothingSaved;
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
    lets(features) {
      const decision = decideToAsk(features, policy.current());
      saved = savingsAfter(saved, decision, features);
      if (decision.ask) return true;
      policy.update(afterSilence);
      log.debug({ why: decision.why }, 'no completion was asked for');
      return false;
    },
    asked(features) {
      policy.update((before) => afterCall(before, features.predictedJoules));
    },
    settled(features, accepted) {
      last = { accepted, atNanoseconds: clock.nowNanoseconds() };
      policy.update((before) => afterOutcome(before, features, accepted));
    },
    saved: () => saved,
  };
}
