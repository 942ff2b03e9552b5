// Turns an answer into the documentation of one definition, in the form its language uses. The code itself is never touched.

import { lineEnd, lineStart, type OffsetEdit } from '../../base/text.ts';
import type { SymbolFacts } from '../../syntax/facts.ts';
import { fencesOf } from '../answer/fences.ts';
import type { Draft } from '../task.ts';
import { type FittingPlace, inFileLineBreaks, insideIndentation, mentions } from './place.ts';

interface Words {
  readonly text: string;
  /** Prefix of the string literal they were quoted in: then backslashes mean what they mean there. */
  readonly literalPrefix?: string;
}

/** Longest documentation that is believed to be one. UTF-16 units. */
const maximumLength = 8000;

/**
 * @param candidate one undressed answer: the definition with documentation, the bare comment, or plain sentences.
 */
export async function fitDocumentation(
  place: FittingPlace,
  candidate: string,
  symbol: SymbolFacts,
): Promise<Draft | undefined> {
  const words =
    (await documentationInCode(place, candidate, symbol)) ?? documentationAlone(place.task.languageId, candidate);
  if (words === undefined || words.text.trim() === '' || words.text.length > maximumLength) return undefined;
  const edit = documentationEdit(place, symbol, words);
  return { edits: [edit], regionEdits: [0], code: edit.text.trim(), cautions: [] };
}

async function documentationInCode(
  place: FittingPlace,
  candidate: string,
  symbol: SymbolFacts,
): Promise<Words | undefined> {
  const above = place.task.languageId === 'python' ? undefined : commentAbove(candidate, symbol.name);
  if (above !== undefined) return wordsOf(above);
  const facts = await place.parse(candidate);
  const found = facts?.symbols.find((other) => other.name === symbol.name && other.documentation !== undefined);
  if (!found?.documentation) return undefined;
  return wordsOf(candidate.slice(found.documentation.start, found.documentation.end));
}

/** The comment directly above the first line that defines the name, whatever comes after: bodies may be left out or come twice. */
function commentAbove(text: string, name: string): string | undefined {
  const lines = text.split('\n');
  const comment = /^[ \t]*(?:\/\/|\/\*|\*)/;
  const first = lines.findIndex((line) => mentions(line, name) && !comment.test(line) && /[{(=]/.test(line));
  let start = first;
  while (start > 0 && comment.test(lines[start - 1] ?? '')) start--;
  return first === -1 || start === first ? undefined : lines.slice(start, first).join('\n');
}

/** No definition in the answer: a comment or string literal in it, else its sentences without chatter. */
function documentationAlone(languageId: string, candidate: string): Words | undefined {
  const literal =
    /(?:^|\n)[ \t]*([rRuUbB]{0,2}("""|''')[\s\S]*?\2)/.exec(candidate)?.[1] ?? /\/\*[\s\S]*?\*\//.exec(candidate)?.[0];
  if (literal !== undefined) return wordsOf(literal);
  const marker = languageId === 'python' ? /^[ \t]*#/ : /^[ \t]*\/\/[/!]?/;
  const commented = candidate.split('\n').filter((line) => marker.test(line));
  if (commented.length > 0) return wordsOf(commented.join('\n'));
  if (/^[ \t]*(?:def|class|function|func|fn|pub|const|let|return|import)\b.*[:({;]/m.test(candidate)) return undefined;
  return { text: withoutChatter(fencesOf(candidate, 'close').each[0] ?? candidate) };
}

/** The text inside comment markers or quotes, dedented. */
function wordsOf(documentation: string): Words {
  const text = documentation.trim();
  const quoted = /^([rRuUbBfF]{0,2})("""|'''|"|')([\s\S]*?)\2$/.exec(text);
  if (quoted !== null) return { text: dedentTail(quoted[3] ?? ''), literalPrefix: quoted[1] ?? '' };
  return { text: text.startsWith('/*') ? insideBlockComment(text) : insideLineComments(text) };
}

function insideBlockComment(text: string): string {
  const inner = text.replace(/^\/\*+!?/, '').replace(/\*+\/[\s\S]*$/, '');
  const lines = inner.split('\n').map((line) => line.replace(/^[ \t]*\*(?: |$)?/, ''));
  return dedentTail(lines.join('\n'));
}

function insideLineComments(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/^[ \t]*(?:\/\/[/!]?|#+) ?/, ''));
  return lines.join('\n').trim();
}

/** A docstring's first line has no indentation, its other lines share one. */
function dedentTail(text: string): string {
  const lines = text.split('\n');
  const depths = lines
    .slice(1)
    .filter((line) => line.trim() !== '')
    .map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const depth = depths.length === 0 ? 0 : Math.min(...depths);
  return lines
    .map((line, index) => (index === 0 ? line : line.slice(Math.min(depth, /^[ \t]*/.exec(line)?.[0].length ?? 0))))
    .join('\n')
    .trim();
}

function withoutChatter(text: string): string {
  const paragraphs = text.trim().split(/\n[ \t]*\n/);
  const opening = /^(?:sure|certainly|of course|okay|ok|here(?:'s| is| are)|below is|the following)\b[^\n]*:?$/i;
  const closing =
    /^(?:let me know|hope this|feel free|this (?:docstring|documentation|comment)|note that this docstring|i(?:'ve| have) )/i;
  while (paragraphs.length > 1 && opening.test((paragraphs[0] ?? '').trim())) paragraphs.shift();
  while (paragraphs.length > 1 && closing.test((paragraphs.at(-1) ?? '').trim())) paragraphs.pop();
  const first = (paragraphs[0] ?? '').split('\n');
  if (first.length > 1 && opening.test((first[0] ?? '').trim()) && /:$/.test((first[0] ?? '').trim()))
    paragraphs[0] = first.slice(1).join('\n');
  const words = paragraphs.join('\n\n').trim();
  return /^(["'])[^\n]*\1$/.test(words) ? words.slice(1, -1) : words;
}

function documentationEdit(place: FittingPlace, symbol: SymbolFacts, words: Words): OffsetEdit {
  return place.task.languageId === 'python' ? docstringEdit(place, symbol, words) : commentEdit(place, symbol, words);
}

function docstringEdit(place: FittingPlace, symbol: SymbolFacts, words: Words): OffsetEdit {
  const { text } = place.task;
  const indentation = insideIndentation(place, symbol);
  const raw = words.literalPrefix ?? (words.text.includes('\\') ? 'r' : '');
  const safe = words.text.replace(/"""/g, "'''");
  const lines = safe.split('\n');
  const body = lines
    .map((line, index) => (index === 0 || line.trim() === '' ? line.trimEnd() : indentation + line))
    .join('\n');
  const needsSpace = /["\\]$/.test(body) ? ' ' : '';
  const literal = lines.length === 1 ? `${raw}"""${body}${needsSpace}"""` : `${raw}"""${body}\n${indentation}"""`;
  if (symbol.documentation && symbol.documentationInBody)
    return { ...symbol.documentation, text: inFileLineBreaks(place, literal) };
  const start = symbol.body?.start ?? symbol.range.end;
  const line = lineStart(text, start);
  if (text.slice(line, start).trim() === '')
    return { start: line, end: line, text: inFileLineBreaks(place, `${indentation}${literal}\n`) };
  const colon = text.slice(0, start).trimEnd().length;
  return { start: colon, end: start, text: inFileLineBreaks(place, `\n${indentation}${literal}\n${indentation}`) };
}

function commentEdit(place: FittingPlace, symbol: SymbolFacts, words: Words): OffsetEdit {
  const { indentation } = symbol;
  const block = /^(?:java|type)script/.test(place.task.languageId);
  const safe = block ? words.text.replace(/\*\//g, '* /') : words.text;
  const lines = safe.split('\n').map((line) => line.trimEnd());
  const marker = place.task.languageId === 'rust' ? '///' : '//';
  const comment = block
    ? ['/**', ...lines.map((line) => (line === '' ? ' *' : ` * ${line}`)), ' */']
    : lines.map((line) => (line === '' ? marker : `${marker} ${line}`));
  const text = comment.map((line) => indentation + line).join('\n');
  if (symbol.documentation && !symbol.documentationInBody) {
    const start = lineStart(place.task.text, symbol.documentation.start);
    return { start, end: lineEndOf(place, symbol.documentation.end), text: inFileLineBreaks(place, text) };
  }
  const start = lineStart(place.task.text, symbol.range.start);
  return { start, end: start, text: inFileLineBreaks(place, `${text}\n`) };
}

/** A documentation range may or may not include its last line break. */
function lineEndOf(place: FittingPlace, end: number): number {
  return place.task.text[end - 1] === '\n'
    ? lineEnd(place.task.text, end - 1 - (place.task.text[end - 2] === '\r' ? 1 : 0))
    : lineEnd(place.task.text, end);
}
