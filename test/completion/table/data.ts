// Reads the infilling tasks: HumanEval-Infilling's files (Bavarian et al., 2022; MIT), and lines of joule-tiny's own making. Knows no model.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface InfillTask {
  readonly id: string;
  /** Tasks of one function share it: they go into the same half, and are one draw of a resample. */
  readonly group: string;
  readonly languageId: 'python';
  readonly prefix: string;
  readonly suffix: string;
  readonly truth: string;
}

export const infillSets = {
  'single-line': 'HumanEval-SingleLineInfilling.jsonl.gz',
  'random-span': 'HumanEval-RandomSpanInfillingLight.jsonl.gz',
} as const;
export type InfillSet = keyof typeof infillSets;

interface Row {
  readonly task_id: string;
  readonly prompt: string;
  readonly suffix: string;
  readonly canonical_solution: string;
}

/** Tasks of one file, in its order. Undefined when it is not there. */
export function readInfillTasks(folder: string, set: InfillSet): InfillTask[] | undefined {
  const path = join(folder, infillSets[set]);
  if (!existsSync(path)) return undefined;
  return linesOf(gunzipSync(readFileSync(path)).toString('utf8')).map((line) => {
    const row = JSON.parse(line) as Row;
    return {
      id: row.task_id,
      group: /HumanEval\/\d+/.exec(row.task_id)?.[0] ?? row.task_id,
      languageId: 'python',
      prefix: row.prompt,
      suffix: row.suffix,
      truth: row.canonical_solution,
    };
  });
}

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

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
