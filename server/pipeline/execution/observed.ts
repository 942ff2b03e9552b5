// Tests from calls: a model says what to call, and what comes out is seen by calling it, in the sandbox only. A model as small as
// joule-tiny can't calculate; what the function does today is what such a test holds on to. Knows no model.

import type { Execute, SandboxFile } from '../../sandbox/port.ts';
import type { Task } from '../task.ts';
import { mended } from './examples.ts';
import { observeScript } from './observe-script.ts';

export type Observed =
  | { readonly tests: string }
  /** Nothing was run, or nothing came out that a test could hold on to: a sentence. */
  | { readonly not: string };

/** Most calls that are run, and the longest one, in UTF-16 units. */
const mostCalls = 8;
const longestCall = 200;

/**
 * Python test functions whose expected values were seen.
 * @param answer calls of the target, one a line: `total([1, 2])`. Anything else is left out.
 */
export async function testsFromCalls(
  task: Task,
  answer: string,
  execute: Execute,
  signal: AbortSignal,
): Promise<Observed> {
  if (task.target.kind !== 'symbol' || task.languageId !== 'python')
    return { not: 'calls are run for Python functions only' };
  const { name } = task.target.symbol;
  const calls = callsOf(answer, name);
  if (calls.length === 0) return { not: `the model named no call of ${name}` };
  const files: readonly SandboxFile[] = [
    { path: '/tmp/work/code.py', text: task.text },
    { path: '/tmp/work/observe.py', text: observeScript },
    { path: '/tmp/work/calls.json', text: JSON.stringify(calls) },
  ];
  const result = await execute({ command: ['python3', '-I', '-B', '/tmp/work/observe.py'], files }, signal);
  if (result.kind === 'unavailable') return { not: mended(result) };
  if (result.kind !== 'ran') return { not: `running ${name} in the sandbox did not end well: ${result.kind}` };
  const seen = valuesIn(result.output, calls.length);
  if (seen === undefined) return { not: `${name} could not be run in the sandbox by itself` };
  const asserts = calls.flatMap((call, index) => assertOf(call, seen[index]));
  if (asserts.length === 0) return { not: `no call of ${name} gave a value that a test could compare` };
  return { tests: testFile(task, name, asserts) };
}

function callsOf(answer: string, name: string): string[] {
  const lines = answer.split('\n').map((line) => line.trim());
  const calls = lines.filter((line) => line.startsWith(`${name}(`) && line.endsWith(')') && line.length <= longestCall);
  return [...new Set(calls)].slice(0, mostCalls);
}

/** The code that was run may have written it: only its shape is trusted, and only literals come through the script. */
function valuesIn(output: string, count: number): readonly (string | null)[] | undefined {
  try {
    const values: unknown = JSON.parse(output);
    const sound =
      Array.isArray(values) &&
      values.length === count &&
      values.every((one) => one === null || typeof one === 'string');
    return sound ? values : undefined;
  } catch {
    return undefined;
  }
}

function assertOf(call: string, value: string | null | undefined): string[] {
  if (value === null || value === undefined || /[\r\n]/.test(value)) return [];
  const comparison = ['True', 'False', 'None'].includes(value) ? 'is' : '==';
  return [`    assert ${call} ${comparison} ${value}`];
}

function testFile({ fileName, otherFile }: Task, name: string, asserts: readonly string[]): string {
  const stem = fileName.replace(/\.py$/, '');
  const known = otherFile === undefined || new RegExp(`\\bimport\\b[^\\n]*\\b${name}\\b`).test(otherFile.text ?? '');
  const importLine = known || !/^[A-Za-z_]\w*$/.test(stem) ? '' : `from ${stem} import ${name}\n\n\n`;
  return `${importLine}def test_${name.replace(/^_+/, '')}() -> None:\n${asserts.join('\n')}\n`;
}
