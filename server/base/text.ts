// Pure text arithmetic on UTF-16 offsets: edits, lines, indentation, line ends. Knows no language and no protocol.

/** Half-open range of UTF-16 offsets into one text. */
export interface OffsetRange {
  readonly start: number;
  readonly end: number;
}

/** Replace `[start, end)` by `text`. Offsets refer to the text before any edit of the same list. */
export interface OffsetEdit extends OffsetRange {
  readonly text: string;
}

/**
 * Applies non-overlapping edits given in any order.
 * @throws RangeError when two edits overlap or one lies outside the text: a bug in the caller, never user input.
 */
export function applyEdits(text: string, edits: readonly OffsetEdit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let cursor = 0;
  for (const edit of ordered) {
    if (edit.start < cursor || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(`edit [${edit.start}, ${edit.end}) overlaps another or leaves the text`);
    }
    result += text.slice(cursor, edit.start) + edit.text;
    cursor = edit.end;
  }
  return result + text.slice(cursor);
}

/** Offset of the first character of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  // lastIndexOf takes a negative position for 0 and would find a line break that stands there.
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset just before the line break (or at the end of the text) of the line that holds `offset`. `\r` stays inside the break. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  if (newline === -1) return text.length;
  return newline > 0 && text[newline - 1] === '\r' && newline - 1 >= offset ? newline - 1 : newline;
}

/** The leading spaces and tabs of a line. */
export function indentationOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** The line break that the text uses most; `\n` when it has none. */
export function dominantLineBreak(text: string): '\n' | '\r\n' {
  if (!text.includes('\r')) return '\n';
  const crlf = text.match(/\r\n/g)?.length ?? 0;
  const lf = (text.match(/\n/g)?.length ?? 0) - crlf;
  return crlf > lf ? '\r\n' : '\n';
}

/** The same text with every line break turned into `lineBreak`. */
export function withLineBreak(text: string, lineBreak: '\n' | '\r\n'): string {
  const normalised = text.replace(/\r\n?/g, '\n');
  return lineBreak === '\n' ? normalised : normalised.replace(/\n/g, '\r\n');
}

/** Widths that people indent by. Other steps are alignment. */
const usualWidths: readonly number[] = [2, 3, 4, 8];

/**
 * One indentation step of a text: a tab when tabs lead most lines, else the most frequent usual increase of leading spaces,
 * else its shallowest indentation. Falls back to `fallback` when the text shows none.
 */
export function indentationUnit(text: string, fallback: string): string {
  const leads = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(indentationOf);
  const indented = leads.filter((lead) => lead !== '');
  const tabbed = indented.filter((lead) => lead.startsWith('\t')).length;
  if (tabbed > 0 && tabbed * 2 >= indented.length) return '\t';
  const steps = new Map<number, number>();
  for (const [index, lead] of leads.entries()) {
    const step = lead.length - (leads[index - 1] ?? lead).length;
    if (usualWidths.includes(step)) steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  const [commonest] = [...steps].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const shallowest = Math.min(...indented.map((lead) => lead.length));
  const width = commonest?.[0] ?? (usualWidths.includes(shallowest) ? shallowest : undefined);
  return width === undefined ? fallback : ' '.repeat(width);
}

/** Removes the indentation that all non-blank lines share. */
export function dedent(text: string): string {
  const lines = text.split('\n');
  let common: string | undefined;
  for (const line of lines) {
    if (line.trim() === '') continue;
    const lead = indentationOf(line);
    if (common === undefined) common = lead;
    else {
      let shared = 0;
      while (shared < common.length && shared < lead.length && common[shared] === lead[shared]) shared++;
      common = common.slice(0, shared);
    }
  }
  const width = common?.length ?? 0;
  return lines.map((line) => (line.trim() === '' ? '' : line.slice(width))).join('\n');
}

/** Puts `indentation` before every non-blank line. */
export function indent(text: string, indentation: string): string {
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? line.trim() : indentation + line))
    .join('\n');
}

/**
 * Tokens of a text, roughly: one per four UTF-8 bytes, rounded up. Good enough for budgets; engines' own counts are used for
 * everything that is reported. (Code runs at 3–4 bytes per token for the byte-level BPEs of Llama, Gemma and Qwen.)
 */
export function roughTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / 4);
}

/** The text without any white space: for asking whether two pieces of code differ in more than layout. */
export function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}
