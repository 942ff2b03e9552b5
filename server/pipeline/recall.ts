// Whether the same was asked before: what makes two requests the same, and the shape of what is kept. Pure; who keeps it is elsewhere.

import type { WorkerInput } from './prompts/family.ts';

/** An answer that passed, for the next time that the same is asked. */
export interface Recalled {
  /** As the model gave it: it is fitted and verified anew. */
  readonly answer: string;
  /** Symbols that a plan had promised. */
  readonly promised: readonly string[];
  /** Receipt of the answer's joules. */
  readonly receiptId: string;
}

/** Finds the answer to a request with this identity, if one passed. */
export type Recall = (identity: string) => Recalled | undefined;

/**
 * All that a worker is shown, so that the same identity means the same prompt, whichever model reads it. The file's name counts only
 * for tests, which import it.
 */
export function identityOf({ task, context, targetText }: WorkerInput): string {
  const { actionId, languageId, fileName, instruction, findings, otherFile, target } = task;
  const place = target.kind === 'symbol' ? [...target.symbol.container, target.symbol.name] : target.kind;
  const problems = findings.map((finding) => finding.message);
  const file = actionId === 'test' ? fileName : '';
  return JSON.stringify([actionId, languageId, file, place, targetText, context, instruction, problems, otherFile]);
}
