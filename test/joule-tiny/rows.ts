// What joule-tiny is asked when it is scored: made examples, free wordings, and requests outside its domain. Asks nobody.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

export const recipe = fileURLToPath(new URL('../../server/models/joule-tiny/recipe/', import.meta.url));
const fixtures = fileURLToPath(new URL('../fixtures/joule-tiny/', import.meta.url));

/** One question. Fields beyond these are score.py's own. */
interface Question {
  readonly job: string;
  readonly prompt: string;
  readonly name?: string;
  readonly answer?: string;
  readonly [more: string]: unknown;
}

export interface Row extends Question {
  /** The row of the table that it counts for. */
  readonly set: string;
}

interface FreeRequest {
  readonly signature: string;
  readonly goal: string;
  readonly form: 'docstring' | 'above';
  readonly name: string;
  readonly asserts: readonly string[];
}

export function parseLines<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): T => JSON.parse(line));
}

/** @param count rows per job and kind of combination */
export function madeRows(count: number, seed: number): Row[] {
  const file = join(makeTemporaryFolder('joule-tiny-'), 'eval.jsonl');
  execFileSync('python3', [join(recipe, 'generate.py'), 'eval', String(count), String(seed), file]);
  return parseLines<Question & { held: boolean }>(readFileSync(file, 'utf8')).map(
    (row): Row => ({ ...row, set: `${row.job}, ${row.held ? 'held out' : 'known'}` }),
  );
}

/** Requests in free wording, with asserts: `free-*.jsonl`, and the two sets written by hand with the first grammar. */
export function freeRows(): Row[] {
  return readdirSync(fixtures)
    .filter((file) => /^(free|hand)-/.test(file))
    .sort()
    .flatMap((file) => {
      const set = `free wording, ${file.replace('.jsonl', '')}`;
      const requests = parseLines<FreeRequest | Question>(readFileSync(join(fixtures, file), 'utf8'));
      return requests.map((request): Row => ({ ...asked(request), job: 'free', set }));
    });
}

/** What it was not made for; an honest model is unsure here. */
export function foreignRows(): Row[] {
  return parseLines<{ prompt: string }>(readFileSync(join(fixtures, 'out-of-domain.jsonl'), 'utf8')).map(
    ({ prompt }): Row => ({ job: 'foreign', set: 'outside its domain', prompt }),
  );
}

function asked(request: FreeRequest | Question): Question {
  if (!isFree(request)) return request;
  const { signature, goal, form, name, asserts } = request;
  const wish = form === 'docstring' ? `${signature}\n    """${goal}"""` : `${goal}\n${signature}`;
  return { job: 'free', prompt: `<|code|>${wish}<|out|>`, name, asserts };
}

function isFree(request: FreeRequest | Question): request is FreeRequest {
  return 'form' in request;
}

export interface Wish {
  readonly goal: string;
  readonly signature: string;
  readonly inDocstring: boolean;
}

/** What a row asks for in words with a signature, as the product takes it; undefined for any other row. */
export function wishOf(row: Row): Wish | undefined {
  const signature = prefillOf(row).trimEnd();
  if (!['code', 'free'].includes(row.job) || signature === '') return undefined;
  const wish = row.prompt.replace('<|code|>', '').replace('<|out|>', '');
  const [before = '', after = ''] = wish.split(signature);
  const documented = /^\n {4}"""([\s\S]*)"""$/.exec(after)?.[1];
  const goal = (documented ?? before.split('\n').at(-2) ?? '').replace(/^# /, '');
  return goal === '' ? undefined : { goal, signature, inDocstring: documented !== undefined };
}

/** The `def ...:` line that the answer has to begin with, where the prompt shows it whole; the product prefills it too. */
export function prefillOf({ job, prompt, name }: Row): string {
  if (!['code', 'use', 'fix', 'free'].includes(job) || name === undefined) return '';
  const line = new RegExp(`^(?:<\\|\\w+\\|>)?(def ${name}\\(.*:)(?:<\\|out\\|>)?$`, 'm').exec(prompt);
  return line?.[1] === undefined ? '' : `${line[1]}\n`;
}
