// Runs an exercise's own tests on a file, by language.

import type { Execute } from '../sandbox/port.ts';
import { goProgram } from './go-program.ts';
import type { Language } from './languages.ts';
import { type Program, type ProgramKind, runProgram, type TestOutcome } from './program.ts';
import { pythonProgram } from './python-program.ts';
import { scriptProgram } from './script-program.ts';

const kinds: Readonly<Record<Language, ProgramKind | string>> = {
  python: pythonProgram,
  js: scriptProgram,
  go: goProgram,
  rust: "Rust's tests of this data set need crates, and the sandbox has no network",
};

/** Rejects only with the signal's reason. */
export async function runTests(
  language: Language,
  program: Program,
  execute: Execute,
  signal: AbortSignal,
): Promise<TestOutcome> {
  const kind = kinds[language];
  return typeof kind === 'string' ? { status: 'not run', why: kind } : runProgram(kind, program, execute, signal);
}
