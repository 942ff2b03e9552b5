// A place from a text with marks: `│` is the cursor, `├…┤` the selection, `╟…╢` what a diagnostic complains about.
// Parsed by the real grammars, in this thread.

import type { Place } from '../../server/actions/action.ts';
import type { OffsetRange } from '../../server/base/text.ts';
import { createParsing, type Parsing } from '../../server/syntax/parse.ts';
import { ensureGrammars } from './grammars.ts';

export interface MarkedPlace extends Place {
  /** The text of a range, for comparing. */
  slice(range: OffsetRange): string;
}

ensureGrammars();
const parsing: Parsing = createParsing();

const extensions: Record<string, string> = {
  python: 'py',
  typescript: 'ts',
  javascript: 'js',
  go: 'go',
  rust: 'rs',
};

export async function markedPlace(languageId: string, marked: string, path?: string): Promise<MarkedPlace> {
  const marks = new Map<string, number>();
  let text = '';
  for (const character of marked) {
    if ('│├┤╟╢'.includes(character)) marks.set(character, text.length);
    else text += character;
  }
  const at = (mark: string): number => marks.get(mark) ?? 0;
  const cursor = marks.get('│');
  return {
    languageId,
    path: path ?? `/project/words.${extensions[languageId] ?? 'txt'}`,
    text,
    facts: await parsing.facts(languageId, text),
    factsAreStale: false,
    selection: cursor === undefined ? { start: at('├'), end: at('┤') } : { start: cursor, end: cursor },
    findings: marks.has('╟') ? [{ message: 'undefined name', range: { start: at('╟'), end: at('╢') } }] : [],
    slice: (range) => text.slice(range.start, range.end),
  };
}
