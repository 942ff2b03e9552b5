// Lines at the end of an answer that are the next lines of the document: they are not written twice.

import type { PolishFilter } from './filter.ts';

/** An answer rarely runs further into what follows. */
const mostLines = 8;

export const suffixLines: PolishFilter = {
  name: 'lines that follow anyway',
  apply(text, { after, lineAfter }) {
    if (lineAfter.trim() !== '') return text;
    const lines = text.split('\n');
    const next = after
      .slice(lineAfter.length)
      .split('\n', 40)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
    for (let count = Math.min(mostLines, lines.length - 1, next.length); count > 0; count--) {
      const tail = lines.filter((line) => line.trim() !== '').slice(-count);
      if (tail.length < count || tail.some((line, index) => line.trimEnd() !== next[index])) continue;
      // One short line alone is a coincidence: `}` is for another filter, `pass` is written often.
      if (count === 1 && (tail[0]?.trim().length ?? 0) < 8) continue;
      return withoutLast(lines, count);
    }
    return text;
  },
};

/** Without the last `count` lines that hold anything. */
function withoutLast(lines: readonly string[], count: number): string | undefined {
  let [end, left] = [lines.length, count];
  while (end > 0 && left > 0) if ((lines[--end] ?? '').trim() !== '') left--;
  const kept = lines.slice(0, end).join('\n').trimEnd();
  return kept === '' ? undefined : kept;
}
