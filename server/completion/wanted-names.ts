// Names that the line behind the cursor uses and that nothing before it has: an answer that is to stand between the two defines them. By the
// look of the text; in doubt a name is not wanted.

import { scanLine } from './lex-line.ts';

/** No name of a value, in one language or another. */
const words = new Set(
  `and as assert async await begin bool break byte case catch char class const continue def default defer del delete do double elif else end enum
  except export extends false final finally float fn for from func function global go goto if impl implements import in instanceof int interface is
  lambda let list long loop match mod module mut new nil none nonlocal not null object of or override package pass print private protected pub public
  raise range ref repeat return self set short static str string struct super switch then this throw trait true try tuple type typeof undefined unit
  unless until use using val var void when where while with yield dict len max min sum sorted any all map filter zip`.split(
    /\s+/,
  ),
);

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
  const line = code.join('').replace(/^[\w\s,.*[\]]*[^=!<>+\-*/%&|^](?==(?!=))/, (left) => ' '.repeat(left.length));
  const bound = [...line.matchAll(/\bfor\b(.*?)\bin\b|\blambda\b([^:]*):/g)].map(([text]) => text).join(' ');
  const names = [...line.matchAll(/(?<![\w.$])[a-z_]\w*(?!\w|\s*(?:[({:]|=(?!=)))/g)].flatMap(({ 0: name, index }) =>
    /["'`]/.test(next[index + name.length] ?? '') ? [] : [name],
  );
  return [...new Set(names)].filter(
    (name) =>
      !words.has(name) &&
      !has(bound, name) &&
      !has(before, name) &&
      !new RegExp(`\\n(?:\\w+ )*${name}\\b[^=\\n]*=`).test(after),
  );
}

function has(text: string, name: string): boolean {
  return text.includes(name) && new RegExp(`(?<!\\w)${name}(?!\\w)`).test(text);
}
