// Reads HumanEval-Infilling's files (Bavarian et al., 2022; MIT), from a folder that the user names. Knows no model.

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

/** Lines that hold something. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}
