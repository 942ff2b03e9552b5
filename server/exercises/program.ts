// A program that holds what a model wrote, and its tests: run in the sandbox, or not at all. Types, and what all languages share.

import type { Execute, SandboxRequest, SandboxResult } from '../sandbox/port.ts';

export interface Program {
  /** The file. */
  readonly text: string;
  /** Goes after the file, and fails when the function is wrong. */
  readonly test: string;
}

export type TestOutcome =
  | { readonly status: 'passed' }
  | { readonly status: 'failed'; readonly why: string }
  /** Nothing was run: no verdict either way. */
  | { readonly status: 'not run'; readonly why: string };

/** How a language's programs are run. */
export interface ProgramKind {
  request(program: Program): SandboxRequest;
  /** Default: the program printed `endMark` last. */
  passed?(output: string): boolean;
  /** What it said, in a line. */
  why(errorOutput: string, output: string): string;
}

/** Printed by a program behind its tests: one that ends itself before (`sys.exit(0)`) has not passed them. */
export const endMark = 'joule-exercise: all tests ran';

const notSeen =
  'is not among the programs that the sandbox may see (name the folder that it is in under sandbox.readable in config.json)';

export async function runProgram(
  kind: ProgramKind,
  program: Program,
  execute: Execute,
  signal: AbortSignal,
): Promise<TestOutcome> {
  return outcomeOf(kind, await execute(kind.request(program), signal));
}

function outcomeOf(kind: ProgramKind, result: SandboxResult): TestOutcome {
  switch (result.kind) {
    case 'unavailable':
      return { status: 'not run', why: result.mend === undefined ? result.why : `${result.why} (${result.mend})` };
    case 'timed out':
      return { status: 'failed', why: `no end within ${result.seconds} s` };
    case 'out of memory':
      return { status: 'failed', why: `more than ${Math.round(result.memoryBytes / 2 ** 20)} MiB of memory` };
    case 'ran': {
      const { exitCode, output, errorOutput } = result;
      const missing = exitCode === 127 ? /^env: .(\w+).: /.exec(errorOutput)?.[1] : undefined;
      if (missing !== undefined) return { status: 'not run', why: `${missing} ${notSeen}` };
      if (exitCode === 0 && (kind.passed?.(output) ?? output.trimEnd().endsWith(endMark))) return { status: 'passed' };
      const why = kind.why(errorOutput, output).slice(0, 300);
      return { status: 'failed', why: why === '' ? 'it ended before its tests did' : why };
    }
  }
}
