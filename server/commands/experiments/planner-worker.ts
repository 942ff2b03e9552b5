// `joule-ls experiment planner-worker`: S1's ways as published, through the gateway, and joule-ls's own, through the whole server, on one
// task; repeated, in an order that was drawn.

import { secondsBetween } from '../../base/clock.ts';
import { isKnown, type Joules, sumJoules } from '../../energy/joules.ts';
import { createGateway } from '../../gateway/gateway.ts';
import type { Gateway, ModelAnswer, ModelRef } from '../../gateway/model-call.ts';
import { stopAfterFence, stopAtProse, stopAtRepetition } from '../../gateway/stop-filters.ts';
import { findModel } from '../../models/choose-roles.ts';
import type { ModelProfile } from '../../models/engine.ts';
import {
  type Experiment,
  repeated,
  type TrialEstimate,
  type TrialOutcome,
} from '../../report/experiments/experiment.ts';
import {
  type Behaviour,
  parseWayResult,
  type WayId,
  type WayResult,
  ways,
} from '../../report/experiments/planner-worker.ts';
import { plannerWorkerReport } from '../../report/experiments/planner-worker-page.ts';
import { answerAsPublished, type Put } from '../../report/experiments/published.ts';
import { codeOf, scoreRubric } from '../../report/experiments/rubric.ts';
import { outlineTokens, taskManagerRequest } from '../../report/experiments/task-manager.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { createLog } from '../log.ts';
import { behaviourOf } from './api-behaviour.ts';
import { engineGone } from './engine-gone.ts';
import { createEstimate, type Estimate } from './estimate.ts';
import type { ExperimentKind, ExperimentOrder, ExperimentParts, PreparedExperiment } from './order.ts';
import { startTrialSession, type TrialSession } from './session.ts';

export const plannerWorker: ExperimentKind<WayResult> = {
  name: 'planner-worker',
  version: 1,
  what: 'one large model, or a planner and a worker (--models large=…,mid=…,small=…)',
  build,
  reader: { parse: parseWayResult, report: plannerWorkerReport },
};

/** S1 ran each way five times. */
const usualRuns = 5;
/** S1's sampling is not stated; ours is the product's. */
const sampling = { temperature: 0.1, topP: 0.95 } as const;
/** Room for the request, three parts and an answer. */
const contextTokens = 16_384;

interface Seats {
  readonly large: ModelProfile;
  readonly mid: ModelProfile;
  readonly small: ModelProfile;
}

async function build(order: ExperimentOrder, parts: ExperimentParts): Promise<PreparedExperiment<WayResult> | string> {
  const found = seatsFrom(order, parts);
  return typeof found === 'string' ? found : buildWith(found, order, parts);
}

async function buildWith(
  seats: Seats,
  order: ExperimentOrder,
  parts: ExperimentParts,
): Promise<PreparedExperiment<WayResult>> {
  const { bench, env, machine } = parts;
  const { clock } = bench;
  const gateway = createGateway({
    engines: bench.rooms.engine,
    meter: bench.meter,
    clock,
    log: createLog(bench.logOptions),
    keepAliveSeconds: bench.settings.keepAliveSeconds,
  });
  const sandbox = createSandbox({ clock, hidden: bench.places.privateFolders, readable: bench.owner.sandbox.readable });
  await bench.ledger.ready();
  const estimate = wayEstimate(seats, createEstimate(bench, parts.survey.models));
  let session: TrialSession | undefined;
  const quality = async (answer: string, signal: AbortSignal): Promise<Pick<WayResult, 'rubric' | 'behaviour'>> => {
    if (machine.standIn !== undefined) return { behaviour: notRun('no model with real weights answered') };
    const { code } = codeOf(answer);
    return { rubric: scoreRubric(answer), behaviour: await behaviourOf(code, sandbox.execute, signal) };
  };
  const seedOf = (repeat: number): number => (order.seed + repeat) % 2 ** 31;

  async function published(way: WayId, repeat: number, signal: AbortSignal): Promise<TrialOutcome<WayResult>> {
    const put: Put = ({ role, model, text, maxTokens, stopFilters }) =>
      gateway.call(
        {
          role,
          model,
          prompt: { kind: 'chat', messages: [{ role: 'user', content: text }] },
          maxTokens,
          contextTokens,
          sampling: { ...sampling, seed: seedOf(repeat) },
          stopFilters,
        },
        signal,
      );
    const filters = way === 'single-stop' ? [stopAtRepetition(), stopAtProse(), stopAfterFence()] : [];
    const writer = { 'single-mid': seats.mid, direct: seats.small }[way as string] ?? seats.large;
    const form = way === 'outline' || way === 'split' ? way : 'single';
    const models = { writer: refOf(writer), planner: refOf(seats.mid), worker: refOf(seats.small) };
    const begin = clock.nowNanoseconds();
    const { calls, text, failure } = await answerAsPublished(form, taskManagerRequest, models, put, filters);
    const seconds = secondsBetween(begin, clock.nowNanoseconds());
    signal.throwIfAborted();
    if (failure !== undefined && vanished.has(failure.kind)) return { kind: 'stopped', why: sentenceOf(failure) };
    const smallTokensOut = tokensOf(calls, seats.small);
    const rest = failure === undefined ? await quality(text, signal) : { behaviour: notRun(failure.message) };
    const result = { calls, seconds, answer: text, smallTokensOut, ...rest };
    return { kind: 'done', result: failure === undefined ? result : { ...result, failure: failure.message } };
  }

  async function own(repeat: number, signal: AbortSignal): Promise<TrialOutcome<WayResult>> {
    session ??= await startTrialSession(env, order.folder, {
      roles: { worker: seats.small.name, planner: seats.mid.name, large: seats.large.name },
      temperature: sampling.temperature,
      seed: order.seed % 2 ** 31,
      topP: sampling.topP,
      contextTokens,
    });
    const comment = taskManagerRequest.split('\n').map((line) => `# ${line}`.trimEnd());
    const text = `${['# TODO:', ...comment].join('\n').replace('# TODO:\n# ', '# TODO: ')}\n`;
    const begin = clock.nowNanoseconds();
    const acted = await session.act(
      {
        actionId: 'implement',
        fileName: `task_manager_${repeat}.py`,
        languageId: 'python',
        text,
        position: { line: 0, character: 4 },
      },
      signal,
    );
    const seconds = secondsBetween(begin, clock.nowNanoseconds());
    const { receipt } = acted;
    const why = acted.said.at(-1) ?? 'nothing was offered';
    if (receipt === undefined) return { kind: 'stopped', why };
    const gone = receipt.outcome === 'failed' ? await engineGone(parts, seats.small, signal) : undefined;
    if (gone !== undefined) return { kind: 'stopped', why: gone };
    const answer = acted.text.startsWith(text) ? acted.text.slice(text.length) : acted.text;
    const failed = receipt.outcome !== 'accepted';
    const rest = failed ? { behaviour: notRun('there was no answer') } : await quality(answer, signal);
    const base = {
      calls: receipt.calls,
      seconds,
      answer,
      smallTokensOut: tokensOf(receipt.calls, seats.small),
      ...rest,
    };
    return { kind: 'done', result: failed ? { ...base, failure: `${receipt.outcome}: ${why}` } : base };
  }

  const experiment: Experiment<WayResult> = {
    name: plannerWorker.name,
    version: plannerWorker.version,
    title: 'One large model, or a planner and a worker',
    options: {
      n: order.n ?? usualRuns,
      models: Object.fromEntries(Object.entries(seats).map(([seat, { name, digest }]) => [seat, `${name} ${digest}`])),
      standIn: machine.standIn ?? null,
    },
    arms: ways,
    trials: repeated(ways, order.n ?? usualRuns),
    prepare: (signal) => warmUp(gateway, Object.values(seats), signal),
    run: ({ arm, repeat }, signal) => (arm === 'auto' ? own(repeat, signal) : published(arm as WayId, repeat, signal)),
    parse: parseWayResult,
    estimate: ({ arm }) => estimate(arm as WayId),
    report: plannerWorkerReport,
  };
  return {
    experiment,
    async close() {
      await session?.close();
    },
  };
}

/** `--models`, else the roles that the engine's models were given. */
function seatsFrom({ models }: ExperimentOrder, { survey }: ExperimentParts): Seats | string {
  const other = Object.keys(models).find((seat) => !['large', 'mid', 'small'].includes(seat));
  if (other !== undefined) return `--models knows large, mid and small here, not ${other}`;
  const roles = survey.roles.kind === 'chosen' ? survey.roles.roles : undefined;
  const named = (seat: keyof Seats, fallback: ModelProfile | undefined): ModelProfile | string => {
    const name = models[seat];
    const found = name === undefined ? fallback : findModel(survey.models, name);
    if (found !== undefined) return found;
    return name === undefined ? `no ${seat} model is there` : `${name} is not there`;
  };
  const seats = {
    large: named('large', roles?.large?.profile),
    mid: named('mid', roles?.planner?.profile),
    small: named('small', roles?.worker.profile),
  };
  const missing = Object.values(seats).filter((seat) => typeof seat === 'string');
  if (missing.length > 0)
    return `${missing.join(', ')}: S1 compares three sizes; name them by --models large=NAME,mid=NAME,small=NAME (joule-ls models lists what is there)`;
  return seats as Seats;
}

const vanished: ReadonlySet<string> = new Set(['unreachable', 'crashed', 'torn', 'missing-model', 'busy', 'refused']);

function sentenceOf({ message, mend }: NonNullable<ModelAnswer['failure']>): string {
  return mend === undefined ? message : `${message}; ${mend}`;
}

/** One token of each model, so that no run pays for the first load. @returns why that was not possible. */
async function warmUp(
  gateway: Gateway,
  models: readonly ModelProfile[],
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const model of models) {
    const { failure } = await gateway.call(
      {
        role: 'worker',
        model: refOf(model),
        prompt: { kind: 'chat', messages: [{ role: 'user', content: 'Say yes.' }] },
        maxTokens: 1,
        contextTokens,
        sampling: { ...sampling, seed: 0 },
      },
      signal,
    );
    if (failure !== undefined) return sentenceOf(failure);
  }
  return undefined;
}

/** S1's lengths: some 1500 tokens of answer (1034 behind an outline), some 300 of request. */
const lengths = { in: 300, answer: 1500, behindOutline: 1034, part: 500, instructions: 200 } as const;

/** Calls of a way add up; errors do, too. */
function wayEstimate({ large, mid, small }: Seats, estimate: Estimate): (way: WayId) => TrialEstimate {
  const one = (model: ModelProfile, tokensIn: number, out: number): TrialEstimate =>
    estimate(model, { tokensIn, tokensOutLow: out / 1.5, tokensOutHigh: out * 1.5 });
  const { in: request, answer, behindOutline, part, instructions } = lengths;
  const written: Readonly<Record<WayId, () => readonly TrialEstimate[]>> = {
    single: () => [one(large, request, answer)],
    'single-mid': () => [one(mid, request, answer)],
    'single-stop': () => [one(large, request, answer)],
    direct: () => [one(small, request, answer)],
    outline: () => [one(mid, request, outlineTokens), one(small, request + outlineTokens, behindOutline)],
    split: () => [
      one(mid, request, instructions),
      ...[1, 2, 3].map(() => one(small, request, part)),
      one(small, request + 3 * part, answer),
    ],
    // Which way it takes is only known then: anything between the small model alone and the large one behind it.
    auto: () => [between(one(small, request, answer), one(large, request, answer))],
  };
  return (way) => {
    const steps = written[way]();
    const seconds = steps.map((step) => step.seconds);
    return {
      seconds: seconds.every((value) => value !== undefined)
        ? seconds.reduce((sum, value) => sum + value, 0)
        : undefined,
      joules: sumJoules(steps.map((step) => step.joules)),
    };
  };
}

function between(low: TrialEstimate, high: TrialEstimate): TrialEstimate {
  const seconds =
    low.seconds === undefined || high.seconds === undefined ? undefined : (low.seconds + high.seconds) / 2;
  if (!isKnown(low.joules) || !isKnown(high.joules))
    return { seconds, joules: isKnown(low.joules) ? high.joules : low.joules };
  const least = low.joules.joules - low.joules.plusMinusJoules;
  const most = low.joules.joules + high.joules.joules + high.joules.plusMinusJoules;
  const joules: Joules = { ...low.joules, joules: (least + most) / 2, plusMinusJoules: (most - least) / 2 };
  return { seconds, joules };
}

function tokensOf(calls: readonly ModelAnswer['call'][], model: ModelProfile): number {
  return calls.filter((call) => call.model === model.name).reduce((sum, call) => sum + call.tokens.out, 0);
}

function refOf(model: ModelProfile): ModelRef {
  return { engineId: model.engineId, model: model.name };
}

function notRun(why: string): Behaviour {
  return { state: 'not run', why };
}
