// Lines as short hashes that hold no text: what is left when white space, the kind of quotes and a closing comma or semicolon are put
// aside. Pure; one pass over the characters, because a whole document is marked whenever one is opened.

import type { LineMarks } from './events.ts';

/** Bits of a line's hash: three base64url digits. */
export const hashBits = 18;
/** Lines of a region that are kept; of more, so many are picked evenly, which bounds a ledger line at about 400 bytes. */
const mostLines = 96;
/** Lines around a region that are kept on each side. */
const mostAround = 3;
/** What six bits count to. */
const mostTokens = 63;
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const digitValues = new Map([...digits].map((digit, value) => [digit, value]));

export interface MarkedLine {
  /** 18 bits. */
  readonly hash: number;
  /** Words and single other characters, 63 at most. */
  readonly tokens: number;
}

/** A region's marks as numbers. */
export interface ParsedMarks {
  readonly lines: readonly MarkedLine[];
  /** Number of each of them among the region's non-blank lines. */
  readonly places: readonly number[];
  readonly of: number;
  readonly above: readonly MarkedLine[];
  readonly below: readonly MarkedLine[];
  /** Shape of each of `lines`; empty where an older version did not write them. */
  readonly shapes: readonly number[];
  /** Hashes of its lines. */
  readonly hashes: ReadonlySet<number>;
  /** Sum of what its lines count. */
  readonly weight: number;
}

/** The non-blank lines of a document. */
export interface MarkedText {
  /** Hash of each. */
  readonly hashes: Int32Array;
  /** Number of each among all lines, zero-based. */
  readonly lineNumbers: Int32Array;
  readonly count: number;
  /** Offsets at which all lines start, blank ones too; one more marks the end of the text. */
  readonly lines: Int32Array;
  readonly lineCount: number;
}

/**
 * FNV-1a (Fowler, Noll, Vo) over UTF-16 units, then the finalizer of MurmurHash3 so that the upper 18 bits depend on every unit.
 * `undefined` for a blank line.
 */
export function markLine(text: string, start: number, end: number): MarkedLine | undefined {
  let tokens = 0;
  let inWord = false;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (isBlank(unit)) inWord = false;
    else if (isWord(unit)) {
      if (!inWord) tokens++;
      inWord = true;
    } else {
      tokens++;
      inWord = false;
    }
  }
  const hash = hashOfLine(text, start, end);
  return hash === -1 ? undefined : { hash, tokens: Math.min(tokens, mostTokens) };
}

/** @returns -1 for a blank line. */
function hashOfLine(text: string, lineStart: number, lineEnd: number): number {
  let [start, end] = [lineStart, lineEnd];
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  if (end === start) return -1;
  const last = text.charCodeAt(end - 1);
  if (end - start > 1 && (last === comma || last === semicolon)) end--;
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 32 && unit !== 9) hash = Math.imul(hash ^ (unit === apostrophe ? quote : unit), 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> (32 - hashBits);
}

/** Marks every line of a text. About 30 bytes for each line, and no strings. */
export function markText(text: string): MarkedText {
  let lineCount = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineCount++;
  const lines = new Int32Array(lineCount + 1);
  const [hashes, lineNumbers] = [new Int32Array(lineCount), new Int32Array(lineCount)];
  let count = 0;
  let start = 0;
  for (let line = 0; line < lineCount; line++) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    lines[line] = start;
    const hash = hashOfLine(text, start, end);
    if (hash !== -1) {
      hashes[count] = hash;
      lineNumbers[count] = line;
      count++;
    }
    start = end + 1;
  }
  lines[lineCount] = text.length + 1;
  return { hashes, lineNumbers, count, lines, lineCount };
}

/** @param first and @param lineCount of the region, as lines of the text. */
export function marksOf(text: string, first: number, lineCount: number): LineMarks {
  const lines = text.split('\n');
  const written = (line: string): MarkedLine[] => {
    const mark = markLine(line, 0, line.length);
    return mark === undefined ? [] : [mark];
  };
  const own = lines.slice(first, first + lineCount).filter((line) => markLine(line, 0, line.length) !== undefined);
  const marked = own.flatMap(written);
  const above: MarkedLine[] = [];
  for (let at = first - 1; at >= 0 && above.length < mostAround; at--) above.unshift(...written(lines[at] ?? ''));
  const below: MarkedLine[] = [];
  for (let at = first + lineCount; at < lines.length && below.length < mostAround; at++)
    below.push(...written(lines[at] ?? ''));
  const places = placesOf(marked.length);
  return {
    lines: encode(places.flatMap((place) => marked[place] ?? [])),
    shapes: places.map((place) => twoDigits(shapeOf(own[place] ?? ''))).join(''),
    of: marked.length,
    above: encode(above),
    below: encode(below),
  };
}

/** `undefined` for what `marksOf` can't have made. */
export function parseMarks({ lines, shapes: written = '', of, above, below }: LineMarks): ParsedMarks | undefined {
  if (![lines, above, below].every((marks) => /^(?:[\w-]{4})*$/.test(marks))) return undefined;
  const places = placesOf(of);
  const marked = decode(lines);
  if (marked.length === 0 || marked.length !== places.length) return undefined;
  const isShaped = written.length === 2 * marked.length && /^[\w-]*$/.test(written);
  const shapes = isShaped
    ? marked.map((_, index) => valueAt(written, 2 * index) * 64 + valueAt(written, 2 * index + 1))
    : [];
  const hashes = new Set(marked.map(({ hash }) => hash));
  const weight = marked.reduce((sum, line) => sum + weightOf(line), 0);
  return { lines: marked, places, of, above: decode(above), below: decode(below), shapes, hashes, weight };
}

/** A line of fewer tokens stands everywhere (`}`, `else:`, `return x`): it counts little, and finds nothing by itself. */
export const tellingTokens = 4;

export function weightOf({ tokens }: MarkedLine): number {
  return tokens >= tellingTokens ? tokens : tokens / 4;
}

/** Which of so many lines are kept: the first, the last, and evenly between. */
function placesOf(count: number): number[] {
  if (!(count >= 1)) return [];
  if (count <= mostLines) return Array.from({ length: Math.floor(count) }, (_, index) => index);
  return Array.from({ length: mostLines }, (_, index) => Math.round((index * (count - 1)) / (mostLines - 1)));
}

/**
 * The line as a hash of 12 bits with its variables numbered in the order in which they come: what is called, is part of something or is a
 * keyword keeps its name, so that `total = sum(values)` is `acc = sum(xs)` and not `n = len(xs)`.
 */
export function shapeOf(line: string): number {
  const names = new Map<string, number>();
  const shaped = line.replace(/(?<![\w.$])[A-Za-z_$][\w$]*(?!\s*\()/g, (name) => {
    if (keywords.has(name)) return name;
    const number = names.get(name) ?? names.size;
    names.set(name, number);
    return `$${number}`;
  });
  return (hashOfLine(shaped, 0, shaped.length) >>> (hashBits - shapeBits)) & ((1 << shapeBits) - 1);
}

const shapeBits = 12;
/** Words that most of the languages around share and nobody renames. */
const keywords = new Set(
  'and as async await break case catch class const continue def default del elif else enum export except extends false False finally fn for from func function go if impl import in interface is lambda let match mod mut new nil None not null or package pass pub raise range return self static struct super switch this throw true True try type undefined use var void while with yield'.split(
    ' ',
  ),
);

function twoDigits(value: number): string {
  return (digits[(value >> 6) & 63] ?? 'A') + (digits[value & 63] ?? 'A');
}

function valueAt(written: string, at: number): number {
  return digitValues.get(written[at] ?? '') ?? 0;
}

function encode(lines: readonly MarkedLine[]): string {
  const digit = (value: number): string => digits[value & 63] ?? 'A';
  return lines.map(({ hash, tokens }) => digit(hash >> 12) + digit(hash >> 6) + digit(hash) + digit(tokens)).join('');
}

function decode(written: string): MarkedLine[] {
  const value = (at: number): number => valueAt(written, at);
  return Array.from({ length: written.length >> 2 }, (_, index) => {
    const at = index * 4;
    return { hash: (value(at) << 12) | (value(at + 1) << 6) | value(at + 2), tokens: value(at + 3) };
  });
}

const [apostrophe, quote, comma, semicolon] = [39, 34, 44, 59];

function isBlank(unit: number): boolean {
  return unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0 || unit === 0xfeff;
}

/** Letters, digits, `_`, `$`, and whatever is not ASCII. */
function isWord(unit: number): boolean {
  return (
    (unit >= 97 && unit <= 122) ||
    (unit >= 65 && unit <= 90) ||
    (unit >= 48 && unit <= 57) ||
    unit === 95 ||
    unit === 36 ||
    unit > 127
  );
}
