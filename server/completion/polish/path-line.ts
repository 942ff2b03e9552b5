// The path of a file as a first line: what models saw above files when they were trained.

import { lineCommentMarker } from '../lex-line.ts';
import type { PolishFilter } from './filter.ts';

const path = /^(?:path:|file(?:name)?:)?\s*(?:[\w.-]+\/)*[\w-]+\.[a-z]{1,5}$/i;

export const pathLine: PolishFilter = {
  name: 'a path',
  apply(text, { languageId, lineBefore, inString }) {
    const marker = lineCommentMarker(languageId);
    if (marker === undefined || inString || lineBefore.trim() !== '') return text;
    const end = text.indexOf('\n');
    const first = (end === -1 ? text : text.slice(0, end)).trim();
    if (!first.startsWith(marker) || !path.test(first.slice(marker.length).trim())) return text;
    return end === -1 ? undefined : text.slice(end + 1).replace(/^[ \t]+/, '');
  },
};
