// Downloads a model by the engine that can, and looks afterwards at what is there.

import type { PullStep } from '../lsp/core.ts';
import { EngineFailure } from '../models/engine.ts';
import type { EditorSettings } from '../settings.ts';
import type { EngineRoom } from './engine-room.ts';

export interface PullOrder {
  readonly model: string;
  readonly onProgress: (step: PullStep) => void;
  readonly settings: EditorSettings;
}

/** @returns the sentence why it did not work; undefined when the model is there now. */
export async function pullModel(rooms: EngineRoom, order: PullOrder, signal: AbortSignal): Promise<string | undefined> {
  const engine = rooms.engines.find((one) => one.pull !== undefined);
  if (engine?.pull === undefined) return 'no engine here can download models';
  try {
    await engine.pull(order.model, order.onProgress, signal);
    await rooms.survey(order.settings, signal);
    return undefined;
  } catch (error) {
    if (signal.aborted) return 'cancelled';
    if (!(error instanceof EngineFailure)) throw error;
    return error.mend === undefined ? error.message : `${error.message}; ${error.mend}`;
  }
}
