// How a run ends: a draft, an honest refusal with the text kept, a failure, a stop by the budget or by the user.

import type { Answer, Run } from './ask.ts';
import type { Refused } from './budget.ts';
import type { Judgement } from './judge.ts';
import type { WorkerInput } from './prompts/family.ts';
import { identityOf } from './recall.ts';
import type { PipelineResult, Verdict } from './task.ts';

export function finished(run: Run, input: WorkerInput, judgement: Judgement): PipelineResult {
  run.listen({ kind: 'verdict', verdict: judgement.verdict });
  if (judgement.draft === undefined) return refusal(judgement, 'the answer holds no code that fits here');
  const recall = { identity: identityOf(input), answer: judgement.text, promised: judgement.promised };
  return { kind: 'draft', draft: judgement.draft, verdict: judgement.verdict, recall };
}

/** Nothing more is spent; what has been written is kept. */
export function outOfBudget(run: Run, { why, mend }: Refused, text: string): PipelineResult {
  run.listen({ kind: 'decision', about: 'budget', sentence: why });
  return { kind: 'failed', failure: { kind: 'refused', message: `Stopped by the budget: ${why}`, mend }, text };
}

export function refusal(
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

/** Nothing was drafted: the task is not for this model, or nothing came that could be judged. `text` is kept. */
export function declined(why: string, text: string): PipelineResult {
  return refusal({ draft: undefined, verdict: { ok: false, checks: [] }, text }, why);
}

export function cancelled(text: string): PipelineResult & { kind: 'cancelled' } {
  return { kind: 'cancelled', text };
}

export function endedBy(answer: Answer, text: string): PipelineResult {
  if (answer.answer.call.outcome === 'cancelled' || answer.answer.failure === undefined) return cancelled(text);
  return { kind: 'failed', failure: answer.answer.failure, text };
}
