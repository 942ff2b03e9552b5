// The checks of a draft that run something, all of it in the sandbox: for drafts that would be shown as done, when the owner asked.

import { applyEdits, type OffsetRange } from '../../base/text.ts';
import type { PipelineDependencies } from '../port.ts';
import type { ActionId, Check, Draft, Task } from '../task.ts';
import { regionsAfter } from '../verify.ts';
import { checkerCheck } from './checker.ts';
import type { Source } from './documented.ts';
import { exampleChecks } from './examples.ts';

/** A draft as the file that it makes. */
export interface Edited {
  readonly task: Task;
  readonly after: Source;
  /** Where generated code stands in it. */
  readonly regions: readonly OffsetRange[];
  /** As the file is called in the sandbox. */
  readonly fileName: string;
}

/** Documentation changes nothing that runs, tests go to another file, an explanation has no code. */
const executed: ReadonlySet<ActionId> = new Set(['implement', 'fix', 'rewrite']);

/** @returns the checks, none where nothing is to be run. Rejects with the signal's reason. */
export async function executedChecks(
  task: Task,
  draft: Draft,
  { execute, settings, syntax }: Pick<PipelineDependencies, 'execute' | 'settings' | 'syntax'>,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const checker = settings.checkers?.[task.languageId];
  if (execute === undefined || (!settings.examples && checker === undefined)) return [];
  if (!executed.has(task.actionId) || draft.newFile !== undefined) return [];
  const text = applyEdits(task.text, draft.edits);
  const facts = await syntax.parse({ languageId: task.languageId, text }, signal);
  if (facts === undefined) return [];
  const fileName = /^\w[\w.-]*$/.test(task.fileName) ? task.fileName : `file${/\.\w+$/.exec(task.fileName)?.[0] ?? ''}`;
  const edited: Edited = { task, after: { text, facts }, regions: regionsAfter(draft), fileName };
  const [program, ...rest] = checker ?? [];
  const checks = program === undefined ? [] : [await checkerCheck(edited, [program, ...rest], execute, signal)];
  const examples = settings.examples ? await exampleChecks(edited, execute, signal) : [];
  return [...checks, ...examples].map((check) => ({ ...check, byRunning: true }));
}
