// Whether the code still parses with an answer in it: only around the cursor, because it is asked while a user waits, and only where it
// parsed before. What was broken already says nothing about the answer.

import type { Clock } from '../base/clock.ts';
import { lineEnd, lineStart } from '../base/text.ts';
import type { Syntax, SyntaxFacts } from '../syntax/facts.ts';
import type { CompletionPlace } from './port.ts';

/** An answer is not held up longer: then it is shown unchecked. */
const mostMilliseconds = 1_000;

/** UTF-16 units on each side of the cursor; more when a top-level line is a little further. */
const reach = 2_000;

export interface SyntaxCheck {
  /** The text, or as much of its beginning as parses; undefined when none does. Not checked: the text as it is. */
  sound(text: string, replaced: number): Promise<string | undefined>;
}

/** Starts the parse of the code as it is, so that it is done by the time that the model has answered. */
export function beginCheck(
  place: CompletionPlace,
  { syntax, clock }: { readonly syntax: Syntax; readonly clock: Clock },
  signal: AbortSignal,
): SyntaxCheck {
  const { languageId, text, offset } = place;
  const { start, end } = excerptAround(text, offset);
  const parse = async (code: string): Promise<SyntaxFacts | undefined> => {
    try {
      return await syntax.parse({ languageId, text: code }, signal);
    } catch {
      return undefined;
    }
  };
  const before = syntax.supports(languageId) ? parse(text.slice(start, end)) : Promise.resolve(undefined);
  return {
    async sound(answer, replaced) {
      const late = new AbortController();
      const tooLate = clock.sleep(mostMilliseconds, late.signal).then(
        () => answer,
        () => answer,
      );
      return Promise.race([checked(answer, replaced), tooLate]).finally(() => late.abort('over'));
    },
  };

  async function checked(answer: string, replaced: number): Promise<string | undefined> {
    const was = await before;
    if (was === undefined || was.errors.length > 0) return answer;
    for (const candidate of beginningsOf(answer)) {
      if (opensBlock(candidate)) return candidate;
      const code = text.slice(start, offset) + candidate + text.slice(offset + replaced, end);
      const is = await parse(code);
      if (is === undefined || is.errors.length === 0) return candidate;
    }
    return undefined;
  }
}

/** Lines are taken off the end this often. */
const mostTries = 3;

/** The answer, then without its last line, and so on. */
function beginningsOf(answer: string): string[] {
  const found = [answer];
  for (let text = answer; found.length < mostTries; ) {
    const end = text.lastIndexOf('\n');
    text = end === -1 ? '' : text.slice(0, end).trimEnd();
    if (text === '') break;
    found.push(text);
  }
  return found;
}

/** The user goes on writing behind it, so that it can't be whole. */
function opensBlock(text: string): boolean {
  return /[:{([,\\]$|=>$|->$|\b(?:do|then|else)$/.test(text.trimEnd());
}

/** Whole lines from one that begins at the left margin to another, so that the excerpt is likely to parse by itself. */
function excerptAround(text: string, offset: number): { readonly start: number; readonly end: number } {
  return { start: marginBefore(text, offset), end: marginAfter(text, offset) };
}

function marginBefore(text: string, offset: number): number {
  let start = lineStart(text, Math.max(0, offset - reach));
  const least = Math.max(0, start - reach);
  while (start > least && isIndented(text, start)) start = lineStart(text, start - 1);
  return start;
}

function marginAfter(text: string, offset: number): number {
  let end = lineEnd(text, Math.min(text.length, offset + reach));
  const most = Math.min(text.length, end + reach);
  while (end < most && isIndented(text, end + 1)) end = lineEnd(text, end + 1);
  return end;
}

/** White space, a closing bracket, or nothing begins the line. */
function isIndented(text: string, start: number): boolean {
  return /^[\s)\]}]/.test(text.slice(start, start + 1)) || start >= text.length;
}
