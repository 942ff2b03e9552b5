// Closing brackets that nothing has opened: the answer ends before the first that neither the answer nor open code before the cursor
// wants, counting those that close behind the cursor already.

import { scanLine } from '../lex-line.ts';
import { replacedLength } from '../replace-range.ts';
import type { Site } from '../site.ts';
import type { PolishFilter } from './filter.ts';

const openerOf: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** UTF-16 units on each side that are looked at: brackets that matter to one answer are near it. */
const reach = 2_000;

export const brackets: PolishFilter = {
  name: 'brackets',
  apply(text, site) {
    if (site.inComment || site.inString || !/[)\]}]/.test(text)) return text;
    // Looked at only where the answer closes what it has not opened.
    let around: Around | undefined;
    const own: string[] = [];
    for (const { at, character } of bracketsIn(text, site)) {
      if (openerOf[character] === undefined) own.push(character);
      else if (own.length > 0) {
        if (own.pop() !== openerOf[character]) return cut(text, at);
      } else {
        around ??= aroundOf(text, site);
        if (around.allowed === 0 || around.open.pop() !== openerOf[character]) return cut(text, at);
        around.allowed--;
      }
    }
    return text;
  },
};

interface Around {
  /** Brackets that are open at the cursor, outermost first. */
  readonly open: string[];
  /** How many of them the answer may close. */
  allowed: number;
}

function aroundOf(text: string, { before, after, lineAfter, languageId }: Site): Around {
  const { open } = balance(before.slice(-reach), languageId);
  const closers = balance(after.slice(0, reach), languageId).unopened;
  const replaced = lineAfter.slice(0, replacedLength(text, lineAfter));
  return { open, allowed: Math.max(0, open.length - closers.length) + balance(replaced, languageId).unopened.length };
}

function cut(text: string, at: number): string | undefined {
  const kept = text.slice(0, at).trimEnd();
  return kept === '' ? undefined : kept;
}

interface Bracket {
  readonly at: number;
  readonly character: string;
}

/** Brackets in code, not in strings or comments; the first line goes on from the cursor's. */
function bracketsIn(text: string, site: Site): Bracket[] {
  const lead = site.lineBefore.length;
  return bracketsOf(site.lineBefore + text, site.languageId)
    .filter(({ at }) => at >= lead)
    .map(({ at, character }) => ({ at: at - lead, character }));
}

function bracketsOf(text: string, languageId: string): Bracket[] {
  const found: Bracket[] = [];
  let lineAt = 0;
  for (const line of text.split('\n')) {
    const from = lineAt;
    if (/[()[\]{}]/.test(line))
      scanLine(line, languageId, (at) => {
        const character = line[at] ?? '';
        if ('()[]{}'.includes(character)) found.push({ at: from + at, character });
      });
    lineAt += line.length + 1;
  }
  return found;
}

/** What a piece of code leaves open, outermost first, and what it closes without having opened it. */
function balance(text: string, languageId: string): { readonly open: string[]; readonly unopened: string[] } {
  const open: string[] = [];
  const unopened: string[] = [];
  for (const { character } of bracketsOf(text, languageId)) {
    const opener = openerOf[character];
    if (opener === undefined) open.push(character);
    else if (open.at(-1) === opener) open.pop();
    else if (open.length === 0) unopened.push(character);
  }
  return { open, unopened };
}
