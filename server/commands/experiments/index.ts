// The experiments there are. A new one is a file and a line.

import type { ExperimentKind } from './order.ts';

type Load = () => Promise<ExperimentKind<unknown>>;

/** By name; loaded when it is asked for. */
export const experiments: Readonly<Record<string, Load>> = {
  'planner-worker': async () => (await import('./planner-worker.ts')).plannerWorker as ExperimentKind<unknown>,
  completion: async () => (await import('./completion.ts')).completionKind as ExperimentKind<unknown>,
  tasks: async () => (await import('./tasks.ts')).tasksKind as ExperimentKind<unknown>,
  batch: async () => (await import('./batch.ts')).batchKind as ExperimentKind<unknown>,
};
