// The questions that wait for an answer: one per surface, the newest. Each ends, whatever the model does: with its answer, when a newer
// one comes, when the editor cancels it, when its time is over.

import type { Clock } from '../base/clock.ts';
import type { CompletionAnswer, CompletionRequest } from './port.ts';

export interface Waiting {
  /**
   * @param work gets a signal that aborts when nobody wants its answer any more; going over time is no reason.
   * @param milliseconds after which the answer is empty and unfinished.
   * @param cancelled called after the editor has cancelled the question.
   */
  wait(
    question: {
      readonly surface: CompletionRequest['surface'];
      readonly milliseconds: number;
      readonly work: (left: AbortSignal) => Promise<CompletionAnswer>;
      readonly cancelled: () => void;
    },
    signal: AbortSignal,
  ): Promise<CompletionAnswer>;
  /** Nobody waits. */
  isEmpty(): boolean;
  /** Answers everybody. */
  dismissAll(): void;
}

export const nothing: CompletionAnswer = { offers: [], unfinished: false };
/** Editors keep a complete list, even an empty one, for what is typed next. */
const unfinished: CompletionAnswer = { offers: [], unfinished: true };

export function createWaiting(clock: Clock): Waiting {
  const present = new Map<CompletionRequest['surface'], AbortController>();

  return {
    async wait({ surface, milliseconds, work, cancelled }, signal) {
      present.get(surface)?.abort();
      if (signal.aborted) return unfinished;
      const left = new AbortController();
      present.set(surface, left);
      const onCancel = (): void => left.abort();
      signal.addEventListener('abort', onCancel, { once: true });
      const over = new AbortController();
      try {
        return await Promise.race([
          work(left.signal),
          aborted(left.signal),
          clock.sleep(milliseconds, over.signal).then(
            () => unfinished,
            () => nothing,
          ),
        ]);
      } finally {
        // With a reason: without one an error with its stack is made for each key.
        over.abort('over');
        signal.removeEventListener('abort', onCancel);
        if (present.get(surface) === left) present.delete(surface);
        if (signal.aborted) cancelled();
      }
    },
    isEmpty: () => present.size === 0,
    dismissAll() {
      for (const left of present.values()) left.abort();
    },
  };
}

function aborted(signal: AbortSignal): Promise<CompletionAnswer> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(unfinished);
    else signal.addEventListener('abort', () => resolve(unfinished), { once: true });
  });
}
