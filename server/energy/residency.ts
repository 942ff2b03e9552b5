// Whether a model was in memory during a quiet time, from what is known without asking anybody: each call keeps its model for
// its keep-alive. Pure arithmetic; knows no engine.

import { farFuture } from './call-window.ts';
import type { IdleKind } from './idle-power.ts';

export interface Residency {
  /** A call has ended that keeps its model for so long; less than 0 is for ever. */
  keep(doneNanoseconds: bigint, keepAliveSeconds: number): void;
  /**
   * `warm` up to the end of the last keep-alive, `cold` from then on (which the next call's load has to confirm), undefined
   * for a time with that moment inside it and before the first call.
   */
  during(startNanoseconds: bigint, endNanoseconds: bigint): IdleKind | undefined;
  /** Until the last model should be unloaded; undefined when none is kept, or for ever. */
  secondsLeft(nowNanoseconds: bigint): number | undefined;
}

/** A timer may be late by this much, and an engine too. */
const slackNanoseconds = 1_000_000_000n;
/** The most that keepAliveSeconds may be set to; longer is as good as for ever. */
const longestSeconds = 86_400;

export function createResidency(): Residency {
  let until: bigint | undefined;
  return {
    keep(doneNanoseconds, keepAliveSeconds) {
      const isBounded = keepAliveSeconds >= 0 && keepAliveSeconds <= longestSeconds;
      const end = isBounded ? doneNanoseconds + BigInt(Math.round(keepAliveSeconds * 1e9)) : farFuture;
      if (until === undefined || end > until) until = end;
    },
    during(startNanoseconds, endNanoseconds) {
      if (until === undefined) return undefined;
      if (endNanoseconds <= until + slackNanoseconds) return 'warm';
      return startNanoseconds + slackNanoseconds >= until ? 'cold' : undefined;
    },
    secondsLeft(nowNanoseconds) {
      if (until === undefined || until === farFuture || until <= nowNanoseconds) return undefined;
      return Number(until - nowNanoseconds) / 1e9;
    },
  };
}
