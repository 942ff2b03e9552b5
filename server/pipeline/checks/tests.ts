// Whether an answer that is to be tests calls the code under test and asserts something, in code and not in words about it.

import type { OffsetRange } from '../../base/text.ts';
import { mentions } from '../draft/place.ts';
import type { Check } from '../task.ts';
import { check, type Drafted } from './check.ts';

const assertion =
  /\bassert\b|\bassert\w*\s*[.(]|\bassert\w*!|\b(?:expect|should)\b\s*[.(]|\bt\.(?:Error|Fatal|Fail)\w*\s*\(|\brequire\.\w+\s*\(|\bis\.(?:equal|true|false)\s*\(|\bpanic!?\s*\(|\braises\s*\(/;

export function testCheck({ task, text, after, regions }: Drafted): Check {
  const name = task.target.kind === 'symbol' ? task.target.symbol.name : '';
  const blank: OffsetRange[] = [
    ...after.comments.map((one) => one.range),
    ...after.multilineLiterals,
    ...after.quotedLiterals,
  ];
  const code = regions.map((region) => without(text, region, blank)).join('\n');
  if (name !== '' && !mentions(code, name)) return check('tests the code', `the tests never call ${name}`);
  return check('tests the code', assertion.test(code) ? undefined : 'the tests assert nothing');
}

/** The region's text with some ranges of the file left out. */
function without(text: string, region: OffsetRange, ranges: readonly OffsetRange[]): string {
  let result = '';
  let at = region.start;
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    if (range.end <= at || range.start >= region.end) continue;
    result += `${text.slice(at, Math.max(at, range.start))} `;
    at = range.end;
  }
  return result + text.slice(Math.min(at, region.end), region.end);
}
