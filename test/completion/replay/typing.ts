// How a person types a text: keys at a human pace, pauses at the ends of lines, slips of the finger that are taken back, words that are
// written twice. Plain data from a seed; knows no editor.

export type Key =
  | { readonly kind: 'type'; readonly text: string; readonly afterMilliseconds: number }
  | { readonly kind: 'erase'; readonly count: number; readonly afterMilliseconds: number };

/** Keys that leave `text`, one after the other; `position` of the text that stands after each is what `written` says. */
export function* keysFor(text: string, random: () => number): Generator<Key & { readonly written: number }> {
  let written = 0;
  while (written < text.length) {
    const character = charAt(text, written);
    const afterMilliseconds = pauseBefore(text, written, random);
    const draw = random();
    if (draw < 0.02 && /[a-z]/.test(character)) {
      const wrong = character === 'z' ? 'y' : 'z';
      yield { kind: 'type', text: wrong, afterMilliseconds, written: -1 };
      yield { kind: 'erase', count: 1, afterMilliseconds: 250 + random() * 300, written };
    } else if (draw < 0.03 && written > 8 && !text.slice(written - 6, written).includes('\n')) {
      yield { kind: 'erase', count: 4, afterMilliseconds: 600 + random() * 600, written: written - 4 };
      written -= 4;
      continue;
    }
    written += character.length;
    yield { kind: 'type', text: character, afterMilliseconds, written };
  }
}

function charAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

/** Milliseconds: 90 to 220 between keys, more behind a word, and a moment to think at the beginning of a line. */
function pauseBefore(text: string, at: number, random: () => number): number {
  const before = text[at - 1] ?? '\n';
  if (before === '\n') return 500 + random() * 1_200;
  if (/[\s(,=]/.test(before)) return 140 + random() * 260;
  return 90 + random() * 130;
}
