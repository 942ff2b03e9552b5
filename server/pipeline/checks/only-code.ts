// Fences, chat tokens and sentences to the user have no place in code.

import type { OffsetRange } from '../../base/text.ts';
import type { Check } from '../task.ts';
import { check } from './check.ts';

const foreign: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /^[ \t]*(?:```|~~~)/m, what: 'a Markdown fence' },
  { pattern: /<\|[a-z_]+\|>|<\/?think>|\[\/INST\]/, what: 'a chat token' },
  {
    pattern: /^(?:Sure|Certainly|Of course|Here(?:'s| is) the|I hope|Let me know|Note that)\b.*$/m,
    what: 'a sentence to the reader',
  },
];

/** Fences, chat tokens or a sentence to the user have no place in code, except inside its string literals. */
export function onlyCode(text: string, regions: readonly OffsetRange[], literals: readonly OffsetRange[]): Check {
  for (const region of regions) {
    const generated = blanked(text, region, literals);
    const found = foreign.find(({ pattern }) => pattern.test(generated));
    if (found)
      return check(
        'only code',
        `${found.what} is left in the code: “${(found.pattern.exec(generated)?.[0] ?? '').trim().slice(0, 60)}”`,
      );
  }
  return check('only code', undefined);
}

/** The region's text with literals that span lines emptied. */
function blanked(text: string, region: OffsetRange, literals: readonly OffsetRange[]): string {
  let result = text.slice(region.start, region.end);
  for (const { start, end } of literals) {
    const from = Math.max(start, region.start) - region.start;
    const to = Math.min(end, region.end) - region.start;
    if (from < to) result = result.slice(0, from) + ' '.repeat(to - from) + result.slice(to);
  }
  return result;
}
