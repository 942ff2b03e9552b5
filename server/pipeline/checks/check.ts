// What every check takes and gives: evidence in one sentence when it fails, for the repair prompt and for people.

import type { OffsetRange } from '../../base/text.ts';
import type { SyntaxFacts } from '../../syntax/facts.ts';
import type { Check, Draft, Task } from '../task.ts';

/** A draft in its file. */
export interface Drafted {
  readonly task: Task;
  readonly draft: Draft;
  /** Symbols that a plan promised. */
  readonly promised: readonly string[];
  /** The file with the draft in it, and what the parser says of it. */
  readonly text: string;
  readonly after: SyntaxFacts;
  /** What the parser said of the file before; undefined for a new file. */
  readonly before: SyntaxFacts | undefined;
  /** Where generated text stands in `text`. */
  readonly regions: readonly OffsetRange[];
}

/** Passed without evidence, failed with it. */
export function check(name: string, evidence: string | undefined): Check {
  return evidence === undefined ? { name, status: 'passed' } : { name, status: 'failed', evidence };
}

export function notExecuted(name: string, evidence: string): Check {
  return { name, status: 'not-executed', evidence };
}
