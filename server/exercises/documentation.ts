// What can be said of generated documentation without running anything: whether it names the parameters and says what comes back.

import type { Source } from './source.ts';

export interface DocumentationCheck {
  readonly parameters: number;
  readonly named: number;
  readonly saysReturn: boolean;
}

/** @param documentation the text, with or without its marks. */
export function checkDocumentation(source: Source, documentation: string): DocumentationCheck {
  const names = parameterNames(source);
  return {
    parameters: names.length,
    named: names.filter((name) => new RegExp(`(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`).test(documentation))
      .length,
    saysReturn: /\b(?:returns?|returning|yields?|result)\b/i.test(documentation),
  };
}

/** `a: List[Tuple[int, str]], *rest, b=1` → a, rest, b; `mut` and types of other languages are left out. */
export function parameterNames({ parameters }: Source): readonly string[] {
  return splitOutside(parameters)
    .map((part) => /^[*&\s]*(?:mut\s+)?([A-Za-z_$][\w$]*)/.exec(part)?.[1])
    .filter((name) => name !== undefined)
    .filter((name) => name !== 'self');
}

function splitOutside(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const character of text) {
    if ('([{<'.includes(character)) depth++;
    if (')]}>'.includes(character)) depth--;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The lines that `after` has beyond `before`: what was put in as one block. '' when nothing was. */
export function insertedText(before: string, after: string): string {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return after.slice(start, after.length - end);
}
