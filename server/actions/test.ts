// test: tests for a definition, in a new or existing test file by the language's convention.
//
//   def slug(title):             →   test_words.py      def test_slug_joins_words_by_hyphens():
//       return "-".join(…                                   assert slug("Two Words") == "two-words"
//
//   Python      test_x.py, tests/test_x.py or ../tests/test_x.py     Go     x_test.go
//   TypeScript  x.test.ts, x.spec.ts or __tests__/x.test.ts          Rust   the same file, `#[cfg(test)] mod tests`
//
// The first of these that exists is extended, else the first is created. Where there is no convention (or no directory, as for
// untitled documents) the tests go behind the code in the same file. Not offered inside test files. Needs a grammar.

import type { Action, Place } from './action.ts';
import { expectedTokens } from './expected.ts';
import { extentOf, pointedSymbol } from './symbols.ts';
import { taskOf } from './task-of.ts';
import { documentationWords, instructionOf, shownName } from './words.ts';

export const test: Action = {
  id: 'test',
  kind: 'refactor.rewrite.joule.test',

  offer(place, explicit) {
    const symbol = pointedSymbol(place, explicit);
    if (symbol === undefined || (!explicit && isTestFile(place.path))) return undefined;
    const target = extentOf(place.text, symbol);
    return {
      title: `Write tests for ${shownName(symbol)}`,
      target: { kind: 'symbol', symbol },
      expected: expectedTokens(place, { actionId: 'test', target, pieces: 1 }),
    };
  },

  task(place, instruction) {
    const symbol = pointedSymbol(place, true);
    if (symbol === undefined) return undefined;
    const words = instructionOf([instruction, documentationWords(place, symbol)]);
    return taskOf(place, { actionId: 'test', target: { kind: 'symbol', symbol }, instruction: words });
  },

  otherFiles(place) {
    const name = place.path.split(/[/\\]/).at(-1) ?? '';
    if (isTestFile(place.path) || name === '') return [];
    return testFiles(place, name);
  },
};

function testFiles(place: Place, name: string): readonly string[] {
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const ending = dot > 0 ? name.slice(dot) : '';
  switch (place.languageId) {
    case 'python':
      return [`test_${stem}.py`, `tests/test_${stem}.py`, `../tests/test_${stem}.py`];
    case 'go':
      return [`${stem}_test.go`];
    case 'typescript':
    case 'typescriptreact':
    case 'javascript':
    case 'javascriptreact':
      return [`${stem}.test${ending}`, `${stem}.spec${ending}`, `__tests__/${stem}.test${ending}`];
    default:
      return [];
  }
}

/** By name: `test_x.py`, `x_test.go`, `x.test.ts`, `x.spec.js`, anything in `tests/` or `__tests__/`. */
function isTestFile(path: string): boolean {
  return /(?:^|[/\\])(?:test_[^/\\]*\.py|[^/\\]*_test\.(?:py|go)|[^/\\]*\.(?:test|spec)\.[cm]?[jt]sx?|(?:tests|__tests__)[/\\][^/\\]*)$/.test(
    path,
  );
}
