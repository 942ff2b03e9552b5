// Whether the end of a line lies in code, in a comment or in a string, by the look of the line alone. No grammar: a parse is always
// a little older than the last keystroke. Strings over several lines are not seen here.

/** Markers that begin a comment up to the end of the line. */
const markers: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(python|ruby|shellscript|bash|sh|zsh|fish|perl|r|yaml|toml|makefile|dockerfile|elixir|julia|nix|cmake)$/, ['#']],
  [/^(lua|sql|haskell|ada|elm|vhdl)$/, ['--']],
  [/^(lisp|commonlisp|emacs-lisp|elisp|clojure|scheme|ini)$/, [';']],
  [/^(tex|latex|matlab|erlang|prolog)$/, ['%']],
  [/^(php)$/, ['//', '#']],
  [/^(html|xml|css|markdown|plaintext|json)$/, []],
];
const usual: readonly string[] = ['//'];

/** The marker that a comment in this language begins with, for writing one; undefined where none is known. */
export function lineCommentMarker(languageId: string): string | undefined {
  return markersOf(languageId)[0];
}

function markersOf(languageId: string): readonly string[] {
  return markers.find(([pattern]) => pattern.test(languageId))?.[1] ?? usual;
}

/** @param line from its beginning to the cursor. */
export function lexLine(line: string, languageId: string): Lexed {
  return scanLine(line, languageId, undefined);
}

export type Lexed = 'code' | 'comment' | 'string';

/** Calls `onCode` with the offset of each character that is code: no string, no comment. One pass. */
export function scanLine(line: string, languageId: string, onCode: ((at: number) => void) | undefined): Lexed {
  const begin = markersOf(languageId);
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote[0] && line.startsWith(quote, at)) {
        at += quote.length - 1;
        quote = '';
      }
      continue;
    }
    if (begin.some((marker) => marker[0] === character && line.startsWith(marker, at))) return 'comment';
    if (character === '/' && line[at + 1] === '*') {
      const end = line.indexOf('*/', at + 2);
      if (end === -1 && begin.includes('//')) return 'comment';
      if (end !== -1) at = end + 1;
      continue;
    }
    const opened = quoteAt(line, at, character);
    if (opened === undefined || (opened === "'" && isApostrophe(line, at, languageId))) {
      onCode?.(at);
      continue;
    }
    quote = opened;
    at += opened.length - 1;
  }
  return quote === '' ? 'code' : 'string';
}

function quoteAt(line: string, at: number, character: string): string | undefined {
  if (character !== '"' && character !== "'" && character !== '`') return undefined;
  const tripled = character.repeat(3);
  return character !== '`' && line.startsWith(tripled, at) ? tripled : character;
}

/** Not the beginning of a string: Rust's lifetimes, and the apostrophe in a word of a language without comments. */
function isApostrophe(line: string, at: number, languageId: string): boolean {
  if (/[\p{L}\p{N}]/u.test(line[at - 1] ?? ''))
    return languageId !== 'python' || !/[rbfuRBFU]/.test(line[at - 1] ?? '');
  return languageId === 'rust' && !/^'(\\.[^']*|[^'\\])'/u.test(line.slice(at));
}
