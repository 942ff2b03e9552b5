// The check by the owner's own command, e.g. pyflakes: run in the sandbox on the file before and after the edit. Only what it says
// anew fails. Knows no language.

import type { Execute, SandboxResult } from '../../sandbox/port.ts';
import type { Check } from '../task.ts';
import { mended } from './examples.ts';
import type { Edited } from './execution.ts';

/** New lines that are shown; the rest is counted. */
const shownLines = 3;

/** @param command program and arguments; `{file}` in any of them stands for the file's path. */
export async function checkerCheck(
  { task, after, fileName }: Edited,
  command: readonly [string, ...string[]],
  execute: Execute,
  signal: AbortSignal,
): Promise<Check> {
  const name = nameOf(command);
  const path = `/tmp/work/${fileName}`;
  const [program, ...rest] = command;
  const filled = rest.map((argument) => argument.replaceAll('{file}', path));
  const run = (text: string): Promise<SandboxResult> =>
    execute({ command: [program, ...filled], files: [{ path, text }] }, signal);
  const [was, is] = await Promise.all([run(task.text), run(after.text)]);
  const why = whyNot(was) ?? whyNot(is);
  if (was.kind !== 'ran' || is.kind !== 'ran' || why !== undefined)
    return { name, status: 'not-executed', evidence: `${name} did not come to an end: ${why}` };
  const fresh = newLines(linesOf(was), linesOf(is)).map((line) => line.replaceAll(path, fileName));
  if (fresh.length === 0 && (is.exitCode === 0 || was.exitCode !== 0)) return { name, status: 'passed' };
  const more = fresh.length > shownLines ? ` (and ${fresh.length - shownLines} more)` : '';
  const said = fresh.slice(0, shownLines).join('; ') || `it ends with ${is.exitCode}`;
  return { name, status: 'failed', evidence: `${name} complains: ${said}${more}` };
}

/** The program's base name, or the module's where an interpreter runs one. */
function nameOf([program, option, module]: readonly [string, ...string[]]): string {
  return option === '-m' && module !== undefined ? module : (program.split('/').at(-1) ?? program);
}

function whyNot(result: SandboxResult): string | undefined {
  if (result.kind === 'unavailable') return mended(result);
  if (result.kind === 'timed out') return `not within ${result.seconds} s`;
  if (result.kind === 'out of memory') return 'the memory was not enough';
  // A program that the interpreter can't find, or that died by a signal, has said nothing of the code.
  if (result.exitCode > 128) return `it was ended by signal ${result.exitCode - 128}`;
  return /^\S+: No module named \S+$/m.exec(result.errorOutput)?.[0];
}

/** Counts and closing words change with any complaint; what is new stands in a line of its own. */
const summary = /^\W*(?:found|success|all|checked)\b|^\W*\d+ (?:problem|error|warning|issue|file)s?\b/i;

function linesOf({ output, errorOutput }: SandboxResult & { kind: 'ran' }): readonly string[] {
  return `${output}\n${errorOutput}`.split('\n').filter((line) => line.trim() !== '' && !summary.test(line));
}

/** Lines whose words, numbers apart, stand there more often than before. */
function newLines(before: readonly string[], after: readonly string[]): readonly string[] {
  const plain = (line: string): string => line.replace(/\d+/g, '0').trim();
  const left = new Map<string, number>();
  for (const line of before) left.set(plain(line), (left.get(plain(line)) ?? 0) + 1);
  return after.filter((line) => {
    const count = left.get(plain(line)) ?? 0;
    left.set(plain(line), count - 1);
    return count <= 0;
  });
}
