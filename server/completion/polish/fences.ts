// Markdown around code: an answer that is one fenced block is what is inside; a fence in the middle is where the code ended. Documents
// that are Markdown themselves may have fences.

import type { PolishFilter } from './filter.ts';

const opening = /^\s*(?:```|~~~)[\w+#.-]*[ \t]*\n/;
const fence = /^[ \t]*(?:```|~~~)/m;

export const fences: PolishFilter = {
  name: 'fences',
  apply(text, { languageId, inString, inComment }) {
    if (languageId === 'markdown' || inString || inComment) return text;
    const inside = text.replace(opening, '');
    const at = inside.search(fence);
    return (at === -1 ? inside : inside.slice(0, at)).replace(/\n$/, '');
  },
};
