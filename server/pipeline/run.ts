// The one path of a task: choose a strategy, plan, work, assemble, verify, repair once, step one model up, or refuse honestly
// with the text kept. Clock, gateway, syntax and settings are arguments; there is nothing else.

import { ask, type Expert, expertFor, priceOf, type Run, refusedByBudget } from './ask.ts';
import { createAllowance } from './budget.ts';
import { contextOf } from './context.ts';
import { cancelled, declined, endedBy, finished, outOfBudget } from './ending.ts';
import { testsFromCalls } from './execution/observed.ts';
import { chooseForm } from './form.ts';
import { judge } from './judge.ts';
import { type AttemptOutcome, judged } from './judged.ts';
import { mend } from './mend.ts';
import type { PipelineOptions, RunPipeline } from './port.ts';
import type { WorkerInput } from './prompts/family.ts';
import { identityOf } from './recall.ts';
import { withSecondOpinion } from './second-opinion.ts';
import { stopFiltersFor } from './stop.ts';
import { chooseStrategy, modelsOf } from './strategy.ts';
import type { PipelineResult, StrategyId, Task } from './task.ts';
import { joinedParts, makePlan, type Part, writeParts } from './work.ts';

/** Share of the context window that the code around the target may take; the rest is target, instructions and answer. */
const contextShare = 0.4;

/** Where nobody has said how long the answer will be: a small function. */
const usualOut = { outLow: 30, outHigh: 200 } as const;

export const runPipeline: RunPipeline = async (dependencies, task, options, listen, signal) => {
  const allowance = createAllowance(dependencies.budgets);
  const expectedOut = options.expected ?? usualOut;
  const answerRepeatsCode = task.actionId === 'fix' || task.actionId === 'rewrite';
  try {
    return await runTask({ dependencies, allowance, expectedOut, answerRepeatsCode, listen, signal }, task, options);
  } catch (error) {
    if (signal.aborted) return cancelled('');
    throw error;
  }
};

async function runTask(run: Run, task: Task, options: PipelineOptions): Promise<PipelineResult> {
  const { dependencies, listen } = run;
  const { roles, settings } = dependencies;
  const planner = roles.planner === undefined ? undefined : expertFor(roles, 'planner');
  const input: WorkerInput = { task, ...contextOf(task, Math.floor(settings.contextTokens * contextShare)) };
  const earlier = await recalled(run, input, options);
  if (earlier !== undefined) return earlier;
  const choice = chooseStrategy({
    task,
    settings,
    options,
    roles,
    plannerFamily: planner?.family,
    workerFamily: expertFor(roles, 'worker').family,
    forecast: dependencies.forecast,
    expected: options.expected,
    leftJoules: run.allowance.leftJoules(),
    random: dependencies.random,
  });
  const worker = expertFor(roles, choice.strategy === 'single' ? 'large' : 'worker');
  const { strategy, why, size, considered } = choice;
  const unfit = worker.family.unfit(task, strategy) ?? cantRun(run, worker, task);
  listen({
    kind: 'strategy',
    strategy,
    why,
    choice: { strategy, languageId: task.languageId, size, models: modelsOf(strategy, roles), considered },
  });
  if (unfit !== undefined) return declined(unfit, '');
  const formed = withForm(run, input, worker);
  const clean = considered.find((one) => one.strategy === strategy)?.cleanJoules;
  const refused = run.allowance.refusal(clean ?? priceOf(run, worker, worker.family.worker(formed)), 'an answer');
  if (refused !== undefined) return outOfBudget(run, refused, '');
  const first = await firstAttempt(run, { task, input: formed, worker, planner, strategy });
  if ('ended' in first) return first.ended;
  if (first.judgement.verdict.ok) return finished(run, formed, first.judgement);
  return mend(run, { task, input: formed, worker, first: first.judgement });
}

/** Why calls that the worker will name can't be run, where it writes tests that way. */
function cantRun({ dependencies: { execute, settings } }: Run, worker: Expert, task: Task): string | undefined {
  if (task.actionId !== 'test' || !worker.family.testsByCalls || (execute && settings.examples)) return undefined;
  const name = worker.seat.ref.model;
  return `${name} only says what to call, and the values are seen by running it: that needs "examples": "on" in config.json`;
}

/** The answer that passed the last time, when it still fits and is still sound: no model is called. */
async function recalled(run: Run, input: WorkerInput, options: PipelineOptions): Promise<PipelineResult | undefined> {
  const earlier = options.recall?.(identityOf(input));
  if (earlier === undefined) return undefined;
  const { roles } = run.dependencies;
  const { task } = input;
  const judgement = await judge(
    {
      task,
      text: earlier.answer,
      bound: expertFor(roles, 'worker').family.lowestTokenProbability,
      // It was sure enough when it passed.
      lowestTokenProbability: 1,
      cutOff: false,
      promised: earlier.promised,
    },
    run.dependencies,
    run.signal,
  );
  const { draft, verdict } = judgement;
  if (draft === undefined || !verdict.ok) return undefined;
  run.listen({ kind: 'strategy', strategy: 'direct', why: 'the same was asked before: its answer, at 0 J' });
  run.listen({
    kind: 'decision',
    about: 'reuse',
    sentence: `answered from the result of receipt ${earlier.receiptId}`,
  });
  run.listen({ kind: 'verdict', verdict });
  return { kind: 'draft', draft, verdict, recalledFrom: earlier.receiptId };
}

/** Asks for only what changes, where that is expected to take fewer tokens and the model's family knows how. */
function withForm(run: Run, input: WorkerInput, worker: Expert): WorkerInput {
  const choice = chooseForm(input.task, input.targetText);
  if (choice === undefined) return input;
  const { wholeTokens, blocksTokens } = choice;
  const form = worker.family.writesBlocks ? choice.form : 'whole';
  const told = {
    blocks: `asked only for what changes: some ${blocksTokens} tokens instead of ${wholeTokens}`,
    whole: `asked for the whole code: some ${wholeTokens} tokens, as blocks of changes ${blocksTokens}`,
  };
  run.listen({ kind: 'decision', about: 'form', sentence: told[form] });
  return { ...input, form };
}

interface Attempt {
  readonly task: Task;
  readonly input: WorkerInput;
  readonly worker: Expert;
  readonly planner: Expert | undefined;
  readonly strategy: StrategyId;
}

async function firstAttempt(run: Run, attempt: Attempt): Promise<AttemptOutcome> {
  const { planner, strategy, input } = attempt;
  if (planner === undefined || strategy === 'direct' || strategy === 'single') return oneWorker(run, attempt, input);
  if (strategy === 'outline') return outlined(run, attempt, planner);
  const outcome = await makePlan(run, planner, input);
  if ('plan' in outcome && outcome.plan.mode === 'split') return splitWork(run, attempt, outcome.plan.subtasks);
  if ('noPlan' in outcome && outcome.answer?.answer.call.outcome === 'cancelled') return { ended: cancelled('') };
  const why = 'noPlan' in outcome ? outcome.noPlan : 'the planner saw one piece of work';
  const unfit = attempt.worker.family.unfit(attempt.task, 'direct');
  if (unfit !== undefined) {
    const planned = 'answer' in outcome ? (outcome.answer?.text ?? '') : '';
    return { ended: declined(`${why}, and ${unfit}`, planned) };
  }
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
    stopFilters: stopFiltersFor(task, input.form),
    attempt: 0,
  });
  const { execute } = run.dependencies;
  if (task.actionId !== 'test' || !worker.family.testsByCalls || !execute || answer.answer.failure)
    return judged(run, input, worker, answer);
  const observed = await testsFromCalls(task, answer.text, execute, run.signal);
  if ('tests' in observed) return judged(run, input, worker, { ...answer, text: observed.tests });
  return { ended: declined(observed.not, answer.text) };
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
  const { task, worker } = attempt;
  // Parts are new definitions: there is nothing to change in them.
  const input: WorkerInput = { ...attempt.input, form: 'whole' };
  const outcome = await writeParts(run, worker, input, subtasks);
  const text = joinedParts(outcome.parts);
  if ('stopped' in outcome) return { ended: outOfBudget(run, outcome.stopped, text) };
  if ('failed' in outcome)
    return { ended: endedBy(outcome.failed, [text, outcome.failed.text].filter((entry) => entry !== '').join('\n\n')) };
  const promised = subtasks.map((subtask) => subtask.provides).filter((name) => name !== '');
  run.listen({ kind: 'stage', stage: 'assembling', index: 1, count: 1, model: 'syntax' });
  const { lowestTokenProbability } = outcome;
  const bound = worker.family.lowestPartProbability ?? worker.family.lowestTokenProbability;
  const request = { task, text, bound, lowestTokenProbability, cutOff: false, promised };
  const bySyntax = await withSecondOpinion(run, input, await judge(request, run.dependencies, run.signal));
  const assembler = expertFor(run.dependencies.roles, 'assembler');
  const question = assembler.family.assemble({ ...input, parts: outcome.parts });
  if (bySyntax.verdict.ok || question === undefined) return { judgement: bySyntax };
  const refused = refusedByBudget(run, { expert: assembler, question }, 'joining the parts by a model');
  if (refused !== undefined) {
    run.listen({ kind: 'decision', about: 'budget', sentence: refused.why });
    return { judgement: bySyntax };
  }
  const assembled = await ask(run, {
    expert: assembler,
    question,
    stage: 'assembling',
    index: 1,
    count: 1,
    stopFilters: stopFiltersFor(task),
    attempt: 0,
  });
  if (assembled.answer.failure) return { judgement: bySyntax };
  return judged(run, input, assembler, assembled);
}
