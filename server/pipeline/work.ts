// Strategy split: plan, run the parts in the order they need each other, join them by syntax.

import { roughTokens } from '../base/text.ts';
import { codeIslands } from './answer/islands.ts';
import { candidatesOf } from './answer/undress.ts';
import { type Answer, ask, type Expert, type Run } from './ask.ts';
import type { Refused } from './budget.ts';
import { definitionFromBody } from './draft/fit-symbol.ts';
import { fittingPlace } from './draft/place.ts';
import { chooseOrder } from './order.ts';
import { layersOf, planSchema, readPlan } from './plan.ts';
import { scopeOf } from './plan-repair.ts';
import type { WorkerInput } from './prompts/family.ts';
import { partsOf } from './strategy.ts';
import type { Plan, Subtask } from './task.ts';

export interface Part {
  readonly subtask: Subtask;
  readonly code: string;
}

export type PlanOutcome =
  | { readonly plan: Plan }
  /** The planner could not; the worker goes on alone. */
  | { readonly noPlan: string; readonly answer: Answer | undefined };

/** Asks the planner. Anything wrong with planner or plan is a reason to go on without one. */
export async function makePlan(run: Run, planner: Expert, input: WorkerInput): Promise<PlanOutcome> {
  const question = planner.family.plan(input, planSchema);
  if (question === undefined) return { noPlan: `${planner.seat.ref.model} can't plan`, answer: undefined };
  const answer = await ask(run, {
    expert: planner,
    question,
    stage: 'planning',
    index: 1,
    count: 1,
    stopFilters: [],
    attempt: 0,
  });
  if (answer.answer.failure) return { noPlan: `planning failed: ${answer.answer.failure.message}`, answer };
  const { lowestTokenProbability: bound } = planner.family;
  if (bound !== undefined && (answer.answer.call.lowestTokenProbability ?? 0) < bound)
    return { noPlan: 'the planner was not sure of its plan', answer };
  const reading = readPlan(answer.text, scopeOf(input.task, partsOf(input.task)));
  if ('problem' in reading) return { noPlan: reading.problem, answer };
  for (const sentence of reading.repairs) run.listen({ kind: 'decision', about: 'plan', sentence });
  run.listen({ kind: 'plan', plan: reading.plan });
  return { plan: reading.plan };
}

export type PartsOutcome =
  /** The lowest token probability of all parts; undefined when one of them has none. */
  | { readonly parts: readonly Part[]; readonly lowestTokenProbability: number | undefined }
  | { readonly stopped: Refused; readonly parts: readonly Part[] }
  | { readonly failed: Answer; readonly parts: readonly Part[] };

export async function writeParts(
  run: Run,
  worker: Expert,
  input: WorkerInput,
  subtasks: readonly Subtask[],
): Promise<PartsOutcome> {
  const done = new Map<string, Part>();
  const probabilities: (number | undefined)[] = [];
  const layers = layersOf(subtasks) ?? [];
  const { inTurn, why } = chooseOrder({
    sharedTokens: roughTokens(input.context + input.targetText),
    habits: run.dependencies.habits?.(worker.seat.ref),
  });
  if (layers.some((layer) => layer.length > 1)) run.listen({ kind: 'decision', about: 'order', sentence: why });
  for (const layer of layers) {
    for (const group of inTurn ? layer.map((subtask) => [subtask]) : [layer]) {
      const stopped = run.allowance.refusal(undefined, 'the next part');
      if (stopped !== undefined) return { stopped, parts: [...done.values()] };
      const answers = await Promise.all(
        group.map((subtask) => writePart(run, worker, input, { subtask, subtasks, done })),
      );
      for (const { subtask, answer, code } of answers) {
        probabilities.push(answer.answer.call.lowestTokenProbability);
        if (!answer.answer.failure) done.set(subtask.id, { subtask, code });
      }
      const failed = answers.find(
        ({ answer }) => answer.answer.failure !== undefined || answer.answer.call.outcome === 'cancelled',
      );
      if (failed) return { failed: failed.answer, parts: [...done.values()] };
    }
  }
  return {
    parts: subtasks.map((subtask) => done.get(subtask.id)).filter((part) => part !== undefined),
    lowestTokenProbability: lowestOf(probabilities),
  };
}

function lowestOf(probabilities: readonly (number | undefined)[]): number | undefined {
  const known = probabilities.filter((probability) => probability !== undefined);
  return known.length < probabilities.length ? undefined : Math.min(...known);
}

/** The parts as one answer, in the order of the plan. */
export function joinedParts(parts: readonly Part[]): string {
  return parts.map((part) => part.code.trim()).join('\n\n\n');
}

async function writePart(
  run: Run,
  worker: Expert,
  input: WorkerInput,
  work: { readonly subtask: Subtask; readonly subtasks: readonly Subtask[]; readonly done: ReadonlyMap<string, Part> },
): Promise<{ subtask: Subtask; answer: Answer; code: string }> {
  const { subtask, subtasks, done } = work;
  const needed = subtask.needs.map((id) => done.get(id)).filter((part) => part !== undefined);
  const answer = await ask(run, {
    expert: worker,
    question: worker.family.worker({ ...input, part: { subtask, all: subtasks, done: needed } }),
    stage: 'working',
    index: subtasks.indexOf(subtask) + 1,
    count: subtasks.length,
    stopFilters: [],
    attempt: 0,
  });
  return { subtask, answer, code: await partCode(run, input, work, answer.text) };
}

/**
 * The reading of the answer that defines what was promised. A worker that wrote only the body of the function asked for gets
 * its signature back; without a grammar or a promise the first reading counts.
 */
async function partCode(
  run: Run,
  input: WorkerInput,
  work: { subtask: Subtask; subtasks: readonly Subtask[] },
  text: string,
): Promise<string> {
  const { task } = input;
  const { provides } = work.subtask;
  const candidates = candidatesOf(text);
  const islands = candidates
    .map((candidate) => codeIslands(candidate, task.languageId))
    .filter((entry) => entry !== undefined);
  const place = fittingPlace(task, run.dependencies.syntax, run.signal);
  if (provides === '' || place === undefined) return candidates[0] ?? text;
  for (const code of [...candidates, ...islands]) {
    const facts = await place.parse(code);
    if (facts?.errors.length === 0 && facts.symbols.some((symbol) => symbol.name === provides)) return code;
  }
  const symbol = place.facts.symbols.find((other) => other.name === provides);
  const required = work.subtasks.map((subtask) => subtask.provides);
  for (const code of symbol === undefined ? [] : candidates) {
    const found = symbol && (await definitionFromBody(place, code, { symbol, required }));
    if (found) return found.text;
  }
  return candidates[0] ?? text;
}
