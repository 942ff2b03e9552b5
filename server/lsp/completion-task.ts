// Whether a completion that was asked for by hand is work for the whole pipeline: the cursor is in an empty body, or behind a comment that
// says what is wanted. Says it with the same action that a code action would run.

import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Place } from '../actions/action.ts';
import { lineEnd, lineStart } from '../base/text.ts';
import type { CompletionPlace, TaskHere } from '../completion/port.ts';
import type { Target } from '../pipeline/task.ts';
import type { SyntaxFacts } from '../syntax/facts.ts';
import { pathOf } from './convert.ts';
import type { Parts } from './core.ts';
import type { Session } from './session.ts';

/** Undefined nearly everywhere, and then at once; else the document is parsed first, where that has not been done. */
export async function taskHere(
  session: Session,
  parts: Parts,
  document: TextDocument,
  { text, offset }: CompletionPlace,
): Promise<TaskHere | undefined> {
  if (!mayBeTask(text, offset)) return undefined;
  const implement = parts.actions.find((action) => action.id === 'implement');
  if (implement === undefined) return undefined;
  const { version } = document;
  if (session.facts.get(document).stale) session.facts.schedule(document);
  await session.facts.settled(document.uri);
  if (document.version !== version) return undefined;
  const { facts, stale } = session.facts.get(document);
  for (const at of cursorsFor(text, offset, facts)) {
    const place: Place = {
      languageId: document.languageId,
      path: pathOf(document.uri),
      text,
      facts,
      factsAreStale: stale,
      selection: { start: at, end: at },
      findings: [],
    };
    const offer = implement.offer(place, false);
    const task = offer && isAsked(text, offset, offer.target) ? implement.task(place, undefined) : undefined;
    if (offer && task) return { task, expected: offer.expected };
  }
  return undefined;
}

/** Where the action looks for work: a blank line below a comment or an empty body belongs to neither. */
function cursorsFor(text: string, offset: number, facts: SyntaxFacts | undefined): number[] {
  const above = text.slice(0, offset).trimEnd().length;
  const stub = facts?.symbols.findLast(({ isStub, range }) => isStub && range.start <= offset);
  return [offset, above, ...(stub === undefined ? [] : [stub.nameRange.start])];
}

/** A blank line, an opener at the end of a line, or the end of a comment with a wish in it. */
function mayBeTask(text: string, offset: number): boolean {
  const [start, end] = [lineStart(text, offset), lineEnd(text, offset)];
  if (end - start > 1_000 || /[^\s})\]]/.test(text.slice(offset, end))) return false;
  const before = text.slice(start, offset);
  return before.trim() === '' || /[:{]\s*$/.test(before) || /\bTODO\b|joule:/.test(before);
}

function isAsked(text: string, offset: number, target: Target): boolean {
  if (target.kind === 'after') {
    const between = offset >= target.offset ? text.slice(target.offset, offset) : undefined;
    return between !== undefined && between.trim() === '' && between.split('\n').length <= 2;
  }
  if (target.kind !== 'symbol') return false;
  const { body, documentation, documentationInBody, isStub, indentation } = target.symbol;
  if (!isStub || body === undefined || offset < body.start) return false;
  const documented = documentationInBody && documentation !== undefined;
  const code = documented
    ? text.slice(body.start, documentation.start) + text.slice(documentation.end, body.end)
    : text.slice(body.start, body.end);
  const behind = documented ? Math.max(body.end, documentation.end) : body.end;
  const lead = text.slice(lineStart(text, offset), offset);
  // Below a body without braces, only what is indented deeper than its head is inside.
  if (offset > behind && lead.trim() === '' && lead.length <= indentation.length) return false;
  const outside = offset > behind ? text.slice(behind, offset) : '';
  return code.trim() === '' && outside.trim() === '' && (!documented || offset >= documentation.end);
}
