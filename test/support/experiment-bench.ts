// An experiment from its kind to its report, in a world of temporary folders, without a terminal in between.

import { join } from 'node:path';
import { machineOf } from '../../server/commands/experiments/machine.ts';
import type { ExperimentKind, ExperimentOrder } from '../../server/commands/experiments/order.ts';
import { openWorkbench } from '../../server/commands/workbench.ts';
import type { ExperimentReport, TrialRecord } from '../../server/report/experiments/experiment.ts';
import { openExperiment, type RunEnd, runExperiment } from '../../server/report/experiments/runner.ts';

export interface ExperimentRun<Result> {
  readonly end: RunEnd;
  readonly records: readonly TrialRecord<Result>[];
  readonly report: ExperimentReport;
}

const noOrder: Omit<ExperimentOrder, 'folder'> = {
  n: undefined,
  seed: 1,
  models: {},
  data: undefined,
  limit: undefined,
  weights: undefined,
  lists: {},
};

/** @returns a sentence when the kind refuses. */
export async function runKind<Result>(
  kind: ExperimentKind<Result>,
  env: NodeJS.ProcessEnv,
  { standIn, ...order }: Partial<ExperimentOrder> & { readonly folder: string; readonly standIn?: string },
  signal = new AbortController().signal,
): Promise<ExperimentRun<Result> | string> {
  const bench = await openWorkbench(env);
  try {
    const survey = await bench.rooms.survey(bench.settings, signal);
    const machine = await machineOf(bench, survey, standIn);
    const prepared = await kind.build({ ...noOrder, ...order }, { env, bench, survey, machine });
    if (typeof prepared === 'string') return prepared;
    try {
      const now = (): string => new Date().toISOString();
      const folder = await openExperiment(prepared.experiment, { path: order.folder, seed: 1, machine, now });
      if (typeof folder === 'string') return folder;
      const rest = async () => ({ seconds: 0, state: 'not-wanted' }) as const;
      const end = await runExperiment(prepared.experiment, folder, { now, rest, onProgress: () => {}, signal });
      const again = await openExperiment(prepared.experiment, { path: order.folder, seed: 1, machine, now });
      if (typeof again === 'string') return again;
      return { end, records: again.records, report: prepared.experiment.report(again.records, machine) };
    } finally {
      await prepared.close();
    }
  } finally {
    await bench.close();
  }
}

export function resultFolder(home: string, name: string): string {
  return join(home, 'results', name);
}
