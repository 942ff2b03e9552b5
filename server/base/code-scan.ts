// Brackets, strings and comments of a piece of code, by text alone: enough to say where a block ends and what the cursor stands in.
// Knows no grammar; a piece may begin and end anywhere, and in doubt a string ends with its line.

/** How a language marks comments and strings. */
interface Marks {
  readonly lineComment: RegExp;
  readonly blockComments: boolean;
  /** `"""` and `'''`. */
  readonly tripleQuotes: boolean;
  /** Strings between backticks span lines. */
  readonly backticks: boolean;
  /** `'` may also mark a lifetime or a label: only a whole character literal counts. */
  readonly lifetimes: boolean;
}

const slashes: Marks = {
  lineComment: /\/\//y,
  blockComments: true,
  tripleQuotes: false,
  backticks: true,
  lifetimes: false,
};
const hashes: Marks = { ...slashes, lineComment: /#/y, blockComments: false, backticks: false };
const python: Marks = { ...hashes, tripleQuotes: true };
const dashes: Marks = { ...hashes, lineComment: /--/y };

const byLanguage: Readonly<Record<string, Marks>> = {
  python,
  ruby: hashes,
  shellscript: hashes,
  yaml: hashes,
  toml: hashes,
  perl: hashes,
  r: hashes,
  elixir: { ...hashes, tripleQuotes: true },
  nim: { ...hashes, tripleQuotes: true },
  lua: dashes,
  sql: dashes,
  haskell: dashes,
  rust: { ...slashes, backticks: false, lifetimes: true },
  java: { ...slashes, tripleQuotes: true, backticks: false },
  kotlin: { ...slashes, tripleQuotes: true, backticks: false },
};

/** Language ids whose blocks are told by indentation; all others use brackets. */
const indented: ReadonlySet<string> = new Set([
  'python',
  'yaml',
  'nim',
  'haskell',
  'coffeescript',
  'fsharp',
  'gdscript',
]);

/** Whether blocks of this language (LSP language id) are told by indentation. */
export function isIndented(languageId: string): boolean {
  return indented.has(languageId);
}

export interface CodeScan {
  /** Offsets of brackets that close what was not opened in this piece. */
  readonly unopened: readonly number[];
  /** Offsets of brackets that are open at its end. */
  readonly unclosed: readonly number[];
  /** What its end stands in. */
  readonly inside: 'code' | 'string' | 'comment';
  /** Whether that string or comment goes on in the next line. */
  readonly spansLines: boolean;
}

/** Reads a piece of code from its begin, which has to lie in code, in one pass. */
export function scanCode(text: string, languageId: string): CodeScan {
  const marks = byLanguage[languageId] ?? slashes;
  const unopened: number[] = [];
  const unclosed: number[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (openers.includes(character)) unclosed.push(at++);
    else if (closers.includes(character)) {
      if (unclosed.pop() === undefined) unopened.push(at);
      at++;
    } else {
      const token = tokenAt(text, at, marks);
      if (token === undefined) at++;
      else if (token.end === undefined) return { unopened, unclosed, inside: token.kind, spansLines: token.spansLines };
      else at = token.end;
    }
  }
  return { unopened, unclosed, inside: 'code', spansLines: false };
}

const openers = '([{';
const closers = ')]}';

interface Token {
  readonly kind: 'string' | 'comment';
  /** Undefined when it is still open where the text ends. */
  readonly end: number | undefined;
  readonly spansLines: boolean;
}

/** The string or comment that begins at `at`, if one does. */
function tokenAt(text: string, at: number, marks: Marks): Token | undefined {
  const character = text[at];
  if (character === '"' || character === "'" || (character === '`' && marks.backticks)) {
    return stringAt(text, at, marks);
  }
  if (marks.blockComments && text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2);
    return { kind: 'comment', end: end === -1 ? undefined : end + 2, spansLines: true };
  }
  marks.lineComment.lastIndex = at;
  if (!marks.lineComment.test(text)) return undefined;
  const end = text.indexOf('\n', at);
  return { kind: 'comment', end: end === -1 ? undefined : end, spansLines: false };
}

function stringAt(text: string, at: number, marks: Marks): Token | undefined {
  const quote = text[at] ?? '';
  const triple = quote.repeat(3);
  if (marks.tripleQuotes && quote !== '`' && text.startsWith(triple, at)) return endOf(text, at + 3, triple, true);
  if (quote === "'" && marks.lifetimes) {
    const literal = /'(?:\\[^\n]{1,10}?|[^\\\n'])'/y;
    literal.lastIndex = at;
    if (literal.test(text)) return { kind: 'string', end: literal.lastIndex, spansLines: false };
    // Too little is there yet to tell.
    return at + 2 >= text.length ? { kind: 'string', end: undefined, spansLines: false } : undefined;
  }
  return endOf(text, at + 1, quote, quote === '`');
}

function endOf(text: string, from: number, close: string, spansLines: boolean): Token {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text.startsWith(close, at)) return { kind: 'string', end: at + close.length, spansLines };
    else if (text[at] === '\n' && !spansLines) return { kind: 'string', end: at, spansLines };
  }
  return { kind: 'string', end: undefined, spansLines };
}

/** Code before the cursor that is looked at for what encloses it, in UTF-16 units; more says nothing new of the next line. */
const longestSurroundings = 8000;

/** The end of `prefix` from the last line that begins a top-level statement: where a scan may begin. */
export function enclosingPart(prefix: string): string {
  const near = prefix.slice(-longestSurroundings);
  const begins = [...near.matchAll(/^[A-Za-z_@#/][^\n]*/gm)].map(({ index }) => index);
  // The cursor's own line encloses nothing.
  const ownLine = near.lastIndexOf('\n') + 1;
  const last = begins.filter((index) => index < ownLine).at(-1);
  return last === undefined ? near : near.slice(last);
}

/** The beginning of `suffix` up to the next line that begins a top-level statement. */
export function enclosedPart(suffix: string): string {
  const near = suffix.slice(0, longestSurroundings);
  const next = /\n(?=[A-Za-z_@#/])/.exec(near);
  return next === null ? near : near.slice(0, next.index);
}
