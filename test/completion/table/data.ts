// Beside the product's reader of HumanEval-Infilling: lines of joule-tiny's own making, and halves to learn and to measure on. Knows no model.

import { readFileSync } from 'node:fs';
import { type InfillTask, linesOf } from '../../../server/exercises/infill-tasks.ts';

export {
  type InfillSet,
  type InfillTask,
  infillSets,
  readInfillTasks,
} from '../../../server/exercises/infill-tasks.ts';

/**
 * Tasks from lines `{prompt: "<|fim_prefix|>…<|fim_suffix|>…<|fim_middle|>", answer}`, as joule-tiny's evaluation has them; other jobs, and
 * what it was trained on (`held: false`), are left out.
 */
export function readOwnTasks(path: string): InfillTask[] {
  return linesOf(readFileSync(path, 'utf8')).flatMap((line, index) => {
    const row = JSON.parse(line) as { readonly prompt: string; readonly answer: string; readonly held?: boolean };
    const parts = /^<\|fim_prefix\|>([\s\S]*)<\|fim_suffix\|>([\s\S]*)<\|fim_middle\|>$/.exec(row.prompt);
    if (parts === null || row.held === false) return [];
    const [, prefix = '', suffix = ''] = parts;
    const id = `own/${index}`;
    return [{ id, group: id, languageId: 'python', prefix, suffix, truth: row.answer }];
  });
}

/** Two halves by function: what is learned on one is measured on the other. */
export function halves(tasks: readonly InfillTask[]): { training: InfillTask[]; measured: InfillTask[] } {
  const groups = [...new Set(tasks.map(({ group }) => group))];
  const training = new Set(groups.filter((_, index) => index % 2 === 0));
  return {
    training: tasks.filter(({ group }) => training.has(group)),
    measured: tasks.filter(({ group }) => !training.has(group)),
  };
}
