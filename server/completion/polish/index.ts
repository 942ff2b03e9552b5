// The filters that make of a raw answer what may stand at the cursor, in their order. One file each; a new one is a line here.

import { dominantLineBreak, withLineBreak } from '../../base/text.ts';
import type { Site } from '../site.ts';
import type { PolishFilter } from './filter.ts';
import { minimum } from './minimum.ts';
import { singleLine } from './single-line.ts';
import { surroundingSpace } from './surrounding-space.ts';

export const filters: readonly PolishFilter[] = [singleLine, surroundingSpace, minimum];

/**
 * @param cutOff the model was stopped at its limit of tokens: the last line is not whole.
 * @returns the text with the document's line ends, or the name of the filter that dropped it.
 */
export function polish(
  text: string,
  site: Site,
  cutOff: boolean,
): { readonly text: string } | { readonly dropped: string } {
  let polished = text.replace(/\r\n?/g, '\n');
  if (cutOff) {
    const end = polished.lastIndexOf('\n');
    if (end === -1) return { dropped: 'cut off in its first line' };
    polished = polished.slice(0, end);
  }
  for (const filter of filters) {
    const next = filter.apply(polished, site);
    if (next === undefined || next === '') return { dropped: filter.name };
    polished = next;
  }
  return { text: withLineBreak(polished, dominantLineBreak(site.before + site.after.slice(0, 2_000))) };
}
