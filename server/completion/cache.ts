// Answers that may be shown again: for the same place, and for every place that is reached by typing what the answer says. Knows text
// alone; what was never shown and what was taken are the same to it.

import { type Base, typedAt } from './base.ts';
import type { Site } from './site.ts';

export interface CachedAnswer {
  readonly base: Base;
  readonly receiptId: string;
  /** Engine and model: another model's answer is another answer. */
  readonly modelKey: string;
  /** What is to be inserted at `base`. Empty: it is known that nothing is to be shown here. */
  readonly text: string;
}

export interface Cache {
  add(answer: CachedAnswer): void;
  /** The newest answer whose beginning was typed, with the rest of it. */
  find(site: Site, modelKey: string): { readonly answer: CachedAnswer; readonly rest: string } | undefined;
  /** Nothing of this receipt is given again. */
  forget(receiptId: string): void;
}

/** A few hundred kilobytes at the most. */
const mostAnswers = 60;

export function createCache(): Cache {
  let answers: CachedAnswer[] = [];
  return {
    add(answer) {
      answers.push(answer);
      if (answers.length > mostAnswers) answers.shift();
    },
    find(site, modelKey) {
      for (let index = answers.length - 1; index >= 0; index--) {
        const answer = answers[index];
        if (answer === undefined || answer.modelKey !== modelKey) continue;
        const typed = typedInto(answer, site);
        if (typed === undefined) continue;
        answers.splice(index, 1);
        answers.push(answer);
        return { answer, rest: answer.text.slice(typed.length) };
      }
      return undefined;
    },
    forget(receiptId) {
      answers = answers.filter((answer) => answer.receiptId !== receiptId);
    },
  };
}

/** The beginning of the answer that stands before the cursor; all of it is none: the answer is used up there. */
function typedInto({ base, text }: CachedAnswer, site: Site): string | undefined {
  if (text === '') return typedAt(base, site, 0);
  const { before } = site;
  for (let count = Math.min(text.length - 1, before.length); count >= 0; count--) {
    if (count > 0 && before.charCodeAt(before.length - 1) !== text.charCodeAt(count - 1)) continue;
    if (!before.endsWith(text.slice(0, count))) continue;
    const typed = typedAt(base, site, count);
    if (typed !== undefined) return typed;
  }
  return undefined;
}
