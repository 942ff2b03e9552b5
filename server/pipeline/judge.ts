// From an answer to the best draft it holds: drafts are made and verified one after the other until one passes, and what is sound
// is run where the owner asked for that.

import { squeezed } from '../base/text.ts';
import { blocksOf, draftsOf } from './draft/drafts.ts';
import { executedChecks } from './execution/execution.ts';
import type { PipelineDependencies } from './port.ts';
import type { Check, Draft, Task, Verdict } from './task.ts';
import { failures, verify } from './verify.ts';

/** Most drafts of one answer that are verified: each costs a parse of the file. */
const maximumDrafts = 10;

/** Most drafts of one answer that are run: each may take as long as the sandbox allows, twice. */
const maximumRuns = 2;

export interface JudgeRequest {
  readonly task: Task;
  readonly text: string;
  readonly lowestTokenProbability: number | undefined;
  /** What it is held against, where the model's family has a bound. */
  readonly bound: number | undefined;
  /** What else speaks against the answer, as a sentence. */
  readonly doubt?: string | undefined;
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

export async function judge(
  request: JudgeRequest,
  dependencies: Pick<PipelineDependencies, 'syntax' | 'execute' | 'settings'>,
  signal: AbortSignal,
): Promise<Judgement> {
  const { syntax } = dependencies;
  const { task, text, promised, bound } = request;
  let best: Judgement | undefined;
  let count = 0;
  const runs = new Set<string>();
  const unfinished: Unfinished[] = [];
  for await (const draft of draftsOf({ task, answer: text, required: promised }, syntax, signal)) {
    const result = await verify(
      {
        task,
        draft,
        promised,
        cutOff: request.cutOff,
        ...(bound === undefined
          ? {}
          : { confidence: { lowest: request.lowestTokenProbability, bound, doubt: request.doubt } }),
      },
      syntax,
      signal,
    );
    const region = squeezed(result.draft.regionEdits.map((index) => result.draft.edits[index]?.text ?? '').join(''));
    const leftOut = result.verdict.checks.find(
      (check) => check.name === 'nothing left out' && check.status === 'failed',
    );
    if (leftOut !== undefined) unfinished.push({ region, check: leftOut });
    const elided = result.verdict.ok ? unfinished.find((one) => one.region.startsWith(region))?.check : undefined;
    if (elided !== undefined) result.verdict = withChecks(result.verdict, [elided]);
    const sound = result.verdict.ok;
    const edits = JSON.stringify(result.draft.edits);
    if (runs.has(edits)) continue;
    const checks = sound ? await executedChecks(task, result.draft, dependencies, signal) : [];
    const verdict = withChecks(result.verdict, checks);
    const judgement = { draft: result.draft, verdict, text, promised };
    if (verdict.ok) return judgement;
    if (best === undefined || failures(verdict) < failures(best.verdict)) best = judgement;
    if (++count >= maximumDrafts || (sound && runs.add(edits).size >= maximumRuns)) break;
  }
  return best ?? { draft: undefined, verdict: noFit(request), text, promised };
}

/** A reading that leaves work to the reader. The same code without the words that say so is no more finished. */
interface Unfinished {
  readonly region: string;
  readonly check: Check;
}

function withChecks({ ok, checks }: Verdict, more: readonly Check[]): Verdict {
  return { ok: ok && more.every((check) => check.status !== 'failed'), checks: [...checks, ...more] };
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
