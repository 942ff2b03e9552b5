// An answer that is only a body gets the signature it belongs to, in every way that could make sense of it. Pure text.

import { dedent, indentationOf } from '../../base/text.ts';

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

/** All runs of whole paragraphs, longest first: prose before and after falls away, code between stays in one piece. */
function paragraphSpans(text: string): string[] {
  const paragraphs = text
    .replace(/^\s*\n/, '')
    .trimEnd()
    .split(/\n[ \t]*\n/);
  const count = paragraphs.length;
  const spans: { start: number; end: number }[] = [];
  for (let start = 0; start < count; start++) {
    for (let end = count; end > start; end--) {
      if (count <= maximumParagraphs || start <= 1 || end >= count - 1) spans.push({ start, end });
    }
  }
  spans.sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
  return spans.slice(0, 40).map((span) => paragraphs.slice(span.start, span.end).join('\n\n'));
}

function pythonWrappings(body: string, { signature }: Wrapping): string[] {
  const lines = body.split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return [];
  const header = `${signature.trimEnd().replace(/:?$/, ':')}\n`;
  const wrap = (text: string): string => header + shifted(dedent(text), '    ');
  const rest = lines.slice(first + 1).filter((line) => line.trim() !== '');
  const restDepths = rest.map((line) => indentationOf(line).length);
  const shallowest = Math.min(...restDepths);
  const firstLine = lines[first] ?? '';
  const lostIndentation = indentationOf(firstLine) === '' && rest.length > 0 && shallowest > 0;
  const opensBlock = /[:([{,\\]\s*(?:#.*)?$/.test(firstLine);
  if (lostIndentation && (!opensBlock || shallowest < (restDepths[0] ?? 0))) {
    const lead = indentationOf(rest.find((line) => indentationOf(line).length === shallowest) ?? '');
    return [wrap([lead + firstLine, ...lines.slice(first + 1)].join('\n')), wrap(body)];
  }
  return [wrap(body)];
}

function braceWrappings(body: string, { signature, insideClass }: Wrapping): string[] {
  const header = `${signature.trimEnd().replace(/\{?$/, '{')}\n`;
  const inner = body.replace(/^\s*\{\s*\n([\s\S]*)$/, '$1');
  const texts = [`${header}${dedent(body)}\n}\n`, `${header}${dedent(body)}\n`];
  if (inner !== body) texts.push(`${header}${dedent(inner)}\n`);
  return insideClass ? texts.map((text) => `class Holder {\n${text}\n}\n`) : texts;
}

function shifted(text: string, by: string): string {
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : by + line))
    .join('\n');
}
