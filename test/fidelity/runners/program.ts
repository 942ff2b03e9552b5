// A program to be tested, and what came of it. Programs are right answers put into files, perhaps damaged on the way.

import { spawn } from 'node:child_process';
import type { Language } from '../../../server/exercises/languages.ts';

export interface Program {
  readonly key: string;
  /** The file. */
  readonly text: string;
  /** Goes after the file, or for Go beside it. */
  readonly test: string;
}

export type TestResult = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** Tests many programs of one language together. */
export interface Runner {
  readonly language: Language;
  /** Undefined when the toolchain is here; else what is missing. */
  missing(): Promise<string | undefined>;
  /** One result for each program, by key. */
  run(programs: readonly Program[]): Promise<Map<string, TestResult>>;
}

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end. Resolves with code null when it can't be started or is killed. */
export function runCommand(
  command: string,
  commandArguments: readonly string[],
  options: {
    readonly cwd?: string;
    readonly stdin?: string;
    readonly environment?: NodeJS.ProcessEnv;
    readonly seconds?: number;
  } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      cwd: options.cwd,
      env: { ...process.env, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.seconds === undefined ? {} : { timeout: options.seconds * 1000, killSignal: 'SIGKILL' }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    child.stdin.on('error', () => {});
    child.on('error', (error) => resolve({ code: null, stdout, stderr: stderr + error.message }));
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(options.stdin ?? '');
  });
}

/** `undefined` when `command` starts and ends well. */
export async function missingCommand(command: string, ...commandArguments: string[]): Promise<string | undefined> {
  const { code } = await runCommand(command, commandArguments);
  return code === 0 ? undefined : `${command} is not on this machine`;
}

/** Runs `work` for each item, two at a time: this machine may be small. */
export async function twoAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as T);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}
