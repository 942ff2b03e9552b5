// Answers that passed, by what was asked. In memory only, because they are source text; the oldest go first. Knows no model.

import { createHash } from 'node:crypto';
import type { Recall, Recalled } from '../pipeline/recall.ts';

export interface Recollection {
  readonly find: Recall;
  /** The answer stands in the user's code. */
  add(identity: string, answer: Recalled): void;
  /** It was undone or turned down after all. */
  forget(receiptId: string): void;
}

const mostAnswers = 200;
/** Longer answers are not kept, in UTF-16 units: all together stay within some ten megabytes. */
const longestAnswer = 20_000;

export function createRecollection(): Recollection {
  const answers = new Map<string, Recalled>();
  return {
    find: (identity) => answers.get(keyOf(identity)),
    add(identity, answer) {
      if (answer.answer.length > longestAnswer) return;
      const key = keyOf(identity);
      answers.delete(key);
      answers.set(key, answer);
      const [oldest] = answers.keys();
      if (answers.size > mostAnswers && oldest !== undefined) answers.delete(oldest);
    },
    forget(receiptId) {
      for (const [key, answer] of answers) if (answer.receiptId === receiptId) answers.delete(key);
    },
  };
}

function keyOf(identity: string): string {
  return createHash('sha256').update(identity).digest('hex');
}
