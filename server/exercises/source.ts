// One function to be written, mended or documented, with everything that its file and its tests need. Plain data.
// Made from the data set (data-set.ts), or written by hand in the tests.

import type { Language } from './languages.ts';

/** Texts use `\n` and have no leading or trailing line breaks. */
export interface Source {
  /** `Python/38` in the data set, `own/python/…` in the tests. */
  readonly id: string;
  readonly language: Language;
  readonly name: string;
  readonly parameters: string;
  /** What must be first in the file: Go's package clause, Rust's `fn main`. */
  readonly header: string;
  readonly imports: string;
  readonly onlyBodyNeedsImports: boolean;
  /** Other definitions before and after the function that the answer or the tests use. */
  readonly definitionsBefore: string;
  readonly definitionsAfter: string;
  /** As it stands in the file; '' when there is none. */
  readonly documentation: string;
  readonly prose: string;
  readonly signature: string;
  readonly body: string;
  readonly buggyBody: string;
  /** What the failing test would say of the bug. */
  readonly symptom: string;
  readonly calls: readonly string[];
  /** Goes after the file (Python, JavaScript, Rust) or beside it (Go), and fails when the function is wrong. */
  readonly test: string;
  /** False when even the right answer fails it now and then: the edited text is judged, the test is not run. */
  readonly testIsSteady: boolean;
}
