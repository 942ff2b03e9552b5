// The one path of a task: choose a strategy, plan, work, assemble, verify, repair once, step one model up, or refuse honestly
// with the text kept. Clock, gateway, syntax and settings are arguments; there is nothing else.

import { type Answer, ask, type Expert, expertFor, type Run } from './ask.ts';
import { contextOf } from './context.ts';
import { type Judgement, judge } from './judge.ts';
import type { PipelineOptions, RunPipeline } from './port.ts';
import type { WorkerInput } from './prompts/family.ts';
import { stopFiltersFor } from './stop.ts';
import { chooseStrategy, modelsOf } from './strategy.ts';
import type { PipelineResult, StrategyId, Task, Verdict } from './task.ts';
import { evidenceOf, repairable } from './verify.ts';
import { joinedParts, makePlan, type Part, writeParts } from './work.ts';

/** Share of the context window that the code around the target may take; the rest is target, instructions and answer. */
const contextShare = 0.4;

export const runPipeline: RunPipeline = async (dependencies, task, options, listen, signal) => {
  try {
    return await runTask({ dependencies, listen, signal }, task, options);
  } catch (error) {
    if (signal.aborted) return cancelled('');
    throw error;
  }
};

async function runTask(run: Run, task: Task, options: PipelineOptions): Promise<PipelineResult> {
  const { dependencies, listen } = run;
  const { roles, settings } = dependencies;
  const planner = roles.planner === undefined ? undefined : expertFor(roles, 'planner');
  const choice = chooseStrategy({
    task,
    settings,
    options,
    roles,
    plannerFamily: planner?.family,
    forecast: dependencies.forecast,
    expected: options.expected,
    random: dependencies.random,
  });
  const worker = expertFor(roles, choice.strategy === 'single' ? 'large' : 'worker');
  const unfit = worker.family.unfit(task);
  const { strategy, why, size, considered } = choice;
  listen({
    kind: 'strategy',
    strategy,
    why,
    choice: { strategy, languageId: task.languageId, size, models: modelsOf(strategy, roles), considered },
  });
  if (unfit !== undefined) return refusal({ draft: undefined, verdict: { ok: false, checks: [] }, text: '' }, unfit);
  const input: WorkerInput = { task, ...contextOf(task, Math.floor(settings.contextTokens * contextShare)) };
  const first = await firstAttempt(run, { task, input, worker, planner, strategy: choice.strategy });
  if ('ended' in first) return first.ended;
  if (first.judgement.verdict.ok) return finished(run, first.judgement);
  return mend(run, { task, input, worker, first: first.judgement });
}

interface Attempt {
  readonly task: Task;
  readonly input: WorkerInput;
  readonly worker: Expert;
  readonly planner: Expert | undefined;
  readonly strategy: StrategyId;
}

type AttemptOutcome = { readonly judgement: Judgement } | { readonly ended: PipelineResult };

async function firstAttempt(run: Run, attempt: Attempt): Promise<AttemptOutcome> {
  const { planner, strategy, input } = attempt;
  if (planner === undefined || strategy === 'direct' || strategy === 'single') return oneWorker(run, attempt, input);
  if (strategy === 'outline') return outlined(run, attempt, planner);
  const outcome = await makePlan(run, planner, input);
  if ('plan' in outcome && outcome.plan.mode === 'split') return splitWork(run, attempt, outcome.plan.subtasks);
  if ('noPlan' in outcome && outcome.answer?.answer.call.outcome === 'cancelled') return { ended: cancelled('') };
  const why = 'noPlan' in outcome ? outcome.noPlan : 'the planner saw one piece of work';
  run.listen({ kind: 'strategy', strategy: 'direct', why });
  return oneWorker(run, attempt, input);
}

async function oneWorker(run: Run, attempt: Attempt, input: WorkerInput): Promise<AttemptOutcome> {
  const { task, worker } = attempt;
  const answer = await ask(run, {
    expert: worker,
    question: worker.family.worker(input),
    stage: 'working',
    index: 1,
    count: 1,
    stopFilters: stopFiltersFor(task),
    attempt: 0,
  });
  return judged(run, task, worker, answer);
}

async function outlined(run: Run, attempt: Attempt, planner: Expert): Promise<AttemptOutcome> {
  const question = planner.family.outline(attempt.input);
  if (question === undefined) {
    run.listen({ kind: 'strategy', strategy: 'direct', why: `${planner.seat.ref.model} can't write an outline` });
    return oneWorker(run, attempt, attempt.input);
  }
  const outline = await ask(run, {
    expert: planner,
    question,
    stage: 'planning',
    index: 1,
    count: 1,
    stopFilters: [],
    attempt: 0,
  });
  if (outline.answer.call.outcome === 'cancelled') return { ended: cancelled('') };
  if (outline.answer.failure || outline.text.trim() === '') {
    run.listen({
      kind: 'strategy',
      strategy: 'direct',
      why: outline.answer.failure?.message ?? 'the outline came back empty',
    });
    return oneWorker(run, attempt, attempt.input);
  }
  run.listen({ kind: 'plan', plan: { mode: 'outline', subtasks: [], outline: outline.text } });
  return oneWorker(run, attempt, { ...attempt.input, outline: outline.text.trim() });
}

async function splitWork(run: Run, attempt: Attempt, subtasks: readonly Part['subtask'][]): Promise<AttemptOutcome> {
  const { task, worker, input } = attempt;
  const outcome = await writeParts(run, worker, input, subtasks);
  const text = joinedParts(outcome.parts);
  if ('failed' in outcome)
    return { ended: endedBy(outcome.failed, [text, outcome.failed.text].filter((entry) => entry !== '').join('\n\n')) };
  const promised = subtasks.map((subtask) => subtask.provides).filter((name) => name !== '');
  run.listen({ kind: 'stage', stage: 'assembling', index: 1, count: 1, model: 'syntax' });
  const request = { task, text, expert: worker, lowestTokenProbability: undefined, cutOff: false, promised };
  const bySyntax = await judge(request, run.dependencies, run.signal);
  const question = worker.family.assemble({ ...input, parts: outcome.parts });
  if (bySyntax.verdict.ok || question === undefined) return { judgement: bySyntax };
  const assembler = expertFor(run.dependencies.roles, 'assembler');
  const assembled = await ask(run, {
    expert: assembler,
    question: assembler.family.assemble({ ...input, parts: outcome.parts }) ?? question,
    stage: 'assembling',
    index: 1,
    count: 1,
    stopFilters: stopFiltersFor(task),
    attempt: 0,
  });
  if (assembled.answer.failure) return { judgement: bySyntax };
  return judged(run, task, assembler, assembled);
}

async function judged(run: Run, task: Task, expert: Expert, answer: Answer): Promise<AttemptOutcome> {
  if (answer.answer.call.outcome === 'cancelled') return { ended: cancelled(answer.text) };
  const judgement = await judge(
    {
      task,
      text: answer.text,
      expert,
      lowestTokenProbability: answer.answer.call.lowestTokenProbability,
      cutOff: answer.cutOff,
      promised: [],
    },
    run.dependencies,
    run.signal,
  );
  if (answer.answer.failure && !judgement.verdict.ok) return { ended: endedBy(answer, answer.text) };
  return { judgement };
}

interface Mending {
  readonly task: Task;
  readonly input: WorkerInput;
  readonly worker: Expert;
  readonly first: Judgement;
}

/** One repair by the same model, one answer by the next larger one, then an honest end. */
async function mend(run: Run, { task, input, worker, first }: Mending): Promise<PipelineResult> {
  run.listen({ kind: 'verdict', verdict: first.verdict });
  let best = first;
  const repair = repairable(first.verdict)
    ? worker.family.repair({ ...input, answer: first.draft?.code ?? first.text, evidence: evidenceOf(first.verdict) })
    : undefined;
  const larger = nextLarger(run, worker);
  const attempts = [
    ...(repair === undefined
      ? []
      : [{ expert: { ...worker, role: 'repair' as const }, question: repair, stage: 'repairing' as const }]),
    ...(larger === undefined || larger.family.unfit(task) !== undefined
      ? []
      : [{ expert: larger, question: larger.family.worker(input), stage: 'stepping up' as const }]),
  ];
  for (const [index, next] of attempts.entries()) {
    const answer = await ask(run, {
      ...next,
      index: 1,
      count: 1,
      stopFilters: stopFiltersFor(task),
      attempt: index + 1,
    });
    const outcome = await judged(run, task, next.expert, answer);
    if ('ended' in outcome) {
      if (outcome.ended.kind === 'cancelled') return { ...outcome.ended, text: outcome.ended.text || best.text };
      continue;
    }
    if (outcome.judgement.verdict.ok) return finished(run, outcome.judgement);
    run.listen({ kind: 'verdict', verdict: outcome.judgement.verdict });
    if (outcome.judgement.draft !== undefined) best = outcome.judgement;
  }
  return refusal(best, evidenceOf(best.verdict).join('; '));
}

/** The smallest configured model that is larger than the worker's. */
function nextLarger(run: Run, worker: Expert): Expert | undefined {
  const { roles } = run.dependencies;
  const size = worker.seat.profile.activeParameters;
  const seats = (['planner', 'large'] as const)
    .map((role) => roles[role])
    .filter((seat) => seat !== undefined)
    .filter((seat) => seat.profile.activeParameters > size && seat.ref.model !== worker.seat.ref.model)
    .sort((a, b) => a.profile.activeParameters - b.profile.activeParameters);
  const seat = seats[0];
  return seat && { ...expertFor({ worker: seat, large: seat }, 'large'), role: 'large' };
}

function finished(run: Run, judgement: Judgement): PipelineResult {
  run.listen({ kind: 'verdict', verdict: judgement.verdict });
  if (judgement.draft === undefined) return refusal(judgement, 'the answer holds no code that fits here');
  return { kind: 'draft', draft: judgement.draft, verdict: judgement.verdict };
}

function refusal(
  judgement: { draft: Judgement['draft']; verdict: Verdict; text: string },
  why: string,
): PipelineResult {
  return {
    kind: 'refused',
    why,
    draft: judgement.draft,
    text: judgement.draft?.code ?? judgement.text,
    verdict: judgement.verdict,
  };
}

function cancelled(text: string): PipelineResult & { kind: 'cancelled' } {
  return { kind: 'cancelled', text };
}

function endedBy(answer: Answer, text: string): PipelineResult {
  if (answer.answer.call.outcome === 'cancelled' || answer.answer.failure === undefined) return cancelled(text);
  return { kind: 'failed', failure: answer.answer.failure, text };
}
