// The scripted libnvidia-ml.so.1: compiled from test/fixtures/nvml/stub.c when a test needs it, loaded by the real koffi code.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeTemporaryFolder } from './temporary-folder.ts';

export interface StubNvml {
  /** Path of a library with state of its own. */
  readonly library: string;
  /** Replaces the whole script; see stub.c for the keys. */
  script(entries: Readonly<Record<string, string | number | bigint>>): void;
  /** Names of the functions called so far, in order. */
  calls(): readonly string[];
}

const source = fileURLToPath(new URL('../fixtures/nvml/stub.c', import.meta.url));
const compiled = new Map<string, string>();

/**
 * A fresh stub. The script is found through the environment, so only the youngest stub of a process answers to its script.
 * @param leaveOut `NO_ENERGY`, `NO_FIELDS`, `NO_POWER`, `NO_PROCESSES`: symbols that an older driver lacks.
 * @returns undefined, after saying so, when there is no C compiler.
 */
export function makeStubNvml(...leaveOut: readonly string[]): StubNvml | undefined {
  const key = leaveOut.join(' ');
  const library = compiled.get(key) ?? compile(leaveOut);
  if (library === undefined) {
    console.log('SKIPPED: NVML stub because there is no C compiler (cc or gcc) on this machine');
    return undefined;
  }
  compiled.set(key, library);
  const folder = makeTemporaryFolder('joule-nvml-');
  const own = join(folder, 'libnvidia-ml.so.1');
  copyFileSync(library, own);
  const script = join(folder, 'script');
  process.env.JOULE_STUB_NVML = script;
  writeFileSync(script, '');
  return {
    library: own,
    script: (entries) =>
      writeFileSync(
        script,
        Object.entries(entries)
          .map(([name, value]) => `${name} ${value}\n`)
          .join(''),
      ),
    calls: () => (existsSync(`${script}.calls`) ? readFileSync(`${script}.calls`, 'utf8').trim().split('\n') : []),
  };
}

function compile(leaveOut: readonly string[]): string | undefined {
  const output = join(makeTemporaryFolder('joule-nvml-build-'), 'stub.so');
  for (const compiler of ['cc', 'gcc']) {
    try {
      execFileSync(
        compiler,
        ['-shared', '-fPIC', '-O1', '-o', output, source, ...leaveOut.map((name) => `-D${name}`)],
        {
          stdio: 'pipe',
        },
      );
      return output;
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!missing) throw error;
    }
  }
  return undefined;
}
