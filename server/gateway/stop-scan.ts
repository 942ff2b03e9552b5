// Where in an answer a stop filter may cut: never inside a code fence, a multi-line string or a block comment. Pure text, no
// grammar: answers are fragments in unknown languages, and in doubt nothing is cut.

/** An opening fence of a Markdown code block, with the offset behind its line. */
export interface Fence {
  readonly marker: string;
  readonly indentation: number;
  readonly contentStart: number;
}

export interface FenceScan {
  /** The block that is open at the end of the text. */
  readonly open: Fence | undefined;
  /** Offset just behind the first closed block that has any content, its closing line included (line break excluded). */
  readonly closedAt: number | undefined;
}

/**
 * Finds fences by CommonMark 4.5: the closing line has the same character, at least as many of them, and nothing else. Only
 * complete lines count: what follows a fence on its line decides whether it opens or closes. A fence inside a string of the
 * code closes nothing.
 */
export function scanFences(text: string): FenceScan {
  let open: Fence | undefined;
  let closedAt: number | undefined;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1; start = end + 1, end = text.indexOf('\n', start)) {
    const first = text.charCodeAt(start);
    // Most lines begin with neither a fence character nor a blank: look no further.
    if (first !== backtick && first !== tilde && first !== space && first !== tab) continue;
    const match = /^([ \t]*)(`{3,}|~{3,})([^\r]*)\r?$/.exec(text.slice(start, end));
    if (match === null) continue;
    const [, lead = '', marker = '', info = ''] = match;
    if (open === undefined) {
      if (!info.includes('`') && !isInsideLongToken(text.slice(0, start)))
        open = { marker, indentation: lead.length, contentStart: end + 1 };
    } else if (closes(open, { lead, marker, info })) {
      const content = text.slice(open.contentStart, start);
      if (isInsideLongToken(content)) continue;
      if (content.trim() !== '') closedAt ??= text.charCodeAt(end - 1) === carriageReturn ? end - 1 : end;
      open = undefined;
    }
  }
  return { open, closedAt };
}

function closes(open: Fence, line: { lead: string; marker: string; info: string }): boolean {
  return (
    line.marker[0] === open.marker[0] &&
    line.marker.length >= open.marker.length &&
    line.info.trim() === '' &&
    line.lead.length <= open.indentation + 3
  );
}

/** Whether a string over several lines or a block comment is open at the end of `text`. */
export function isInsideLongToken(text: string): boolean {
  const last = longTokensOf(text).at(-1);
  return last !== undefined && last.end === undefined;
}

/** Strings that may span lines and block comments, in order; `end` is undefined for one that is still open. Offsets. */
export function longTokensOf(text: string): { readonly start: number; readonly end: number | undefined }[] {
  const found: { start: number; end: number | undefined }[] = [];
  let open = '';
  for (const match of text.matchAll(longTokens)) {
    const [token] = match;
    if (token.startsWith('\\') || token.startsWith('``')) continue;
    if (token === open) {
      open = '';
      const last = found.at(-1);
      if (last) last.end = match.index + token.length;
    } else if (open === '' && token !== '*/') {
      open = token === '/*' ? '*/' : token;
      found.push({ start: match.index, end: undefined });
    }
  }
  return found;
}

/** Triple quotes, single backticks (template literals, raw strings; three are a fence), block comments; escapes to skip. */
const longTokens = /\\[\s\S]|"""|'''|`+|\/\*|\*\//g;

const backtick = 96;
const tilde = 126;
const space = 32;
const tab = 9;
const carriageReturn = 13;
