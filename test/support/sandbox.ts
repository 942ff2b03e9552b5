// The real sandbox for tests, or a reason to skip that is said aloud.

import type { Context } from 'mocha';
import { systemClock } from '../../server/base/clock.ts';
import type { Sandbox } from '../../server/sandbox/port.ts';
import { createSandbox, type SandboxOptions } from '../../server/sandbox/sandbox.ts';

/** What the tests run in it. */
async function missingPython(sandbox: Sandbox): Promise<{ why: string; mend?: string } | undefined> {
  const signal = new AbortController().signal;
  const result = await sandbox.execute({ command: ['python3', '-I', '-c', ''], files: [] }, signal);
  return result.kind === 'unavailable' ? result : undefined;
}

/** Ends the test or its group as skipped where nothing can be run in a sandbox. */
export async function sandboxOrSkip(test: Context, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = createSandbox({ clock: systemClock, hidden: [], readable: [], ...options });
  const problem = (await sandbox.problem()) ?? (await missingPython(sandbox));
  if (problem !== undefined) {
    console.log(`      SKIPPED: ${problem.why}${problem.mend === undefined ? '' : ` (${problem.mend})`}`);
    test.skip();
  }
  return sandbox;
}
