// The optional judge (SEEDS S3): a model reads a sound answer and says whether it rests on what was shown. Its verdict is one more check;
// a judge that can't be understood has said nothing.

import type { JsonSchema } from '../models/engine.ts';
import { codeInJson, objectIn } from './answer/json-answer.ts';
import { candidatesOf } from './answer/undress.ts';
import { ask, type Expert, expertFor, type Run, refusedByBudget } from './ask.ts';
import type { Judgement } from './judge.ts';
import type { WorkerInput } from './prompts/family.ts';
import type { Check } from './task.ts';

/** SEEDS S3's verdict. */
const verdictSchema: JsonSchema = {
  type: 'object',
  properties: {
    verdict: { type: 'string', enum: ['grounded', 'ungrounded', 'small talk'] },
    sources: { type: 'array', maxItems: 4, items: { type: 'string' } },
    reason: { type: 'string' },
  },
  required: ['verdict', 'sources', 'reason'],
};

/** @returns the judgement with a check `grounded` more, where the settings ask for one and the answer passed all others. */
export async function withSecondOpinion(run: Run, input: WorkerInput, judgement: Judgement): Promise<Judgement> {
  const { settings, roles } = run.dependencies;
  if (!settings.judge || !judgement.verdict.ok || judgement.draft === undefined) return judgement;
  const check = await opinionOf(run, input, judgement.draft.code, expertFor(roles, 'judge'));
  const checks = [...judgement.verdict.checks, check];
  return { ...judgement, verdict: { ok: check.status !== 'failed', checks } };
}

async function opinionOf(run: Run, input: WorkerInput, code: string, expert: Expert): Promise<Check> {
  const unsaid = (why: string): Check => ({ name: 'grounded', status: 'not-executed', evidence: why });
  const question = expert.family.judge({ ...input, code }, verdictSchema);
  if (question === undefined) return unsaid(`${expert.seat.ref.model} can't judge`);
  const refused = refusedByBudget(run, { expert, question }, 'a second opinion');
  if (refused !== undefined) {
    run.listen({ kind: 'decision', about: 'budget', sentence: refused.why });
    return unsaid(refused.why);
  }
  const answer = await ask(run, {
    expert,
    question,
    stage: 'verifying',
    index: 1,
    count: 1,
    stopFilters: [],
    attempt: 0,
  });
  if (answer.answer.failure) return unsaid(`the judge failed: ${answer.answer.failure.message}`);
  const opinion = readOpinion(answer.text);
  if (opinion === undefined) return unsaid('the judge did not answer with a verdict');
  const { verdict, reason } = opinion;
  const said = verdict === 'small talk' ? 'calls it talk instead of an answer' : `calls it ${verdict}`;
  run.listen({ kind: 'decision', about: 'judge', sentence: `the judge ${said}` });
  if (verdict === 'grounded') return { name: 'grounded', status: 'passed' };
  return { name: 'grounded', status: 'failed', evidence: `a reviewer ${said}: ${reason}` };
}

interface Opinion {
  readonly verdict: 'grounded' | 'ungrounded' | 'small talk';
  readonly reason: string;
}

function readOpinion(answer: string): Opinion | undefined {
  for (const text of candidatesOf(answer).flatMap((candidate) => [candidate, ...codeInJson(candidate)])) {
    const value = objectIn(text);
    if (value === undefined) continue;
    const { verdict, reason } = value;
    const word = typeof verdict === 'string' ? verdict.trim().toLowerCase().replace(/[_-]/g, ' ') : '';
    if (word === 'grounded' || word === 'ungrounded' || word === 'small talk')
      return { verdict: word, reason: typeof reason === 'string' ? reason.trim().slice(0, 400) : 'no reason given' };
  }
  return undefined;
}
