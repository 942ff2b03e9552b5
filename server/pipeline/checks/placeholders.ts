// Whether the answer leaves work to the reader.

import type { OffsetRange } from '../../base/text.ts';
import type { Check } from '../task.ts';
import { check } from './check.ts';

const leftOut = [
  /(?:#|\/\/|\/\*)[ \t]*\.{3}/,
  /(?:#|\/\/|\/\*).*\b(?:rest of (?:the )?(?:code|function|implementation|file)|(?:your|existing|previous|remaining) (?:code|implementation|logic)(?: goes)? (?:here|remains|unchanged)|same as (?:before|above)|implementation (?:goes )?here|add (?:your )?(?:code|logic|implementation) here)\b/i,
  /(?:#|\/\/|\/\*)[ \t]*(?:TODO|FIXME)\b/,
  /^[ \t]*\.\.\.[ \t]*$/m,
  /\b(?:todo|unimplemented)!\(/,
  /raise NotImplementedError\b/,
  /(?:throw new Error|panic)\(["'`](?:not implemented|unimplemented|todo)/i,
];

export function placeholderCheck(text: string, regions: readonly OffsetRange[]): Check {
  for (const region of regions) {
    const generated = text.slice(region.start, region.end);
    for (const pattern of leftOut) {
      const match = pattern.exec(generated);
      if (match) return check('nothing left out', `a placeholder is left: “${match[0].trim().slice(0, 60)}”`);
    }
  }
  return check('no placeholder', undefined);
}
