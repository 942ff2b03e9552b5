// What calls are expected to take: joules from the predictor, taught by the ledger; seconds from how fast a model has been here before.

import { isKnown, type Joules } from '../../energy/joules.ts';
import { createPredictor, predictionToJoules } from '../../energy/prediction.ts';
import type { ModelProfile } from '../../models/engine.ts';
import type { TrialEstimate } from '../../report/experiments/experiment.ts';
import { activeGigabytes } from '../outlook.ts';
import type { Workbench } from '../workbench.ts';

export interface ExpectedWork {
  readonly tokensIn: number;
  readonly tokensOutLow: number;
  readonly tokensOutHigh: number;
}

export type Estimate = (model: ModelProfile | undefined, work: ExpectedWork) => TrialEstimate;

/** Days of the ledger that are learned from. */
const learningDays = 62;
const millisecondsPerDay = 86_400_000;
/** Fewer calls say little of a model's speed. */
const fewestCalls = 3;

export function createEstimate(bench: Pick<Workbench, 'ledger' | 'clock'>, models: readonly ModelProfile[]): Estimate {
  const predictor = createPredictor();
  const speeds = new Map<string, { calls: number; seconds: number; tokensOut: number }>();
  const since = bench.clock.wallMilliseconds() - learningDays * millisecondsPerDay;
  for (const call of bench.ledger.receiptsSince(since).flatMap(({ calls }) => calls)) {
    const profile = models.find((model) => model.name === call.model && model.engineId === call.engine);
    if (profile === undefined) continue;
    const key = keyOf(profile);
    const speed = speeds.get(key) ?? { calls: 0, seconds: 0, tokensOut: 0 };
    speeds.set(key, {
      calls: speed.calls + 1,
      seconds: speed.seconds + call.seconds.total,
      tokensOut: speed.tokensOut + call.tokens.out,
    });
    if (isKnown(call.joules.gross))
      predictor.observe({
        activeGigabytes: activeGigabytes(profile),
        uncachedTokensIn: call.tokens.in - call.tokens.cached,
        tokensOut: call.tokens.out,
        seconds: call.seconds.total,
        joules: call.joules.gross.joules,
        key,
      });
  }
  return (model, work) => {
    if (model === undefined)
      return { seconds: undefined, joules: { status: 'unknown', why: 'which model answers is not known yet' } };
    const speed = speeds.get(keyOf(model));
    const tokens = Math.sqrt(work.tokensOutLow * work.tokensOutHigh);
    const known = speed !== undefined && speed.calls >= fewestCalls && speed.tokensOut > 0;
    const joules: Joules = predictionToJoules(
      predictor.predict({ ...work, activeGigabytes: activeGigabytes(model), key: keyOf(model) }),
    );
    return { seconds: known ? (tokens * speed.seconds) / speed.tokensOut : undefined, joules };
  };
}

function keyOf({ engineId, name }: ModelProfile): string {
  return JSON.stringify([engineId, name]);
}
