// Whether every name that the new code uses is bound somewhere: in the file, by an import, by the language, or in another file of the
// same package.

import { editDistance } from '../../base/edit-distance.ts';
import type { Check } from '../task.ts';
import { check, type Drafted, notExecuted } from './check.ts';

const mostNamed = 5;

export function nameCheck({ task, draft, before, after, text }: Drafted): Check {
  // A test runner's globals are bound nowhere in the file; only Python's runners have none.
  if (task.actionId === 'test' && (task.languageId !== 'python' || draft.newFile === undefined))
    return check('names resolve', undefined);
  const known = new Set(before?.freeNames.map((free) => free.name) ?? []);
  const packageNames = task.surroundings?.packageNames;
  for (const name of packageNames ?? []) known.add(name);
  const unknown = [...new Set(after.freeNames.map((free) => free.name))].filter((name) => !known.has(name));
  const shown = unknown.slice(0, mostNamed);
  // A Go package's other files may define what this one uses.
  if (task.languageId === 'go' && packageNames === undefined && unknown.length > 0)
    return notExecuted(
      'names resolve',
      `not in this file: ${shown.join(', ')}; the package's other files were not read`,
    );
  const named = shown.map((name) => name + hint(name, task.text, text, unknown));
  return check('names resolve', unknown.length > 0 ? `not defined anywhere: ${named.join(', ')}` : undefined);
}

/** ` (did you mean values?)`: a name of the file that is nearly the same, for whoever mends it. */
function hint(name: string, file: string, text: string, unknown: readonly string[]): string {
  const most = name.length < 5 ? 1 : 2;
  const names = new Set(`${file}\n${text}`.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? []);
  const near = [...names]
    .filter((other) => !unknown.includes(other) && Math.abs(other.length - name.length) <= most)
    .map((other) => ({ other, distance: editDistance(name, other) }))
    .filter(({ distance }) => distance <= most)
    .sort((a, b) => a.distance - b.distance)[0];
  return near === undefined ? '' : ` (did you mean ${near.other}?)`;
}
