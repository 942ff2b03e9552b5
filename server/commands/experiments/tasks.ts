// `joule-ls experiment tasks`: SEEDS S2 repeated over HumanEvalPack: generate, fix, document, test, with every model and strategy that was
// named. Knows the session and the sandbox; the figures are the report's.

import { dataSetFolder, readSources } from '../../exercises/data-set.ts';
import { type Language, languages } from '../../exercises/languages.ts';
import type { Source } from '../../exercises/source.ts';
import { findModel } from '../../models/choose-roles.ts';
import type { ModelProfile } from '../../models/engine.ts';
import { type Arm, type Experiment, repeated, type Trial } from '../../report/experiments/experiment.ts';
import { tasksReport } from '../../report/experiments/tasks/report.ts';
import { parseTaskResult, type TaskKind, type TaskResult, taskKinds } from '../../report/experiments/tasks/result.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { engineGone } from './engine-gone.ts';
import { createEstimate, type ExpectedWork } from './estimate.ts';
import type { ExperimentKind, ExperimentOrder, ExperimentParts, PreparedExperiment } from './order.ts';
import { createTrialSessionOnce, whyNoAnswer } from './session-once.ts';
import { runTaskTrial } from './task-trial.ts';

interface TaskArm extends Arm {
  readonly strategy: string;
  /** Undefined: the models of the roles. */
  readonly model: ModelProfile | undefined;
}

const strategies = ['direct', 'outline', 'split', 'single', 'auto'] as const;

/** Of one answer to an exercise of the data set: context, and what comes, from joule-ls' own estimates for functions of this size. */
const expectedWork: Readonly<Record<TaskKind, ExpectedWork>> = {
  generate: { tokensIn: 400, tokensOutLow: 40, tokensOutHigh: 250 },
  fix: { tokensIn: 500, tokensOutLow: 40, tokensOutHigh: 250 },
  // The round trip is a second answer.
  document: { tokensIn: 800, tokensOutLow: 80, tokensOutHigh: 450 },
  test: { tokensIn: 500, tokensOutLow: 100, tokensOutHigh: 600 },
};

/** Of what a result's line looks like. */
const version = 1;

export const tasksKind: ExperimentKind<TaskResult> = {
  name: 'tasks',
  version,
  what: 'SEEDS S2: generate, fix, document and test over HumanEvalPack (--data), pass@1 by execution',
  build,
  reader: {
    parse: parseTaskResult,
    report: (records, machine) => tasksReport(records, armsSeen(records.map(({ trial }) => trial)), machine),
  },
};

async function build(order: ExperimentOrder, parts: ExperimentParts): Promise<PreparedExperiment<TaskResult> | string> {
  const { survey, bench, env } = parts;
  if (survey.roles.kind !== 'chosen') return `${survey.roles.why}: ${survey.roles.mend}`;
  const worker = survey.roles.roles.worker.profile;
  const chosen = choicesOf(order);
  if (typeof chosen === 'string') return chosen;
  const arms = armsOf(order, survey.models, chosen.strategies);
  if (typeof arms === 'string') return arms;
  const sources = sourcesOf(order, chosen.languages);
  if (typeof sources === 'string') return sources;

  const subjects = chosen.kinds.flatMap((kind) =>
    [...sources.values()].filter((source) => makesSense(kind, source)).map((source) => `${kind}/${source.id}`),
  );
  const { places, owner, clock } = bench;
  const sandbox = createSandbox({ clock, hidden: places.privateFolders, readable: owner.sandbox.readable });
  const { session, close } = createTrialSessionOnce(
    env,
    order.folder,
    (order.n ?? 1) === 1 ? order.seed % 2 ** 31 : undefined,
  );
  const estimate = createEstimate(bench, survey.models);
  const armOf = (trial: Trial): TaskArm | undefined => arms.find(({ id }) => id === trial.arm);
  const experiment: Experiment<TaskResult> = {
    name: 'tasks',
    version,
    title: 'Four tasks over HumanEvalPack',
    options: {
      exercises: [...sources.keys()],
      tasks: chosen.kinds,
      n: order.n ?? 1,
      arms: arms.map(({ id, strategy, model }) => ({ id, strategy, model: model?.name, digest: model?.digest })),
      worker: { model: worker.name, digest: worker.digest },
    },
    arms,
    trials: repeated(arms, order.n ?? 1, subjects),
    async prepare(signal) {
      for (const { strategy, model } of arms) {
        const why = await whyNoAnswer(await session(), { strategy, model: model?.name }, signal);
        if (why !== undefined) return why;
      }
      return undefined;
    },
    async run(trial, signal) {
      const [kind, source, arm] = [kindOf(trial), sources.get(exerciseOf(trial)), armOf(trial)];
      if (kind === undefined || source === undefined || arm === undefined)
        return { kind: 'stopped', why: `${trial.id} is none of these trials` };
      const result = await runTaskTrial(
        {
          kind,
          source,
          stem: `exercise_${trial.id.toLowerCase().replace(/\W+/g, '_')}`,
          strategy: arm.strategy === 'auto' ? undefined : arm.strategy,
          model: arm.model?.name,
        },
        { session: await session(), execute: sandbox.execute, models: survey.models },
        signal,
      );
      const gone = result.outcome === 'accepted' ? undefined : await engineGone(parts, arm.model ?? worker, signal);
      return gone === undefined ? { kind: 'done', result } : { kind: 'stopped', why: gone };
    },
    parse: parseTaskResult,
    estimate: (trial) => estimate(armOf(trial)?.model ?? worker, expectedWork[kindOf(trial) ?? 'generate']),
    report: (records, machine) => tasksReport(records, arms, machine),
  };
  return { experiment, close };
}

interface Choices {
  readonly kinds: readonly TaskKind[];
  readonly languages: readonly Language[];
  readonly strategies: readonly string[];
}

function choicesOf({ lists }: ExperimentOrder): Choices | string {
  const kinds = chosenFrom('--tasks', lists.tasks, taskKinds, taskKinds);
  const chosenLanguages = chosenFrom('--languages', lists.languages, languages, ['python']);
  const ways = chosenFrom('--strategies', lists.strategies, strategies, ['direct']);
  if (typeof kinds === 'string') return kinds;
  if (typeof chosenLanguages === 'string') return chosenLanguages;
  return typeof ways === 'string' ? ways : { kinds, languages: chosenLanguages, strategies: ways };
}

function chosenFrom<Word extends string>(
  flag: string,
  asked: readonly string[] | undefined,
  known: readonly Word[],
  usual: readonly Word[],
): readonly Word[] | string {
  if (asked === undefined || asked.length === 0) return usual;
  const wrong = asked.find((word) => !known.some((one) => one === word));
  if (wrong !== undefined) return `${flag} takes ${known.join(', ')}, not ${JSON.stringify(wrong)}`;
  return known.filter((word) => asked.includes(word));
}

/** Each strategy with each model that was named, or with the models of the roles. */
function armsOf(
  { models: named }: ExperimentOrder,
  models: readonly ModelProfile[],
  ways: readonly string[],
): readonly TaskArm[] | string {
  const arms: TaskArm[] = [];
  for (const [label, name] of Object.entries(named)) {
    const model = findModel(models, name);
    if (model === undefined) return `no engine has the model ${name}; joule-ls models says what is there`;
    arms.push(
      ...ways.map((strategy) => ({ id: `${label}-${strategy}`, title: `${model.name}, ${strategy}`, strategy, model })),
    );
  }
  if (arms.length > 0) return arms;
  return ways.map((strategy) => ({ id: strategy, title: strategy, strategy, model: undefined }));
}

/** By id. */
function sourcesOf(
  { data, limit }: ExperimentOrder,
  chosen: readonly Language[],
): ReadonlyMap<string, Source> | string {
  const folder = dataSetFolder(data);
  if (folder === undefined)
    return `--data has to name the folder that holds humanevalpack/*.jsonl${data === undefined ? '' : `; ${data} does not`}`;
  const sources = new Map<string, Source>();
  for (const language of chosen) {
    let all: readonly Source[] | undefined;
    try {
      all = readSources(folder, language)?.filter(({ testIsSteady }) => testIsSteady);
    } catch (error) {
      return `${folder}/${language}.jsonl is not HumanEvalPack: ${error instanceof Error ? error.message.slice(0, 200) : error}`;
    }
    if (all === undefined) return `${folder} has no ${language}.jsonl`;
    const count = Math.min(limit ?? all.length, all.length);
    for (let index = 0; index < count; index++) {
      const source = all[Math.floor((index * all.length) / count)];
      if (source !== undefined) sources.set(source.id, source);
    }
  }
  return sources;
}

/** Some rows have their fault in a helper outside of the function: there is nothing to fix in it. */
function makesSense(kind: TaskKind, source: Source): boolean {
  return kind !== 'fix' || source.buggyBody !== source.body;
}

function kindOf({ subject }: Trial): TaskKind | undefined {
  return taskKinds.find((kind) => subject?.startsWith(`${kind}/`));
}

function exerciseOf({ subject = '' }: Trial): string {
  return subject.slice(subject.indexOf('/') + 1);
}

/** Without the options that made them only ids are known. */
function armsSeen(trials: readonly Trial[]): readonly Arm[] {
  return [...new Set(trials.map(({ arm }) => arm))].sort().map((id) => ({ id, title: id }));
}
