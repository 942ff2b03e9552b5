// What the editors' pages tell people to type, taken from there by the tests: a page that is wrong fails.

import type { BehaviourId } from './behaviours.ts';
import type { Outcome } from './editor.ts';

/** The code block behind `<!-- NAME -->`. @throws when there is none. */
export function codeBlock(page: string, name: string): string {
  const from = page.indexOf(`<!-- ${name} -->`);
  const block = /```\w*\n([\s\S]*?)```/.exec(from === -1 ? '' : page.slice(from))?.[1];
  if (block === undefined) throw new Error(`the page has no code block ${name}`);
  return block;
}

/** What the text names in backquotes or between single asterisks, each once, in its order; code blocks are not text. */
export function namedThings(page: string): string[] {
  const text = page.replace(/^```[\s\S]*?^```/gm, '').replace(/<!--.*?-->/g, '');
  const found = text.matchAll(/`([^`]+)`|(?<![\w*])\*(?![\s*])([^*]+)\*(?!\*)/g);
  return [...new Set([...found].map(([, code, word]) => (code ?? word ?? '').replace(/\s+/g, ' ')))];
}

/** What tries a name of a page: a row of the table, a step of its own, or nothing, for what it only explains. */
export type Tried<Walk> =
  | { readonly row: BehaviourId }
  | { readonly step: (walk: Walk) => Promise<void> }
  | { readonly explains: string };

export type Outcomes = Readonly<Partial<Record<BehaviourId, Outcome>>>;

/** Tries every name of a page in its order. @throws at the first that is not so, that nothing tries, or that is not on the page. */
export async function followNames<Walk>(
  page: string,
  tried: Readonly<Record<string, Tried<Walk>>>,
  { walk, outcomes }: { readonly walk: Walk; readonly outcomes: Outcomes },
): Promise<void> {
  const names = namedThings(page);
  const untried = names.filter((name) => tried[name] === undefined);
  if (untried.length > 0) throw new Error(`names of the page that nothing tries: ${untried.join(', ')}`);
  const elsewhere = Object.keys(tried).filter((name) => !names.includes(name));
  if (elsewhere.length > 0) throw new Error(`not on the page: ${elsewhere.join(', ')}`);
  for (const name of names) {
    const how = tried[name];
    if (how === undefined || 'explains' in how) continue;
    if ('row' in how) {
      const outcome = outcomes[how.row];
      // `cannot` is what the page itself says there; a row that was not asked for this time says nothing.
      if (outcome !== undefined && outcome !== 'passed' && 'failed' in outcome) {
        throw new Error(`${name}: the row ${how.row} failed`);
      }
      continue;
    }
    try {
      await how.step(walk);
    } catch (error) {
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
