// `joule-ls experiment completion`: the completions' dial over HumanEval-Infilling, each completion asked for in the whole server.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { randomFrom } from '../../base/random.ts';
import { type InfillSet, type InfillTask, infillSets, readInfillTasks } from '../../exercises/infill-tasks.ts';
import { type CompletionResult, dials, parseCompletionResult } from '../../report/experiments/completion/dial.ts';
import { completionReport } from '../../report/experiments/completion/report.ts';
import { editSimilarity } from '../../report/experiments/completion/similarity.ts';
import { type Experiment, repeated } from '../../report/experiments/experiment.ts';
import { shuffled } from '../../report/experiments/order.ts';
import { createLog } from '../log.ts';
import { type CompletionSession, startCompletionSession } from './completion-session.ts';
import { engineGone } from './engine-gone.ts';
import { createEstimate } from './estimate.ts';
import type { ExperimentKind, ExperimentOrder, ExperimentParts, PreparedExperiment } from './order.ts';

export const completionKind: ExperimentKind<CompletionResult> = {
  name: 'completion',
  version: 1,
  what: 'the completions’ dial over HumanEval-Infilling (--data): joules, tokens, exact answers',
  build,
  reader: { parse: parseCompletionResult, report: completionReport },
};

/** Tasks of each set; five places of the dial make ten times as many completions of it. */
const usualTasks = 50;
/** A line or a few, behind a function of usual size. */
const expectedWork = { tokensIn: 400, tokensOutLow: 8, tokensOutHigh: 60 } as const;

async function build(
  order: ExperimentOrder,
  parts: ExperimentParts,
): Promise<PreparedExperiment<CompletionResult> | string> {
  const { survey, bench, env } = parts;
  if (survey.roles.kind !== 'chosen') return `${survey.roles.why}: ${survey.roles.mend}`;
  const { completion, worker } = survey.roles.roles;
  const model = (completion ?? worker).profile;
  const tasks = tasksFrom(order);
  if (typeof tasks === 'string') return tasks;
  await bench.ledger.ready();
  const estimate = createEstimate(bench, survey.models);
  const sessions = new Map<string, Promise<CompletionSession>>();
  const sessionOf = (arm: string): Promise<CompletionSession> => {
    const present = sessions.get(arm);
    if (present !== undefined) return present;
    const started = startCompletionSession(
      {
        env,
        folder: order.folder,
        state: `state-${arm}`,
        frugality: dials.find(({ id }) => id === arm)?.frugality ?? 0,
        seed: order.seed % 2 ** 31,
        policyFrom: bench.ledgerDirectory,
      },
      { clock: bench.clock, log: createLog(bench.logOptions) },
    );
    sessions.set(arm, started);
    return started;
  };
  const experiment: Experiment<CompletionResult> = {
    name: completionKind.name,
    version: completionKind.version,
    title: 'The completions’ dial over HumanEval-Infilling',
    options: {
      tasks: [...tasks.keys()],
      model: `${model.name} ${model.digest}`,
      standIn: parts.machine.standIn ?? null,
    },
    arms: dials,
    trials: repeated(dials, 1, [...tasks.keys()]),
    async prepare(signal) {
      const text = 'def add(a, b):\n    return \n';
      for (const { id } of dials) {
        const session = await sessionOf(id);
        const fileName = `warm_up_${bench.clock.wallMilliseconds()}.py`;
        const order = { fileName, languageId: 'python', text, offset: text.length - 1 };
        const { calls } = await session.complete(order, signal);
        if (!calls.some(({ outcome }) => outcome !== 'failed'))
          return (
            (await engineGone(parts, model, signal)) ??
            `${model.name} completes nothing: joule-ls models says which model can fill in`
          );
      }
      return undefined;
    },
    async run({ arm, subject = '', id }, signal) {
      const task = tasks.get(subject);
      if (task === undefined) return { kind: 'stopped', why: `there is no task ${subject}` };
      const session = await sessionOf(arm);
      const text = task.prefix + task.suffix;
      const fileName = `${id.toLowerCase().replace(/\W+/g, '_')}.py`;
      const {
        text: after,
        calls,
        seconds,
      } = await session.complete({ fileName, languageId: task.languageId, text, offset: task.prefix.length }, signal);
      if (calls.some(({ outcome }) => outcome === 'failed')) {
        const gone = await engineGone(parts, model, signal);
        if (gone !== undefined) return { kind: 'stopped', why: gone };
      }
      return { kind: 'done', result: { calls, seconds, ...judged(task, after) } };
    },
    parse: parseCompletionResult,
    estimate: () => estimate(model, expectedWork),
    report: completionReport,
  };
  return {
    experiment,
    async close() {
      for (const session of sessions.values()) await (await session).close();
    },
  };
}

/** By name; drawn by the seed from both sets. */
function tasksFrom({ data, limit = usualTasks, seed }: ExperimentOrder): ReadonlyMap<string, InfillTask> | string {
  if (data === undefined)
    return 'it needs HumanEval-Infilling: --data DIR with its files (github.com/openai/human-eval-infilling, MIT)';
  const inner = join(data, 'human-eval-infilling');
  const folder = existsSync(inner) ? inner : data;
  const tasks = new Map<string, InfillTask>();
  for (const set of Object.keys(infillSets) as InfillSet[]) {
    const all = readInfillTasks(folder, set);
    if (all === undefined) return `${join(folder, infillSets[set])} is not there`;
    for (const task of shuffled(all, randomFrom(seed)).slice(0, limit)) tasks.set(`${set}/${task.id}`, task);
  }
  return tasks;
}

/** What the data set's own function has at the place is the truth. */
function judged(
  { prefix, suffix, truth }: InfillTask,
  after: string | undefined,
): Pick<CompletionResult, 'inserted' | 'exact' | 'similarity'> {
  if (after === undefined) return { exact: false, similarity: 0 };
  const inserted = after.slice(prefix.length, Math.max(prefix.length, after.length - suffix.length));
  const exact = withoutLineEnds(after) === withoutLineEnds(prefix + truth + suffix);
  return { inserted, exact, similarity: editSimilarity(inserted, truth) };
}

function withoutLineEnds(text: string): string {
  return text.replace(/[ \t]+$/gm, '').trimEnd();
}
