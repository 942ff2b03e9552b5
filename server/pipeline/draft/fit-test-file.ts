// Turns an answer into tests: a new file, the end of an existing test file, or the end of this file where the language keeps
// tests inside.

import { dominantLineBreak, withLineBreak } from '../../base/text.ts';
import type { SymbolFacts } from '../../syntax/facts.ts';
import type { Draft, Task } from '../task.ts';
import type { FittingPlace } from './place.ts';

/** @returns undefined unless the candidate parses and holds at least one definition or call that could be a test. */
export async function fitTests(
  place: FittingPlace,
  candidate: string,
  symbol: SymbolFacts,
): Promise<Draft | undefined> {
  const facts = await place.parse(candidate);
  if (facts === undefined || facts.errors.length > 0) return undefined;
  const copy = facts.symbols.find((other) => other.name === symbol.name && other.container.length === 0);
  const code = (
    copy === undefined ? candidate : candidate.slice(0, copy.range.start) + candidate.slice(copy.range.end)
  ).trim();
  return code === '' ? undefined : testDraft(place.task, code);
}

/** Where tests go, without any syntax: used for languages without a grammar too. */
export function testDraft(task: Task, code: string): Draft {
  const lineBreak = dominantLineBreak(task.otherFile?.text ?? task.text);
  if (task.otherFile === undefined) {
    const start = task.text.trimEnd().length;
    const text = withLineBreak(`\n\n${code}\n`, lineBreak);
    return { edits: [{ start, end: task.text.length, text }], regionEdits: [0], code, cautions: [] };
  }
  const before = task.otherFile.text;
  const text = withLineBreak(
    before === undefined || before.trim() === '' ? `${code}\n` : `${before.trimEnd()}\n\n\n${code}\n`,
    lineBreak,
  );
  return { edits: [], regionEdits: [], newFile: { path: task.otherFile.path, text }, code, cautions: [] };
}
