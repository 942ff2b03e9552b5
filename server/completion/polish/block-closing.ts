// A last line that closes the block which the code after the cursor closes already, at the same depth.

import { indentationOf } from '../../base/text.ts';
import type { PolishFilter } from './filter.ts';

const closing = /^(?:[}\])]+[;,]?|end|fi|done|esac)$/;

export const blockClosing: PolishFilter = {
  name: 'a closing line that stands there',
  apply(text, { after, lineAfter, lineBefore }) {
    if (lineAfter.trim() !== '') return text;
    const lines = text.split('\n');
    const last = lines.at(-1) ?? '';
    if (!closing.test(last.trim())) return text;
    const next = after
      .slice(after.indexOf('\n') + 1)
      .split('\n', 20)
      .find((line) => line.trim() !== '');
    const indentation = lines.length === 1 ? indentationOf(lineBefore) : indentationOf(last);
    if (next === undefined || !after.includes('\n') || next.trim() !== last.trim()) return text;
    if (indentationOf(next) !== indentation) return text;
    const kept = lines.slice(0, -1).join('\n').trimEnd();
    return kept === '' ? undefined : kept;
  },
};
