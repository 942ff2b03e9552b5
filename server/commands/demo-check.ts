// Runs the sample's own tests by the Python that is there. Generated code runs only after sample/check.py has looked at it, and
// what was not run is never a pass.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { assetUrl } from '../base/program-files.ts';

export type CheckOutcome =
  | { readonly status: 'passed'; readonly tests: readonly string[] }
  | { readonly status: 'failed'; readonly tests: readonly string[]; readonly why: string }
  | { readonly status: 'not-executed'; readonly why: string };

export interface CheckOptions {
  /** Commands to try in turn; the first that is a Python 3 decides. */
  readonly pythons?: readonly string[];
  readonly longestMilliseconds?: number;
}

export async function checkSample(file: string, options: CheckOptions = {}): Promise<CheckOutcome> {
  const usual = process.platform === 'win32' ? ['py', 'python3', 'python'] : ['python3', 'python'];
  for (const python of options.pythons ?? usual) {
    const output = await runPython(python, file, options.longestMilliseconds ?? 15_000);
    const outcome = output === undefined ? undefined : readOutput(output);
    if (outcome !== undefined) return outcome;
  }
  return { status: 'not-executed', why: 'no python3' };
}

/** What the check printed; undefined when this command is no Python 3. Isolated (-I), without site packages (-S). */
function runPython(python: string, file: string, longestMilliseconds: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const check = fileURLToPath(assetUrl('sample/check.py'));
    const { PATH, HOME, SystemRoot } = process.env;
    const child = spawn(python, ['-I', '-S', check, file], {
      env: { PATH, HOME, SystemRoot },
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    // Not by spawn's own `timeout`: that keeps a command that could not be started waiting.
    const timer = setTimeout(() => child.kill('SIGKILL'), longestMilliseconds);
    const end = (text: string | undefined): void => {
      clearTimeout(timer);
      resolve(text);
    };
    child.once('error', () => end(undefined));
    child.once('close', (_, signal) => end(signal === null ? output : stopped));
  });
}

const stopped = JSON.stringify({ tests: [], failed: { 'the code': 'it ran too long and was stopped' } });

function readOutput(output: string): CheckOutcome | undefined {
  let said: { tests?: unknown; failed?: unknown; refused?: unknown };
  try {
    said = JSON.parse(output);
  } catch {
    return undefined;
  }
  if (typeof said.refused === 'string') {
    return { status: 'not-executed', why: `the code was not run: ${said.refused}` };
  }
  const tests = Array.isArray(said.tests) ? said.tests.map(String) : [];
  const failed = Object.entries(said.failed ?? {});
  if (failed.length > 0) {
    return { status: 'failed', tests, why: failed.map(([name, why]) => `${name}: ${why}`).join('; ') };
  }
  return tests.length === 0 ? { status: 'not-executed', why: 'there are no tests' } : { status: 'passed', tests };
}
