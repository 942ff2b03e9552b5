// Three rows in HumanEvalPack's format, ours, in a folder as `--data` names it; and answers of a model that knows them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSetRow } from '../../server/exercises/data-set.ts';

export interface ExerciseRow extends DataSetRow {
  /** A file of tests that is right, covers all lines and catches the fault. */
  readonly goodTests: string;
  readonly goodDocumentation: string;
}

function row(
  index: number,
  signature: string,
  given: Pick<ExerciseRow, 'docstring' | 'canonical_solution' | 'buggy_solution' | 'test'> & {
    readonly tests: string;
    readonly documentation: string;
  },
): ExerciseRow {
  const name = signature.slice(0, signature.indexOf('('));
  const { tests, documentation, ...rest } = given;
  return {
    task_id: `Python/${index}`,
    prompt: `def ${signature}:\n    """${given.docstring}"""\n`,
    entry_point: name,
    bug_type: 'operator misuse',
    failure_symptoms: 'incorrect output',
    goodTests: tests,
    goodDocumentation: documentation,
    ...rest,
  };
}

export const exerciseRows: readonly ExerciseRow[] = [
  row(0, 'twice(value)', {
    docstring: 'Two times the value.',
    canonical_solution: '    return value * 2\n',
    buggy_solution: '    return value ** 2\n',
    test: 'def check(twice):\n    assert twice(3) == 6\n    assert twice(0) == 0\n\ncheck(twice)',
    tests: 'def test_twice():\n    assert twice(3) == 6\n',
    documentation: 'Return two times value.',
  }),
  row(1, 'larger(left, right)', {
    docstring: 'The larger of the two.',
    canonical_solution: '    if left > right:\n        return left\n    return right\n',
    buggy_solution: '    if left < right:\n        return left\n    return right\n',
    test: 'def check(larger):\n    assert larger(1, 2) == 2\n    assert larger(5, 2) == 5\n\ncheck(larger)',
    tests: 'def test_left():\n    assert larger(5, 2) == 5\n\n\ndef test_right():\n    assert larger(1, 2) == 2\n',
    documentation: 'Return the larger of left and right.',
  }),
  row(2, 'evens(numbers)', {
    docstring: 'The even numbers, in their order.',
    canonical_solution: '    return [number for number in numbers if number % 2 == 0]\n',
    buggy_solution: '    return [number for number in numbers if number % 2 == 1]\n',
    test: 'def check(evens):\n    assert evens([1, 2, 3, 4]) == [2, 4]\n\ncheck(evens)',
    tests: 'def test_evens():\n    assert evens([1, 2, 3, 4]) == [2, 4]\n',
    documentation: 'Return the even ones of numbers.',
  }),
];

/** @returns what `--data` takes. */
export function writeExercises(folder: string): string {
  mkdirSync(join(folder, 'humanevalpack'), { recursive: true });
  const lines = exerciseRows.map(({ goodTests: _, goodDocumentation: __, ...one }) => JSON.stringify(one));
  writeFileSync(join(folder, 'humanevalpack/python.jsonl'), `${lines.join('\n')}\n`);
  return folder;
}

/** The row that a prompt is about: the last of the names that it holds. */
export function rowIn(text: string): ExerciseRow | undefined {
  const places = exerciseRows.map((one) => ({ one, at: text.lastIndexOf(`def ${one.entry_point}(`) }));
  return places.sort((a, b) => b.at - a.at).find(({ at }) => at >= 0)?.one;
}

export function functionOf({ prompt }: ExerciseRow, solution: string): string {
  return `${prompt}${solution}`;
}
