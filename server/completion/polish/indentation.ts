// Indentation as the document has it: an answer in steps of another width, or with spaces where the document has tabs, is turned over.
// Only whole steps are changed, and nothing where the document shows no habit; strings over several lines are left alone.

import { indentationOf, indentationUnit } from '../../base/text.ts';
import { isInsideLongToken } from '../../gateway/stop-filters.ts';
import type { PolishFilter } from './filter.ts';

/** Of the document, near the cursor. */
const looksAt = 10_000;

export const indentation: PolishFilter = {
  name: 'indentation',
  apply(text, { before, after, lineBefore }) {
    if (!text.includes('\n')) return text;
    const unit = indentationUnit(before.slice(-looksAt) + after.slice(0, looksAt), '');
    if (unit === '') return text;
    const lines = text.split('\n');
    const base = indentationOf(lineBefore);
    const own = ownUnit(lines.slice(1), base);
    if (own === undefined || own === unit) return text;
    return lines
      .map((line, index) =>
        index === 0 || isInsideLongToken(lines.slice(0, index).join('\n')) ? line : turned(line, { base, own, unit }),
      )
      .join('\n');
  },
};

/** The step of the answer itself, from its lines that are deeper than the cursor's; undefined where they don't agree on one. */
function ownUnit(lines: readonly string[], base: string): string | undefined {
  const deeper = lines
    .filter((line) => line.trim() !== '')
    .map((line) => indentationOf(line))
    .map((lead) => (lead.startsWith(base) ? lead.slice(base.length) : lead))
    .filter((lead) => lead !== '');
  const [shallowest] = [...deeper].sort((a, b) => a.length - b.length);
  if (shallowest === undefined) return undefined;
  if (deeper.every((lead) => /^\t+$/.test(lead))) return '\t';
  const width = shallowest.length;
  if (!/^ +$/.test(shallowest) || ![2, 3, 4, 8].includes(width)) return undefined;
  return deeper.every((lead) => /^ *$/.test(lead) && lead.length % width === 0) ? shallowest : undefined;
}

function turned(
  line: string,
  { base, own, unit }: { readonly base: string; readonly own: string; readonly unit: string },
): string {
  const lead = indentationOf(line);
  const kept = lead.startsWith(base) ? base : '';
  const steps = (lead.length - kept.length) / own.length;
  return Number.isInteger(steps) ? kept + unit.repeat(steps) + line.slice(lead.length) : line;
}
