// Fits an answer into whole lines: a selection, or the place after a comment. By indentation alone.

import {
  dedent,
  dominantLineBreak,
  indentationOf,
  indentationUnit,
  lineEnd,
  lineStart,
  type OffsetRange,
  withLineBreak,
} from '../../base/text.ts';
import type { Draft, Task } from '../task.ts';
import { reindent } from './reindent.ts';

/** Replaces whole lines by the answer at the indentation that the lines had. */
export function fitLines(task: Task, answer: string, range: OffsetRange): Draft | undefined {
  const start = lineStart(task.text, range.start);
  const end = lineEnd(
    task.text,
    Math.max(range.start, range.end > range.start && task.text[range.end - 1] === '\n' ? range.end - 1 : range.end),
  );
  const old = task.text.slice(start, end);
  const base = indentationOf(dedentedLead(old));
  const text = moved(task, answer, base);
  if (text === undefined) return undefined;
  return { edits: [{ start, end, text }], regionEdits: [0], code: answer, cautions: [] };
}

/** Inserts the answer as new lines after the line that holds `offset`. */
export function fitAfter(
  task: Task,
  answer: string,
  target: { readonly offset: number; readonly indentation: string },
): Draft | undefined {
  const line = task.text.slice(lineStart(task.text, target.offset), lineEnd(task.text, target.offset)).trim();
  const body = answer
    .split('\n')
    .filter((entry, index) => !(index < 3 && line !== '' && entry.trim() === line))
    .join('\n');
  const text = moved(task, body, target.indentation);
  if (text === undefined) return undefined;
  const offset = lineEnd(task.text, target.offset);
  return {
    edits: [{ start: offset, end: offset, text: dominantLineBreak(task.text) + text }],
    regionEdits: [0],
    code: body,
    cautions: [],
  };
}

function moved(task: Task, answer: string, base: string): string | undefined {
  const block = dedent(answer.replace(/^(?:[ \t]*\n)+/, '').trimEnd());
  if (block.trim() === '') return undefined;
  const unit = indentationUnit(task.text, indentationUnit(block, '    '));
  return withLineBreak(reindent(block, { base, unit, literals: [] }), dominantLineBreak(task.text));
}

/** The shallowest line's indentation, as a string that holds just it. */
function dedentedLead(text: string): string {
  const leads = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(indentationOf);
  return leads.sort((a, b) => a.length - b.length)[0] ?? '';
}
