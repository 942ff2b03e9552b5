// Keeps an answer inside the block that it begins in, by indentation: the first line that is indented less than the block belongs to
// somebody else. `} else {`, `except:` and the closing bracket of a block that the answer opened go on.

import type { Site } from '../site.ts';
import { width } from '../site.ts';
import type { PolishFilter } from './filter.ts';

export const scope: PolishFilter = {
  name: 'scope',
  apply(text, site) {
    const lines = text.split('\n');
    if (lines.length === 1) return text;
    const least = leastWidth(lines, site);
    let end = lines.length;
    for (let index = 1; index < lines.length; index++) {
      const line = lines[index] ?? '';
      if (line.trim() === '') continue;
      const depth = width(line);
      if (depth > least || (depth === least && goesOn(line, site, lines.slice(0, index)))) continue;
      end = index;
      break;
    }
    return lines.slice(0, end).join('\n').trimEnd();
  },
};

/** Lines at this depth end the block: one less than the first line's own, or the opener's where the answer fills its block. */
function leastWidth(lines: readonly string[], { lineBefore, lineAfter }: Site): number {
  if (lineBefore.trim() !== '') return width(lineBefore);
  const first = width(lineBefore + (lines[0] ?? ''));
  const next = lines.slice(1).find((line) => line.trim() !== '');
  if (lines[0]?.trim() === '' && lineAfter.trim() === '' && next !== undefined) return width(next) - 1;
  return first - 1;
}

/** What continues a statement at the depth of its first line, and closes it. */
function goesOn(line: string, { lineAfter }: Site, before: readonly string[]): boolean {
  const text = line.trim();
  if (/^[}\])]+[;,)]*$/.test(text)) return lineAfter.trim() === '' && unclosed(before) > 0;
  return /^(?:[}\])].*|else\b.*|elif\b.*|except\b.*|finally\b.*|catch\b.*|rescue\b.*|ensure\b.*|case\b.*|default\b.*|end\b.*|\.\w.*)$/.test(
    text,
  );
}

/** Brackets that the lines have opened and not closed. */
function unclosed(lines: readonly string[]): number {
  const text = lines.join('\n');
  return (text.match(/[{[(]/g)?.length ?? 0) - (text.match(/[}\])]/g)?.length ?? 0);
}
