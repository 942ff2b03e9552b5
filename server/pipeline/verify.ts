// Says whether a draft may be shown as done, and why not: evidence for the repair prompt and for people. Nothing is executed
// here (`execution/` does that), and "not executed" is never a pass.

import { applyEdits, type OffsetRange } from '../base/text.ts';
import type { Syntax } from '../syntax/facts.ts';
import { cautionsOf } from './checks/cautions.ts';
import { check, type Drafted, notExecuted } from './checks/check.ts';
import { importCheck } from './checks/imports.ts';
import { nameCheck } from './checks/names.ts';
import { onlyCode } from './checks/only-code.ts';
import { placeholderCheck } from './checks/placeholders.ts';
import { publicSymbolCheck } from './checks/public-symbols.ts';
import { returnCheck } from './checks/returns.ts';
import { symbolChecks } from './checks/symbols.ts';
import { syntaxCheck } from './checks/syntax.ts';
import { testCheck } from './checks/tests.ts';
import type { Check, Draft, Task, Verdict } from './task.ts';

export interface VerifyRequest {
  readonly task: Task;
  readonly draft: Draft;
  /** Symbols that a plan promised. */
  readonly promised: readonly string[];
  /** Lowest token probability of the answer and the family's bound, where the family has one. */
  readonly confidence?: {
    readonly lowest: number | undefined;
    readonly bound: number;
    /** What else speaks against it, as a sentence. */
    readonly doubt?: string | undefined;
  };
  /** The generation ended because it hit the token limit. */
  readonly cutOff: boolean;
}

/** @returns the verdict and the draft with its cautions filled in. */
export async function verify(
  request: VerifyRequest,
  syntax: Syntax,
  signal: AbortSignal,
): Promise<{ verdict: Verdict; draft: Draft }> {
  const { task, draft } = request;
  const checks: Check[] = [...confidenceChecks(request), wholeness(request)];
  if (task.actionId === 'explain')
    return { verdict: verdictOf([...confidenceChecks(request), wholeness(request)]), draft };
  const inNewFile = draft.newFile !== undefined;
  const before = inNewFile ? undefined : task.facts;
  const text = draft.newFile?.text ?? applyEdits(task.text, draft.edits);
  const after = await syntax.parse({ languageId: task.languageId, text }, signal);
  const regions = inNewFile ? [{ start: 0, end: text.length }] : regionsAfter(draft);
  if (task.actionId !== 'document') checks.push(onlyCode(text, regions, after?.multilineLiterals ?? []));
  if (after === undefined) {
    checks.push(notExecuted('syntax', `no grammar for ${task.languageId}: the answer was not parsed`));
    return { verdict: verdictOf(checks), draft };
  }
  const drafted: Drafted = { task, draft, promised: request.promised, text, after, before, regions };
  checks.push(
    syntaxCheck(drafted),
    ...symbolChecks(drafted),
    placeholderCheck(text, regions),
    nameCheck(drafted),
    ...importCheck(drafted),
    ...publicSymbolCheck(drafted),
    ...returnCheck(drafted),
    ...(task.actionId === 'test' ? [testCheck(drafted)] : []),
  );
  return { verdict: verdictOf(checks), draft: { ...draft, cautions: cautionsOf(task, before, after) } };
}

/** How bad a verdict is, for keeping the best of several failing drafts. */
export function failures(verdict: Verdict): number {
  return verdict.checks.filter((check) => check.status === 'failed').length;
}

/** The evidence of all failed checks, one sentence each. */
export function evidenceOf(verdict: Verdict): string[] {
  return verdict.checks.filter((check) => check.status === 'failed').map((check) => check.evidence ?? check.name);
}

/** Whether asking the same model again could help: its own doubt can't be repaired by asking the same question. */
export function repairable(verdict: Verdict): boolean {
  return !verdict.checks.some((check) => check.name === 'confidence' && check.status === 'failed');
}

function verdictOf(checks: readonly Check[]): Verdict {
  return { ok: checks.every((check) => check.status !== 'failed'), checks };
}

function confidenceChecks({ confidence }: VerifyRequest): Check[] {
  if (confidence === undefined) return [];
  const { lowest, bound, doubt } = confidence;
  if (lowest === undefined)
    return [check('confidence', 'the engine gave no token probabilities, so the answer can not be trusted')];
  const sure = lowest >= bound;
  return [
    check(
      'confidence',
      sure ? doubt : `the model was not sure: its least probable token had ${lowest.toFixed(2)}, below ${bound}`,
    ),
  ];
}

function wholeness({ cutOff, draft }: VerifyRequest): Check {
  return check(
    'whole answer',
    cutOff ? 'the answer was cut off at the token limit' : draft.code.trim() === '' ? 'the answer is empty' : undefined,
  );
}

/** Where the regions' text stands after all edits. */
export function regionsAfter(draft: Draft): OffsetRange[] {
  const order = draft.edits.map((edit, index) => ({ edit, index })).sort((a, b) => a.edit.start - b.edit.start);
  const regions: OffsetRange[] = [];
  let shift = 0;
  for (const { edit, index } of order) {
    const start = edit.start + shift;
    if (draft.regionEdits.includes(index)) regions.push({ start, end: start + edit.text.length });
    shift += edit.text.length - (edit.end - edit.start);
  }
  return regions;
}
