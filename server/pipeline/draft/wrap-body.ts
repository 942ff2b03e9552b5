// An answer that is only a body gets the signature it belongs to, in every way that could make sense of it. Pure text.

import { indentationOf } from '../../base/text.ts';
import { longTokensOf } from '../../gateway/stop-filters.ts';

export interface Wrapping {
  readonly languageId: string;
  /** The user's signature without decorators, e.g. `def f(x):` or `func f(x int) int {`. */
  readonly signature: string;
  /** Brace languages with methods that only parse inside a class body. */
  readonly insideClass: boolean;
}

/** Most paragraphs considered when prose has to be peeled off; beyond it only the ends are. */
const maximumParagraphs = 8;

/**
 * @returns whole definitions to parse, the one that keeps most of the answer first.
 */
export function wrappedBodies(answer: string, wrapping: Wrapping): string[] {
  const spans = paragraphSpans(answer);
  return wrapping.languageId === 'python'
    ? spans.flatMap((body) => pythonWrappings(body, wrapping))
    : spans.flatMap((body) => braceWrappings(body, wrapping));
}

/** All runs of whole paragraphs, longest first, as long as only prose falls away: code is never left out to make the rest parse. */
function paragraphSpans(text: string): string[] {
  const paragraphs = text
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split(/\n[ \t]*\n/);
  const count = paragraphs.length;
  const firstCode = paragraphs.findIndex((paragraph) => !isProse(paragraph));
  if (firstCode === -1) return count === 1 ? [text] : [];
  const spans: { start: number; end: number }[] = [];
  for (let start = 0; start <= firstCode; start++) {
    if (start < firstCode && /^(?:[^\n]*:[*_]*|#{1,6} [^\n]+)$/.test((paragraphs[start] ?? '').trim())) continue;
    for (let end = count; end > firstCode; end--) {
      if (count <= maximumParagraphs || start === 0 || end === count) spans.push({ start, end });
      if (!isProse(paragraphs[end - 1] ?? '') && !introducesMore(paragraphs, end - 1)) break;
    }
  }
  spans.sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  return spans.slice(0, 40).map((span) => paragraphs.slice(span.start, span.end).join('\n\n'));
}

/** Code that comes after a sentence is another version or an example: it may fall away with its sentence. */
function introducesMore(paragraphs: readonly string[], index: number): boolean {
  const firstCode = paragraphs.findIndex((paragraph) => !isProse(paragraph));
  return paragraphs.slice(firstCode, index).some(isProse);
}

const codeLine =
  /^[ \t]*(?:return|if|for|while|else|elif|try|except|finally|with|def|class|import|from|let|const|var|fn|func|function|use|match|switch|case|break|continue|pass|raise|throw|yield|print|loop|async|await|defer|go|pub|impl|global|nonlocal|assert|del)\b(?!.*[.:!?]$)|[=;{}]|^[ \t]*[)\]}]|^[ \t]*[\w.]+\(.*\)$|^[ \t]*(?:#|\/\/|\/\*|\*(?!\*)|@|"{3}|'{3})/;

/** Begins with a capital, has several words and ends like a sentence; brackets and semicolons happen in sentences too. */
const sentence = /^[A-Z“"'*(][^={}]* [^={}]* [^={}]*[.:!?)*]$/;

/** Sentences, headings and lists, as far as can be seen without a grammar: no line of it looks like code. */
function isProse(paragraph: string): boolean {
  if (/^#{1,6} [^\n]+$/.test(paragraph)) return true;
  return paragraph.split('\n').every((line) => !codeLine.test(line) || sentence.test(line));
}

function pythonWrappings(body: string, { signature }: Wrapping): string[] {
  const lines = codeLines(body);
  const first = lines.findIndex((line) => line.text.trim() !== '');
  if (first === -1) return [];
  const header = `${signature.trimEnd().replace(/:?$/, ':')}\n`;
  const wrap = (texts: readonly CodeLine[]): string => header + shifted(texts);
  const rest = lines.slice(first + 1).filter((line) => line.text.trim() !== '' && !line.frozen);
  const restDepths = rest.map((line) => indentationOf(line.text).length);
  const shallowest = Math.min(...restDepths);
  const firstLine = lines[first]?.text ?? '';
  const lostIndentation = indentationOf(firstLine) === '' && rest.length > 0 && shallowest > 0;
  const opensBlock = /[:([{,\\]\s*(?:#.*)?$/.test(firstLine);
  if (lostIndentation && (!opensBlock || shallowest < (restDepths[0] ?? 0))) {
    const lead = indentationOf(rest.find((line) => indentationOf(line.text).length === shallowest)?.text ?? '');
    return [wrap([{ text: lead + firstLine, frozen: false }, ...lines.slice(first + 1)]), wrap(lines)];
  }
  return [wrap(lines)];
}

interface CodeLine {
  readonly text: string;
  /** Begins inside a triple-quoted string: its indentation is content. */
  readonly frozen: boolean;
}

function codeLines(text: string): CodeLine[] {
  const tokens = longTokensOf(text);
  let offset = 0;
  return text.split('\n').map((line) => {
    const start = offset;
    offset += line.length + 1;
    return { text: line, frozen: tokens.some((token) => token.start < start && start < (token.end ?? text.length)) };
  });
}

/** At one step of indentation, what lies inside strings as it is. */
function shifted(lines: readonly CodeLine[]): string {
  const moving = lines.filter((line) => !line.frozen && line.text.trim() !== '');
  const depth = Math.min(...moving.map((line) => indentationOf(line.text).length));
  return lines
    .map((line) => (line.frozen ? line.text : line.text.trim() === '' ? '' : `    ${line.text.slice(depth)}`))
    .join('\n');
}

function braceWrappings(body: string, { signature, insideClass }: Wrapping): string[] {
  const header = `${signature.trimEnd().replace(/\{?$/, '{')}\n`;
  const inner = body.replace(/^\s*\{\s*\n([\s\S]*)$/, '$1');
  const texts = [`${header}${body}\n}\n`, `${header}${body}\n`];
  if (inner !== body) texts.push(`${header}${inner}\n`);
  return insideClass ? texts.map((text) => `class Holder {\n${text}\n}\n`) : texts;
}
