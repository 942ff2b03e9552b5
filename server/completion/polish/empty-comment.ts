// A comment that says nothing: the marker alone, or a marker and another one.

import { lineCommentMarker } from '../lex-line.ts';
import type { PolishFilter } from './filter.ts';

export const emptyComment: PolishFilter = {
  name: 'an empty comment',
  apply(text, { languageId, inString }) {
    const marker = lineCommentMarker(languageId);
    if (marker === undefined || inString) return text;
    return text.split('\n').every((line) => isEmpty(line.trim(), marker)) ? undefined : text;
  },
};

function isEmpty(line: string, marker: string): boolean {
  return (
    line === '' || [...line].every((character) => marker.includes(character) || character === ' ' || character === '!')
  );
}
