// Whether an engine is still there behind a failed answer: a failure is a result, an engine that is gone is none.

import type { ModelProfile } from '../../models/engine.ts';
import type { ExperimentParts } from './order.ts';

/** @returns why it can't be asked any more, undefined while it answers. */
export async function engineGone(
  { bench }: Pick<ExperimentParts, 'bench'>,
  model: ModelProfile,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    await bench.rooms.engine(model.engineId)?.state(signal);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
