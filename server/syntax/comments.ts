// Comments without their markers, and which of them document what follows.

import { lineStart, type OffsetRange } from '../base/text.ts';
import type { CommentFacts } from './facts.ts';
import type { Language } from './language.ts';
import { type SyntaxNode, textOf } from './tree.ts';

/** All comments in document order. */
export function commentsOf(nodes: readonly SyntaxNode[], text: string, language: Language): readonly CommentFacts[] {
  const comments: CommentFacts[] = [];
  for (const node of nodes) {
    if (!language.commentTypes.has(node.type)) continue;
    const source = textOf(node, text);
    // Rust's doc comments swallow their line break.
    const trimmed = source.replace(/[\r\n]+$/, '');
    comments.push({ range: { start: node.start, end: node.start + trimmed.length }, text: withoutMarkers(trimmed) });
  }
  return comments;
}

function withoutMarkers(comment: string): string {
  if (!comment.startsWith('/*')) return comment.replace(/^(\/{2,}!?|#+!?|<!--)\s?/, '').trimEnd();
  return comment
    .replace(/^\/\*+!?|\*+\/$/g, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*\*(?!\*)\s?/, '').trimEnd())
    .join('\n')
    .trim();
}

/**
 * The block of comments that ends directly above `offset`: each on lines of its own, no blank line between. A shebang documents
 * nothing; where indentation has a meaning, neither does a comment that is indented differently.
 */
export function documentationBefore(
  comments: readonly CommentFacts[],
  { text, language }: { readonly text: string; readonly language: Language },
  offset: number,
): OffsetRange | undefined {
  const lead = text.slice(lineStart(text, offset), offset);
  let index = lastBefore(comments, offset);
  let next = offset;
  let first: CommentFacts | undefined;
  const last = comments[index];
  for (; index >= 0; index--) {
    const comment = comments[index];
    if (comment === undefined || !/^[ \t]*\r?\n?[ \t]*$/.test(text.slice(comment.range.end, next))) break;
    const before = text.slice(lineStart(text, comment.range.start), comment.range.start);
    if (text.startsWith('#!', comment.range.start) || before.trim() !== '') break;
    if (language.blocks === 'indented' && before !== lead) break;
    first = comment;
    next = comment.range.start;
  }
  return first === undefined || last === undefined ? undefined : { start: first.range.start, end: last.range.end };
}

function lastBefore(comments: readonly CommentFacts[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle]?.range.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const todo =
  /\b(TODO|FIXME|XXX|HACK)\b|not (yet )?implemented|unimplemented|\byour code\b|\bimplement (me|this)\b|^joule:/i;

/** Whether one of the comments inside `range` says that work is missing. */
export function hasTodo(comments: readonly CommentFacts[], range: OffsetRange): boolean {
  for (let index = lastBefore(comments, range.end); index >= 0; index--) {
    const comment = comments[index];
    if (comment === undefined || comment.range.start < range.start) return false;
    if (todo.test(comment.text)) return true;
  }
  return false;
}
