// `joule-ls experiment batch`: SEEDS S3's batching here: the same requests one at a time and several at once, joules and latency of each.
// Knows the session and the engine's slots; the figures are the report's.

import { secondsBetween } from '../../base/clock.ts';
import { dataSetFolder, readSources } from '../../exercises/data-set.ts';
import { fileOf, placeOf, stubOf } from '../../exercises/file.ts';
import type { TestOutcome } from '../../exercises/program.ts';
import { runTests } from '../../exercises/run-tests.ts';
import type { Source } from '../../exercises/source.ts';
import { totalsOf } from '../../ledger/receipt.ts';
import { findModel } from '../../models/choose-roles.ts';
import type { ModelProfile } from '../../models/engine.ts';
import { batchReport, equalWeights } from '../../report/experiments/batch/report.ts';
import { type BatchRequest, type BatchResult, parseBatchResult } from '../../report/experiments/batch/result.ts';
import { type Arm, type Experiment, repeated, type Trial } from '../../report/experiments/experiment.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { parseWeights } from '../models-rank.ts';
import { batchRequests } from './batch-requests.ts';
import { engineGone } from './engine-gone.ts';
import { createEstimate } from './estimate.ts';
import type { ExperimentKind, ExperimentOrder, ExperimentParts, PreparedExperiment } from './order.ts';
import type { TrialSession } from './session.ts';
import { createTrialSessionOnce, whyNoAnswer } from './session-once.ts';

interface BatchArm extends Arm {
  readonly parallel: number;
  readonly model: ModelProfile;
}

/** What is asked in a round: a file with a stub, its place, and what judges the answer. */
export interface BatchQuestion {
  readonly name: string;
  readonly text: string;
  readonly position: { readonly line: number; readonly character: number };
  /** Undefined for our own requests, which have no tests. */
  readonly source: Source | undefined;
}

const usualParallel = [1, 2, 4, 8] as const;
const usualRounds = 3;
/** A round asks so many: with fewer, the ends of the round, where slots stand empty, would count for too much. */
const leastQuestions = 4;

/** Of what a result's line looks like. */
const version = 1;

export const batchKind: ExperimentKind<BatchResult> = {
  name: 'batch',
  version,
  what: 'SEEDS S3: joules and latency per request by number of requests at once (--parallel), ranked by --weights',
  build,
  reader: {
    parse: parseBatchResult,
    report: (records, machine) =>
      batchReport(records, armsSeen(records), machine, { weights: equalWeights, notes: [] }),
  },
};

async function build(
  order: ExperimentOrder,
  parts: ExperimentParts,
): Promise<PreparedExperiment<BatchResult> | string> {
  const { survey, bench, env } = parts;
  if (survey.roles.kind !== 'chosen') return `${survey.roles.why}: ${survey.roles.mend}`;
  const weights = parseWeights(order.weights);
  if (typeof weights === 'string') return weights;
  const models = modelsOf(order, survey.models, survey.roles.roles.worker.profile);
  if (typeof models === 'string') return models;
  const asked = (order.lists.parallel ?? usualParallel.map(String)).map(Number);
  if (asked.some((count) => !Number.isInteger(count) || count < 1 || count > 256))
    return '--parallel takes whole numbers from 1 to 256, as in 1,2,4,8';

  const notes: string[] = [];
  const arms = models.flatMap(({ label, model }) => {
    const slots = survey.engines.find(({ id }) => id === model.engineId)?.state?.slots ?? 1;
    const beyond = asked.filter((count) => count > slots);
    if (beyond.length > 0)
      notes.push(
        `${beyond.join(', ')} at once with ${model.name} was not run: ${model.engineId} serves ${slots} at once${mendOf(model.engineId)}.`,
      );
    return [...new Set(asked)]
      .filter((count) => count <= slots)
      .sort((a, b) => a - b)
      .map(
        (parallel): BatchArm => ({
          id: `${label}-x${parallel}`,
          title: `${model.name}, ${parallel} at once`,
          parallel,
          model,
        }),
      );
  });
  if (arms.length === 0) return notes.join(' ');
  const most = Math.max(...arms.map(({ parallel }) => parallel));
  const found = questionsOf(order, Math.max(leastQuestions, 2 * most, order.limit ?? 0));
  if (typeof found === 'string') return found;
  const questions: readonly BatchQuestion[] = found;

  const { places, owner, clock } = bench;
  const sandbox = createSandbox({ clock, hidden: places.privateFolders, readable: owner.sandbox.readable });
  const { session, close } = createTrialSessionOnce(env, order.folder, undefined);
  const estimate = createEstimate(bench, survey.models);
  const armOf = (trial: Trial): BatchArm | undefined => arms.find(({ id }) => id === trial.arm);

  async function ask(question: BatchQuestion, arm: BatchArm, trial: Trial, running: TrialSession, signal: AbortSignal) {
    const begin = clock.nowNanoseconds();
    const acted = await running.act(
      {
        actionId: 'implement',
        fileName: `${trial.id}_${question.name}`.toLowerCase().replace(/\W+/g, '_').concat('.py'),
        languageId: 'python',
        text: question.text,
        position: question.position,
        strategy: 'direct',
        model: arm.model.name,
      },
      signal,
    );
    const seconds = secondsBetween(begin, clock.nowNanoseconds());
    return { acted, seconds, question };
  }

  async function round(arm: BatchArm, trial: Trial, signal: AbortSignal): Promise<BatchResult> {
    const running = await session();
    const waiting: BatchQuestion[] = [...questions];
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    const begin = clock.nowNanoseconds();
    const drain = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        answers.push(await ask(next, arm, trial, running, signal));
    };
    await Promise.all(Array.from({ length: arm.parallel }, drain));
    const seconds = secondsBetween(begin, clock.nowNanoseconds());
    // Only now, so that running the tests is in nobody's joules and time.
    const requests: BatchRequest[] = [];
    for (const { acted, seconds: taken, question } of answers) {
      const totals = totalsOf(acted.receipt?.calls ?? []);
      const outcome = acted.receipt?.outcome ?? 'not offered';
      const verdict = await verdictOf(question, outcome === 'accepted' ? acted.text : undefined, signal);
      requests.push({ outcome, seconds: taken, gross: totals.gross, tokensOut: totals.tokensOut, verdict });
    }
    return { model: arm.model.name, parallel: arm.parallel, seconds, requests };
  }

  async function verdictOf(
    { source }: BatchQuestion,
    text: string | undefined,
    signal: AbortSignal,
  ): Promise<TestOutcome> {
    if (source === undefined)
      return { status: 'not run', why: 'these requests have no tests; --data names some that have' };
    const problem = await sandbox.problem();
    if (problem !== undefined) return { status: 'not run', why: problem.why };
    if (text === undefined) return { status: 'failed', why: 'not written' };
    return runTests('python', { text, test: source.test }, sandbox.execute, signal);
  }

  const experiment: Experiment<BatchResult> = {
    name: 'batch',
    version,
    title: 'Requests at once',
    options: {
      questions: questions.map(({ name }) => name),
      n: order.n ?? usualRounds,
      arms: arms.map(({ id, parallel, model }) => ({ id, parallel, model: model.name, digest: model.digest })),
    },
    arms,
    trials: repeated(arms, order.n ?? usualRounds),
    async prepare(signal) {
      for (const { model } of models) {
        const why = await whyNoAnswer(await session(), { strategy: 'direct', model: model.name }, signal);
        if (why !== undefined) return why;
      }
      return undefined;
    },
    async run(trial, signal) {
      const arm = armOf(trial);
      if (arm === undefined) return { kind: 'stopped', why: `${trial.id} is none of these trials` };
      const result = await round(arm, trial, signal);
      const whole = result.requests.every(({ outcome }) => outcome === 'accepted');
      const gone = whole ? undefined : await engineGone(parts, arm.model, signal);
      return gone === undefined ? { kind: 'done', result } : { kind: 'stopped', why: gone };
    },
    parse: parseBatchResult,
    estimate(trial) {
      const arm = armOf(trial);
      const one = estimate(arm?.model, { tokensIn: 300, tokensOutLow: 30, tokensOutHigh: 200 });
      const { joules } = one;
      const times = questions.length;
      return {
        // Side by side takes less; how much is what this finds out.
        seconds: one.seconds === undefined ? undefined : one.seconds * times,
        joules:
          joules.status === 'unknown'
            ? joules
            : { ...joules, joules: joules.joules * times, plusMinusJoules: joules.plusMinusJoules * times },
      };
    },
    report: (records, machine) => batchReport(records, arms, machine, { weights, notes }),
  };
  return { experiment, close };
}

function mendOf(engineId: string): string {
  return engineId === 'ollama' ? ' (OLLAMA_NUM_PARALLEL, also where joule-ls is started, makes it more)' : '';
}

function modelsOf(
  { models: named }: ExperimentOrder,
  models: readonly ModelProfile[],
  worker: ModelProfile,
): readonly { readonly label: string; readonly model: ModelProfile }[] | string {
  const chosen: { label: string; model: ModelProfile }[] = [];
  for (const [label, name] of Object.entries(named)) {
    const model = findModel(models, name);
    if (model === undefined) return `no engine has the model ${name}; joule-ls models says what is there`;
    chosen.push({ label, model });
  }
  return chosen.length > 0 ? chosen : [{ label: 'worker', model: worker }];
}

/** So many: from the data set when it is named, else our own. */
function questionsOf({ data }: ExperimentOrder, count: number): readonly BatchQuestion[] | string {
  if (data === undefined) return batchRequests(count);
  const folder = dataSetFolder(data);
  const sources = folder === undefined ? undefined : readSources(folder, 'python');
  if (sources === undefined) return `--data has to name the folder that holds humanevalpack/*.jsonl; ${data} does not`;
  const step = Math.max(1, sources.length / count);
  return Array.from({ length: Math.min(count, sources.length) }, (_, index) => sources[Math.floor(index * step)])
    .filter((source) => source !== undefined)
    .map((source) => {
      const text = fileOf(source, { body: stubOf(source), definitionsAfter: '' });
      return { name: source.id, text, position: placeOf(source, text), source };
    });
}

function armsSeen(records: readonly { readonly trial: Trial; readonly result: BatchResult }[]): readonly Arm[] {
  const arms = new Map(
    records.map(({ trial, result }) => [
      trial.arm,
      {
        id: trial.arm,
        title: `${result.model}, ${result.parallel} at once`,
        parallel: result.parallel,
        model: result.model,
      },
    ]),
  );
  return [...arms.values()].sort((a, b) => a.model.localeCompare(b.model) || a.parallel - b.parallel);
}
