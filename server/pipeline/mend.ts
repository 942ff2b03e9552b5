// What follows an answer that did not pass: a repair by the same model with the evidence, an answer by the next larger one, an honest end.

import { ask, type Expert, expertFor, type Run, refusedByBudget } from './ask.ts';
import { finished, refusal } from './ending.ts';
import type { Judgement } from './judge.ts';
import { judged } from './judged.ts';
import type { Question, WorkerInput } from './prompts/family.ts';
import { stopFiltersFor } from './stop.ts';
import type { PipelineResult, Task } from './task.ts';
import { evidenceOf, repairable } from './verify.ts';

export interface Mending {
  readonly task: Task;
  readonly input: WorkerInput;
  readonly worker: Expert;
  readonly first: Judgement;
}

/** One repair by the same model, one answer by the next larger one, then an honest end. Each only as far as the budget goes. */
export async function mend(run: Run, { task, input, worker, first }: Mending): Promise<PipelineResult> {
  run.listen({ kind: 'verdict', verdict: first.verdict });
  let best = first;
  const why = (): string => evidenceOf(best.verdict).join('; ');
  for (const [index, next] of nextAttempts(run, { task, input, worker, first }).entries()) {
    const refused = refusedByBudget(run, next, next.what);
    if (refused !== undefined) {
      run.listen({ kind: 'decision', about: 'budget', sentence: refused.why });
      return refusal(best, `${why()}. Not tried again: ${refused.why}; ${refused.mend}`);
    }
    run.listen({ kind: 'decision', about: 'repair', sentence: `${next.what} by ${next.expert.seat.ref.model}` });
    const stopFilters = stopFiltersFor(task, next.input.form);
    const answer = await ask(run, { ...next, index: 1, count: 1, stopFilters, attempt: index + 1 });
    const outcome = await judged(run, next.input, next.expert, answer);
    if ('ended' in outcome) {
      if (outcome.ended.kind === 'cancelled') return { ...outcome.ended, text: outcome.ended.text || best.text };
      continue;
    }
    if (outcome.judgement.verdict.ok) return finished(run, next.input, outcome.judgement);
    run.listen({ kind: 'verdict', verdict: outcome.judgement.verdict });
    if (outcome.judgement.draft !== undefined) best = outcome.judgement;
  }
  return refusal(best, why());
}

interface NextAttempt {
  readonly expert: Expert;
  readonly question: Question;
  readonly stage: 'repairing' | 'stepping up';
  /** Begins a sentence about it. */
  readonly what: string;
  readonly input: WorkerInput;
}

function nextAttempts(run: Run, { task, input, worker, first }: Mending): readonly NextAttempt[] {
  // Blocks that did not match are not asked for again.
  const whole: WorkerInput = { ...input, form: 'whole' };
  const failing = first.draft?.code ?? first.text;
  const repair = repairable(first.verdict)
    ? worker.family.repair({ ...whole, answer: failing, evidence: evidenceOf(first.verdict) })
    : undefined;
  const larger = nextLarger(run, worker);
  const attempts: NextAttempt[] = [];
  if (repair !== undefined) {
    const expert = { ...worker, role: 'repair' as const };
    attempts.push({ expert, question: repair, stage: 'repairing', what: 'a repair', input: whole });
  }
  if (larger !== undefined && larger.family.unfit(task, 'direct') === undefined) {
    const question = larger.family.worker(whole);
    attempts.push({
      expert: larger,
      question,
      stage: 'stepping up',
      what: 'an answer by a larger model',
      input: whole,
    });
  }
  return attempts;
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
