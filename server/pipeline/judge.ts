// From an answer to the best draft it holds: drafts are made and verified one after the other until one passes.

import type { Syntax } from '../syntax/facts.ts';
import type { Expert } from './ask.ts';
import { blocksOf, draftsOf } from './draft/drafts.ts';
import type { Draft, Task, Verdict } from './task.ts';
import { failures, verify } from './verify.ts';

/** Most drafts of one answer that are verified: each costs a parse of the file. */
const maximumDrafts = 10;

export interface JudgeRequest {
  readonly task: Task;
  readonly text: string;
  readonly expert: Expert;
  readonly lowestTokenProbability: number | undefined;
  readonly cutOff: boolean;
  /** Symbols that a plan promised; they are carried into the file and must be there. */
  readonly promised: readonly string[];
}

export interface Judgement {
  readonly draft: Draft | undefined;
  readonly verdict: Verdict;
  /** The answer as the model gave it, kept whatever happens. */
  readonly text: string;
  readonly promised: readonly string[];
}

export async function judge(request: JudgeRequest, syntax: Syntax, signal: AbortSignal): Promise<Judgement> {
  const { task, text, promised } = request;
  const bound = request.expert.family.lowestTokenProbability;
  let best: Judgement | undefined;
  let count = 0;
  for await (const draft of draftsOf({ task, answer: text, required: promised }, syntax, signal)) {
    const result = await verify(
      {
        task,
        draft,
        promised,
        cutOff: request.cutOff,
        ...(bound === undefined ? {} : { confidence: { lowest: request.lowestTokenProbability, bound } }),
      },
      syntax,
      signal,
    );
    const judgement = { draft: result.draft, verdict: result.verdict, text, promised };
    if (result.verdict.ok) return judgement;
    if (best === undefined || failures(result.verdict) < failures(best.verdict)) best = judgement;
    if (++count >= maximumDrafts) break;
  }
  return best ?? { draft: undefined, verdict: noFit(request), text, promised };
}

function noFit({ task, text, cutOff }: JudgeRequest): Verdict {
  const blocks = blocksOf({ task, answer: text });
  const why =
    blocks !== undefined && 'problem' in blocks
      ? blocks.problem
      : text.trim() === ''
        ? 'the model answered with nothing'
        : 'the answer holds no code that fits here';
  const checks = [{ name: 'fits', status: 'failed' as const, evidence: why }];
  if (cutOff)
    checks.push({ name: 'whole answer', status: 'failed', evidence: 'the answer was cut off at the token limit' });
  return { ok: false, checks };
}
