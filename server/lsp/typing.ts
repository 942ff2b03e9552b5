// The last thing that was typed into each document. A menu that opens while a name is being typed says that it was invoked, in every
// editor; this is how it is told from one that was asked for.

import { type Clock, secondsBetween } from '../base/clock.ts';
import type { Documents } from './documents.ts';

export interface Typing {
  /** Whether the character before `offset` belongs to a name and was typed a moment ago. */
  justWroteWord(uri: string, offset: number): boolean;
}

/** Editors open the menu within a quarter of a second after a key (Helix: 250 ms, company and corfu: 200 ms). */
const momentSeconds = 0.6;

export function watchTyping(documents: Documents, clock: Clock): Typing {
  const last = new Map<string, { readonly end: number; readonly atNanoseconds: bigint }>();
  documents.listen({
    edited(document, edit) {
      const isWord = /^[\p{L}\p{N}_$]$/u.test(edit.text);
      if (isWord) last.set(document.uri, { end: edit.start + edit.text.length, atNanoseconds: clock.nowNanoseconds() });
      else last.delete(document.uri);
    },
    closed: (uri) => {
      last.delete(uri);
    },
  });
  return {
    justWroteWord(uri, offset) {
      const typed = last.get(uri);
      if (typed?.end !== offset) return false;
      return secondsBetween(typed.atNanoseconds, clock.nowNanoseconds()) < momentSeconds;
    },
  };
}
