// One mix through all policies and seeds, in a process of its own, started by run.ts.

import type { StrategyId } from '../../server/pipeline/task.ts';
import { type LabRequest, mixFileSchema, modelsFileSchema, readLabFile } from './files.ts';
import { createLaboratory, joulesToPass, type Laboratory, type LabResult, type Policy } from './lab.ts';
import type { MixReport, PolicyReport } from './report.ts';

interface Order {
  readonly mix: string;
  readonly models: string;
  readonly requests: number;
  readonly seeds: number;
}

const fixed: readonly StrategyId[] = ['direct', 'outline', 'split', 'single'];
/** Draws behind each of the oracle's expectations. */
const oracleDraws = 1500;
/** Requests before the run that `auto` warm has seen. */
const warmUp = 1000;

const order = JSON.parse(process.argv[2] ?? '') as Order;
const mix = readLabFile(order.mix, mixFileSchema);
const models = readLabFile(order.models, modelsFileSchema);
const laboratory = createLaboratory(models);
const oracle = await oracleFor(laboratory);
const results = new Map<string, LabResult[]>();

for (let seed = 1; seed <= order.seeds; seed++) {
  const run = (policy: Policy): Promise<LabResult> => laboratory.run(mix, policy, { seed, requests: order.requests });
  for (const strategy of fixed) keep(strategy, await run({ kind: 'fixed', strategy }));
  keep('split, always three (S1)', await run({ kind: 'fixed', strategy: 'split', alwaysThree: true }));
  keep('auto cold', await run({ kind: 'auto', mind: laboratory.newMind(), frugality: 0.5 }));
  const mind = laboratory.newMind();
  const before = { seed: seed + 10_000, requests: warmUp, before: true };
  await laboratory.run(mix, { kind: 'auto', mind, frugality: 0.5 }, before);
  keep('auto warm', await run({ kind: 'auto', mind, frugality: 0.5 }));
  keep('oracle', await run({ kind: 'oracle', best: oracle }));
  process.send?.(`${mix.name}: ${seed} of ${order.seeds} seeds`);
}

const policies: PolicyReport[] = [...results].map(([policy, runs]) => ({
  policy,
  joulesToPass: runs.map(joulesToPass),
  joulesPerPass: runs.map((one) => one.joules / Math.max(1, one.passed)),
  passRate: runs.map((one) => one.passed / one.requests),
  chosen: runs.reduce<Record<string, number>>((sum, one) => {
    for (const [strategy, count] of Object.entries(one.chosen)) sum[strategy] = (sum[strategy] ?? 0) + count;
    return sum;
  }, {}),
}));
const report: MixReport = {
  mix: mix.name,
  note: mix.note,
  uniform: mix.uniform,
  models: order.models.split('/').at(-1) ?? '',
  policies,
};
process.send?.(report);

function keep(policy: string, result: LabResult): void {
  results.set(policy, [...(results.get(policy) ?? []), result]);
}

/** Knows the parameters, not the draws: for each kind of request and each state of the drift the strategy of least joules per pass. */
async function oracleFor(lab: Laboratory): Promise<(request: LabRequest, progress: number) => StrategyId> {
  const moments = [0, ...models.drift.map((change) => change.at)].sort((a, b) => a - b);
  const best = new Map<string, StrategyId>();
  for (const [kind, request] of mix.requests.entries()) {
    for (const progress of moments) {
      let least = Number.POSITIVE_INFINITY;
      for (const strategy of fixed) {
        const { joules, chance } = await lab.expectation(request, strategy, { progress, draws: oracleDraws });
        if (joules / Math.max(chance, 1e-4) >= least) continue;
        least = joules / Math.max(chance, 1e-4);
        best.set(`${kind} ${progress}`, strategy);
      }
    }
  }
  return (request, progress) => {
    const moment = moments.findLast((at) => at <= progress) ?? 0;
    return best.get(`${mix.requests.indexOf(request)} ${moment}`) ?? 'direct';
  };
}
