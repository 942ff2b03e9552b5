// Whether the file parses as well as before.

import type { Check } from '../task.ts';
import { check, type Drafted } from './check.ts';

export function syntaxCheck({ before, after, text, regions }: Drafted): Check {
  const inside = after.errors.find((error) =>
    regions.some((region) => error.start <= region.end && error.end >= region.start),
  );
  const worse = after.errors.length > (before?.errors.length ?? 0);
  if (!worse) return check('syntax', undefined);
  const shown = inside ?? after.errors[0];
  const line = shown === undefined ? 0 : text.slice(0, shown.start).split('\n').length;
  const near = shown === undefined ? '' : (text.slice(shown.start, shown.start + 60).split('\n')[0] ?? '').trim();
  return check('syntax', `syntax error on line ${line}${near === '' ? '' : ` near “${near}”`}`);
}
