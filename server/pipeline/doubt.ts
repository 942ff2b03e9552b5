// Whether a model stands by an answer that it was sure of: what the answer leaves out of the request, and whether the same request in
// other words gives the same code, as surely. Only families that say so are asked again; knows no prompt.

import { squeezed } from '../base/text.ts';
import { type Answer, ask, type Expert, type Run, refusedByBudget } from './ask.ts';
import type { WorkerInput } from './prompts/family.ts';

/** @returns one sentence, or undefined where nothing speaks against the answer or it is below the family's bound anyway. */
export async function doubtOf(
  run: Run,
  input: WorkerInput,
  expert: Expert,
  answer: Answer,
): Promise<string | undefined> {
  const { family, seat } = expert;
  const { lowestTokenProbability: bound } = family;
  if (bound === undefined || answer.answer.failure || (answer.answer.call.lowestTokenProbability ?? 0) < bound)
    return undefined;
  const doubt = family.doubt?.(input.task, answer.text);
  if (doubt !== undefined) return doubt;
  const questions = family.again?.(input) ?? [];
  const name = nameIn(answer.text);
  for (const [index, question] of questions.entries()) {
    const refused = refusedByBudget(run, { expert, question }, 'asking again');
    if (refused !== undefined) return refused.why;
    const other = await ask(run, {
      expert,
      question,
      stage: 'verifying',
      index: index + 1,
      count: questions.length,
      stopFilters: [],
      attempt: 0,
    });
    if (other.answer.call.outcome === 'cancelled') return 'asking again was cancelled';
    if (other.answer.failure) return `asked again, ${seat.ref.model} failed: ${other.answer.failure.message}`;
    if (bodyOf(other.text, question.calls) !== bodyOf(answer.text, name))
      return `asked in other words, ${seat.ref.model} wrote something else`;
    const lowest = other.answer.call.lowestTokenProbability ?? 0;
    if (lowest < bound)
      return `asked in other words, ${seat.ref.model} was not sure: its least probable token had ${lowest.toFixed(2)}, below ${bound}`;
  }
  return undefined;
}

function nameIn(code: string): string {
  return /def (\w+)/.exec(code)?.[1] ?? '';
}

/** What stands below the first line, without blanks; the function's own name is left out. */
function bodyOf(code: string, name: string): string {
  const body = code.slice(code.indexOf('\n') + 1);
  return squeezed(name === '' ? body : body.replace(new RegExp(`\\b${name}\\(`, 'g'), '('));
}
