// One space too many or too few before a whole answer, as some models write after a tokenised blank: brought back to the document's steps.
// Documents indented by tabs are left alone.

import { indentationOf, indentationUnit } from '../../base/text.ts';
import type { PolishFilter } from './filter.ts';

const looksAt = 10_000;

export const oddIndentation: PolishFilter = {
  name: 'odd indentation',
  apply(text, { before, after, lineBefore }) {
    const lines = text.split('\n');
    // Only where the first line begins one: it says how far the answer is off.
    const lead = lineBefore.trim() === '' ? lineBefore + indentationOf(lines[0] ?? '') : indentationOf(lines[1] ?? '');
    if (lead === '' || lead.includes('\t') || (lineBefore.trim() === '' && lead === lineBefore)) return text;
    const unit = indentationUnit(before.slice(-looksAt) + after.slice(0, looksAt), '');
    if (!/^( {2}| {4}| {8})$/.test(unit) || lead.length % unit.length !== 1) return text;
    const first = lineBefore.trim() === '' ? 0 : 1;
    return lines.map((line, index) => (index < first || !line.startsWith(' ') ? line : line.slice(1))).join('\n');
  },
};
