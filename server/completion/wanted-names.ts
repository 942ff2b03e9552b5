// Names that the line behind the cursor uses and that nothing before it has: an answer that is to stand between the two defines them. By the
// look of the text; in doubt a name is not wanted.

import { scanLine } from './lex-line.ts';

/** No name of a value, in one language or another. */
const words = new Set(
  `abstract all and any as assert asserts async await begin bigint bool boolean break byte case catch char class const continue declare def default
  defer del delete dict do double elif else end enum except export extends false filter final finally float fn for from func function global go goto
  if impl implements import in infer instanceof int interface is keyof lambda len let list long loop map match max min mod module mut never new nil
  none nonlocal not null number object of or override package pass print private protected pub public raise range readonly ref repeat return satisfies
  self set short sorted static str string struct sum super switch symbol then this throw trait true try tuple type typeof undefined unique unit unknown
  unless until use using val var void when where while with yield zip`.split(/\s+/),
);

/** The left side of an assignment or a declaration. */
const assigned = /^(?:\s*(?:const|let|var|val|auto)\b[^=]*|[\w\s,.*[\]]*[^=!<>+\-*/%&|^])(?==(?![=>]))/;

/** What binds names for the rest of its line: loops, comprehensions, parameters of functions without a name. */
const binders = /\bfor\b.*?\b(?:in|of)\b|\blambda\b[^:]*:|\([^()]*\)\s*(?::[^=]*)?=>|\b\w+\s*=>|\|[^|]*\|/g;

/** @param next the line behind the answer. @param before all code before the cursor. @param after all behind it, as far as it is looked at. */
export function wantedNames(
  next: string | undefined,
  { languageId, before, after }: { readonly languageId: string; readonly before: string; readonly after: string },
): readonly string[] {
  if (next === undefined || /^\s*(?:@|#|import\b|from\b|def\b|class\b|func\b|function\b|fn\b|export\b)/.test(next))
    return [];
  const code = [...' '.repeat(next.length)];
  scanLine(next, languageId, (at) => {
    code[at] = next[at] ?? ' ';
  });
  // What is assigned is defined there, and the letter before a string is none of its names.
  const line = code.join('').replace(assigned, (left) => ' '.repeat(left.length));
  const boundThere = [...line.matchAll(binders)].map(([text]) => text).join(' ');
  const names = [...line.matchAll(/(?<![\w.$])[a-z_]\w*(?!\w|\s*(?:[({:]|=(?!=)))/g)].flatMap(({ 0: name, index }) =>
    /["'`]/.test(next[index + name.length] ?? '') ? [] : [name],
  );
  return [...new Set(names)].filter(
    (name) =>
      !words.has(name) &&
      !has(boundThere, name) &&
      !has(before, name) &&
      !new RegExp(`\\n(?:\\w+ )*${name}\\b[^=\\n]*=`).test(after),
  );
}

function has(text: string, name: string): boolean {
  return text.includes(name) && new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text);
}
