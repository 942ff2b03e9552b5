// Markdown code fences in an answer, also nested, indented, unclosed or longer than three.

import { isInsideLongToken } from '../../gateway/stop-filters.ts';

export interface Fences {
  /** Contents in order of appearance. */
  readonly each: readonly string[];
  /** Those of `each` that are not said to be output, a shell session or plain text; all of them when none is left. */
  readonly code: readonly string[];
  /** From the first opening to the last closing fence: right when a docstring holds fences of its own. */
  readonly widest: string | undefined;
  /** The text with all fenced blocks and their fence lines removed. */
  readonly outside: string;
}

/** Whether a fence that stands inside a string or comment of the code may open or close a block. */
export type InnerFences = 'close' | 'belong to the code';

/** @param text with `\n` line ends. */
export function fencesOf(text: string, inner: InnerFences): Fences {
  const lines = text.split('\n');
  const each: string[] = [];
  const code: string[] = [];
  const outside: string[] = [];
  let firstOpen = -1;
  let lastClose = -1;
  let open: { marker: string; indentation: number; line: number } | undefined;
  for (const [index, line] of lines.entries()) {
    const fence = /^([ \t]*)(?:[-*]\s+|\d+\.\s+)?(`{3,}|~{3,})(.*)$/.exec(line);
    if (open === undefined) {
      const info = fence?.[3] ?? '';
      const inCode = (): boolean => inner !== 'close' && isInsideLongToken(outside.join('\n'));
      if (fence?.[2] !== undefined && !info.includes('`') && !inCode()) {
        open = { marker: fence[2], indentation: fence[1]?.length ?? 0, line: index };
        if (firstOpen === -1) firstOpen = index;
      } else outside.push(line);
    } else if (
      fence?.[2] !== undefined &&
      fence[2][0] === open.marker[0] &&
      fence[2].length >= open.marker.length &&
      (fence[3] ?? '').trim() === '' &&
      (inner === 'close' || !isInsideLongToken(lines.slice(open.line + 1, index).join('\n')))
    ) {
      each.push(contents(lines.slice(open.line + 1, index), open.indentation));
      if (!isOutput(lines[open.line] ?? '', outside)) code.push(each.at(-1) ?? '');
      lastClose = index;
      open = undefined;
    }
  }
  if (open !== undefined) {
    each.push(contents(lines.slice(open.line + 1), open.indentation));
    if (!isOutput(lines[open.line] ?? '', outside)) code.push(each.at(-1) ?? '');
  }
  const widest =
    firstOpen !== -1 && lastClose > firstOpen ? contents(lines.slice(firstOpen + 1, lastClose), 0) : undefined;
  return {
    each,
    code: outside.some((line) => line.trim() !== '') || code.length > 0 ? code : each,
    widest: each.length > 1 || open !== undefined ? widest : undefined,
    outside: outside.join('\n'),
  };
}

/** Told by the fence's own words or by the last line before it. */
function isOutput(fenceLine: string, before: readonly string[]): boolean {
  if (/(?:`{3,}|~{3,})\s*(?:text|txt|output|console|bash|sh|shell|shell-session|plaintext)\b/i.test(fenceLine))
    return true;
  const label = before.findLast((line) => line.trim() !== '') ?? '';
  return /^[\s#*_]*(?:expected |sample |example )?(?:output|result|prints|usage|run it|to run)\b[^.]*:?[\s*_]*$/i.test(
    label,
  );
}

/** A fence inside a list is indented with it: that much comes off each line. */
function contents(lines: readonly string[], indentation: number): string {
  return lines.map((line) => line.slice(Math.min(indentation, /^[ \t]*/.exec(line)?.[0].length ?? 0))).join('\n');
}
