// What `joule-ls doctor` says of the sandbox: whether it works here, and what the owner lets run in it.

import { oneLine } from '../base/escape.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import type { Workbench } from './workbench.ts';

export interface SandboxFinding {
  /** Names of the checks that are to run in it: `examples`, and `checker (python)` for each language. */
  readonly asked: readonly string[];
  /** Undefined when it works. */
  readonly problem: { readonly why: string; readonly mend?: string } | undefined;
}

/** Starts `true` in it, once. */
export async function sandboxFinding({ clock, owner, places }: Workbench): Promise<SandboxFinding> {
  const sandbox = createSandbox({ clock, hidden: places.privateFolders, readable: owner.sandbox.readable });
  const checkers = Object.keys(owner.checkers).map((languageId) => `checker (${languageId})`);
  return { asked: [...(owner.examples === 'on' ? ['examples'] : []), ...checkers], problem: await sandbox.problem() };
}

/** One line, and one for the mend; for an owner who lets something run. */
export function sandboxLine({ asked, problem }: SandboxFinding): string[] {
  if (problem === undefined) return [`  + works; runs ${oneLine(asked.join(', '), 200)}`];
  const mend = problem.mend === undefined ? [] : [`      ${problem.mend}`];
  return [`  - ${oneLine(`${problem.why}; not executed: ${asked.join(', ')}`, 300)}`, ...mend];
}
