// The last thing that was typed into each document. A menu that opens while a name is being typed says that it was invoked, in every
// editor; this is how it is told from one that was asked for.

import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Documents } from './documents.ts';

export interface Typing {
  /** Whether the last change of the document touches `offset`: else the cursor has only been moved. */
  wroteAt(uri: string, offset: number): boolean;
  /** Whether the last change of the document touches `offset` and was made a moment ago. */
  justWrote(uri: string, offset: number): boolean;
  /** Whether the character before `offset` belongs to a name and was typed a moment ago. */
  justWroteWord(uri: string, offset: number): boolean;
}

interface LastEdit {
  readonly start: number;
  readonly end: number;
  /** A piece of a name was typed; some editors tell of several keys at once. */
  readonly isWord: boolean;
  readonly atNanoseconds: bigint;
}

/** Editors open the menu within a quarter of a second after a key (Helix: 250 ms, company and corfu: 200 ms). */
const momentSeconds = 0.6;

export function watchTyping(documents: Documents, clock: Clock): Typing {
  const last = new Map<string, LastEdit>();
  documents.listen({
    edited(document, edit) {
      last.set(document.uri, {
        start: edit.start,
        end: edit.start + edit.text.length,
        isWord: /^[\p{L}\p{N}_$]{1,20}$/u.test(edit.text),
        atNanoseconds: clock.nowNanoseconds(),
      });
    },
    closed: (uri) => {
      last.delete(uri);
    },
  });
  const editAt = (uri: string, offset: number): LastEdit | undefined => {
    const edit = last.get(uri);
    return edit !== undefined && edit.start <= offset && offset <= edit.end ? edit : undefined;
  };
  const isFresh = ({ atNanoseconds }: LastEdit): boolean =>
    secondsBetween(atNanoseconds, clock.nowNanoseconds()) < momentSeconds;
  return {
    wroteAt: (uri, offset) => editAt(uri, offset) !== undefined,
    justWrote(uri, offset) {
      const edit = editAt(uri, offset);
      return edit !== undefined && isFresh(edit);
    },
    justWroteWord(uri, offset) {
      const edit = editAt(uri, offset);
      return edit?.end === offset && edit.isWord && isFresh(edit);
    },
  };
}
