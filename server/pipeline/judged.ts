// From a model's answer to a judgement of it, or to the end of the run.

import type { Answer, Expert, Run } from './ask.ts';
import { doubtOf } from './doubt.ts';
import { cancelled, endedBy } from './ending.ts';
import { type Judgement, judge } from './judge.ts';
import type { WorkerInput } from './prompts/family.ts';
import { withSecondOpinion } from './second-opinion.ts';
import type { PipelineResult } from './task.ts';

export type AttemptOutcome = { readonly judgement: Judgement } | { readonly ended: PipelineResult };

export async function judged(run: Run, input: WorkerInput, expert: Expert, answer: Answer): Promise<AttemptOutcome> {
  const { task } = input;
  if (answer.answer.call.outcome === 'cancelled') return { ended: cancelled(answer.text) };
  const doubt = await doubtOf(run, input, expert, answer);
  if (run.signal.aborted) return { ended: cancelled(answer.text) };
  const judgement = await judge(
    {
      task,
      text: answer.text,
      bound: expert.family.lowestTokenProbability,
      doubt,
      lowestTokenProbability: answer.answer.call.lowestTokenProbability,
      cutOff: answer.cutOff,
      promised: [],
    },
    run.dependencies,
    run.signal,
  );
  if (answer.answer.failure && !judgement.verdict.ok) return { ended: endedBy(answer, answer.text) };
  return { judgement: await withSecondOpinion(run, input, judgement) };
}
