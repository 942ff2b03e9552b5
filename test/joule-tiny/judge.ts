// Lets score.py judge answers inside the project's sandbox, the only place where what a model wrote is run. Knows no engine.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../server/sandbox/port.ts';
import type { Answered } from './answers.ts';
import { parseLines, recipe } from './rows.ts';

const rowsPerRun = 40;

/** @returns a verdict per answer, "right" or what was wrong. Throws when the sandbox can't run it or verdicts are missing. */
export async function judge(sandbox: Sandbox, answers: readonly Answered[]): Promise<string[]> {
  const program = readFileSync(join(recipe, 'score.py'), 'utf8');
  const verdicts: string[] = [];
  for (let start = 0; start < answers.length; start += rowsPerRun) {
    const part = answers.slice(start, start + rowsPerRun);
    const result = await sandbox.execute(
      {
        command: ['python3', '-I', '/tmp/score.py', '/tmp/answers.jsonl'],
        files: [
          { path: '/tmp/score.py', text: program },
          { path: '/tmp/answers.jsonl', text: part.map(({ row, out }) => JSON.stringify({ ...row, out })).join('\n') },
        ],
        limits: { wallMilliseconds: 120_000 },
      },
      new AbortController().signal,
    );
    if (result.kind === 'unavailable') throw new Error(result.why);
    const found = parseLines<string>(result.output);
    if (found.length !== part.length) {
      throw new Error(
        `score.py judged ${found.length} of ${part.length} answers (${result.kind}): ${result.errorOutput}`,
      );
    }
    verdicts.push(...found);
  }
  return verdicts;
}
