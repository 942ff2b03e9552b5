// Words to the user where code belongs: an answer that begins by talking is none. Comments and strings may hold words.

import type { PolishFilter } from './filter.ts';

/** How models begin when they chat. Each is followed by more words, as no statement of a programming language is. */
const talk =
  /^\s*(?:sure|certainly|of course|here(?:'|’)?s|here (?:is|are)|to (?:complete|implement|finish|fix)|the (?:code|function|method|following|completed?|missing)|this (?:code|function|method|is|will|should)|i(?:'|’)?(?:m| am| have| will|ll)|you can|in this|let(?:'|’)s|it (?:looks|seems)|note that|based on|as an ai)[ ,!:][^=(){}[\];]*$/im;

/** Languages that are words. */
const proseLanguages: ReadonlySet<string> = new Set([
  'markdown',
  'plaintext',
  'text',
  'org',
  'latex',
  'restructuredtext',
  'asciidoc',
  'git-commit',
  'gitcommit',
]);

export const prose: PolishFilter = {
  name: 'prose',
  apply(text, { languageId, inComment, inString, lineBefore }) {
    if (inComment || inString || proseLanguages.has(languageId)) return text;
    if (lineBefore.trim() !== '' && !/^\s/.test(text)) return text;
    const [first = ''] = text.trimStart().split('\n', 1);
    return talk.test(first) && first.trim().split(/\s+/).length >= 4 ? undefined : text;
  },
};
