// A draft of the pipeline as one item: the edit at the cursor's line, what else there is of it beside. Pure.

import { applyEdits, lineEnd, lineStart, type OffsetEdit } from '../base/text.ts';
import type { Draft } from '../pipeline/task.ts';

export interface WholeEdit {
  readonly edit: OffsetEdit;
  readonly further: readonly OffsetEdit[];
}

/** @returns the sentence why it can't be offered as one item. */
export function wholeEditOf(text: string, offset: number, draft: Draft): WholeEdit | { readonly why: string } {
  const [main] = draft.regionEdits.map((index) => draft.edits[index]);
  if (main === undefined || draft.newFile !== undefined) return { why: 'the answer changes nothing here' };
  const others = draft.edits.filter((edit) => edit !== main);
  const { edit, further } = atCursor(text, offset, main);
  const overlaps = (other: OffsetEdit): boolean =>
    [edit, ...further].some((one) => other.start < one.end && one.start < other.end);
  if (others.some(overlaps)) return { why: 'the answer changes this line in more than one place' };
  return { edit, further: [...further, ...others] };
}

/**
 * The same change as an edit on the cursor's line that touches the cursor, as the protocol wants it; what else of it lies on other
 * lines is taken away beside it.
 */
function atCursor(text: string, offset: number, change: OffsetEdit): WholeEdit {
  const after = applyEdits(text, [change]);
  const prefix = commonStart(text, after);
  const suffix = commonEnd(text, after, Math.min(text.length, after.length) - prefix);
  const start = Math.min(prefix, offset);
  const end = Math.max(text.length - suffix, offset);
  const inserted = after.slice(start, after.length - (text.length - end));
  const [from, to] = [Math.max(start, lineStart(text, offset)), Math.min(end, lineEnd(text, offset))];
  const further = [
    ...(start < from ? [{ start, end: from, text: '' }] : []),
    ...(end > to ? [{ start: to, end, text: '' }] : []),
  ];
  return { edit: { start: from, end: to, text: inserted }, further };
}

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

function commonEnd(a: string, b: string, most: number): number {
  let length = 0;
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length++;
  return length;
}
