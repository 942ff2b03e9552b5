// In which form a worker is asked to answer: the whole code again, or only what changes, whichever is expected to take fewer tokens.
// Pure.

import { roughTokens } from '../base/text.ts';
import type { Task } from './task.ts';

export type AnswerForm = 'whole' | 'blocks';

export interface FormChoice {
  readonly form: AnswerForm;
  /** Expected tokens of the answer, a failed first try included. */
  readonly wholeTokens: number;
  readonly blocksTokens: number;
}

/** Markers of one block, and the line of context above and below that makes its search text unique. */
const markerTokens = 16;
const contextLines = 2;
/**
 * Lines that a fix changes around each complaint: over the 656 faulty functions of HumanEvalPack the median is 1 and 90 % change at
 * most 2 (`npx tsx test/bench/answer-form.ts`).
 */
const fixLines = 2;
/** Of a rewrite nobody knows; assumed to be some lines and a seventh of the code. */
const rewriteLines = 8;
const rewriteShare = 0.15;
/** One block answer in so many is assumed not to match and to be asked for again, as a whole. */
const missShare = 0.15;

/** @returns undefined where there is no choice: nothing stands there yet, or the answer is not code in its place. */
export function chooseForm(task: Task, targetText: string): FormChoice | undefined {
  if ((task.actionId !== 'fix' && task.actionId !== 'rewrite') || task.target.kind === 'after') return undefined;
  const lines = targetText.split('\n').length;
  const wholeTokens = roughTokens(targetText);
  const perLine = wholeTokens / lines;
  const blocks = task.actionId === 'fix' ? clustersOf(task) : Math.ceil((lines * rewriteShare) / 4) + 1;
  const changed = task.actionId === 'fix' ? blocks * fixLines : rewriteLines + lines * rewriteShare;
  const written = blocks * markerTokens + perLine * (2 * changed + 2 * contextLines * blocks);
  const blocksTokens = Math.round(written + missShare * wholeTokens);
  return { form: blocksTokens < wholeTokens ? 'blocks' : 'whole', wholeTokens, blocksTokens };
}

/** Complaints within a few lines of each other are mended by one block. */
function clustersOf({ findings, text }: Task): number {
  const lines = findings.map(({ range }) => text.slice(0, range.start).split('\n').length).sort((a, b) => a - b);
  return Math.max(1, lines.filter((line, index) => index === 0 || line - (lines[index - 1] ?? line) > 4).length);
}
