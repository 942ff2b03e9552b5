// Runs JavaScript programs, each in a context of its own with ten seconds at most. A failed console.assert is an error.

import { createHash } from 'node:crypto';
import { createContext, Script } from 'node:vm';
import type { Program, Runner, TestResult } from './program.ts';

export const scriptRunner: Runner = {
  language: 'js',
  missing: async () => undefined,
  run: async (programs) => new Map(programs.map((program) => [program.key, runScript(program)])),
};

function runScript(program: Program): TestResult {
  const quiet = (): void => {};
  const assert = (condition: unknown, ...words: unknown[]): void => {
    if (!condition) throw new Error(`assertion failed ${words.join(' ')}`);
  };
  const context = createContext({
    console: { log: quiet, error: quiet, warn: quiet, info: quiet, assert },
    require: (name: string) => requireInContext(name),
    module: { exports: {} },
  });
  try {
    new Script(`${program.text}\n\n${program.test}\n`).runInContext(context, { timeout: 10_000 });
    return { ok: true };
  } catch (error) {
    return { ok: false, why: String(error).slice(0, 300) };
  }
}

/** The one package that the data set uses: a function from text to its MD5 in hex. */
function requireInContext(name: string): unknown {
  if (name === 'js-md5') return (text: string) => createHash('md5').update(text).digest('hex');
  throw new Error(`Cannot find module '${name}'`);
}
