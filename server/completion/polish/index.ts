// The filters that make of a raw answer what may stand at the cursor, in their order. One file each; a new one is a line here.

import { dominantLineBreak, withLineBreak } from '../../base/text.ts';
import type { Site } from '../site.ts';
import { blankLines } from './blank-lines.ts';
import { blockClosing } from './block-closing.ts';
import { brackets } from './brackets.ts';
import { controlTokens } from './control-tokens.ts';
import { duplicateOfSuffix } from './duplicate-of-suffix.ts';
import { emptyComment } from './empty-comment.ts';
import { fences } from './fences.ts';
import type { PolishFilter } from './filter.ts';
import { indentation } from './indentation.ts';
import { lineAbove } from './line-above.ts';
import { lineRepetition } from './line-repetition.ts';
import { minimum } from './minimum.ts';
import { oddIndentation } from './odd-indentation.ts';
import { pathLine } from './path-line.ts';
import { prose } from './prose.ts';
import { quotes } from './quotes.ts';
import { repeatedBlocks } from './repeated-blocks.ts';
import { repeatedLines } from './repeated-lines.ts';
import { scope } from './scope.ts';
import { singleLine } from './single-line.ts';
import { suffixLines } from './suffix-lines.ts';
import { surroundingSpace } from './surrounding-space.ts';
import { thinking } from './thinking.ts';

/** First what no code is, then where it ends, then how it is laid out, then whether it fits what stands around it. */
const filters: readonly PolishFilter[] = [
  thinking,
  controlTokens,
  fences,
  prose,
  pathLine,
  blankLines,
  repeatedBlocks,
  repeatedLines,
  lineRepetition,
  singleLine,
  scope,
  surroundingSpace,
  oddIndentation,
  indentation,
  duplicateOfSuffix,
  suffixLines,
  blockClosing,
  brackets,
  quotes,
  lineAbove,
  emptyComment,
  minimum,
];

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
  return { text: withLineBreak(polished, dominantLineBreak(site.before.slice(-20_000) + site.after.slice(0, 2_000))) };
}
