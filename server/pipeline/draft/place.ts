// Everything about the file that fitting an answer into it needs, worked out once per task.

import { dominantLineBreak, indentationUnit, lineStart, type OffsetRange, withLineBreak } from '../../base/text.ts';
import type { SymbolFacts, Syntax, SyntaxFacts } from '../../syntax/facts.ts';
import type { Task } from '../task.ts';

export interface FittingPlace {
  readonly task: Task;
  /** Facts of the snapshot; fitting by syntax needs them. */
  readonly facts: SyntaxFacts;
  readonly unit: string;
  readonly lineBreak: '\n' | '\r\n';
  parse(text: string): Promise<SyntaxFacts | undefined>;
}

/** One step of indentation when the file shows none; gofmt, rustfmt, PEP 8 and the commonest JavaScript habit. */
const usualUnit: Readonly<Record<string, string>> = { go: '\t', rust: '    ', python: '    ' };

/** @returns undefined when the task has no facts: then only plain-text rules apply. */
export function fittingPlace(task: Task, syntax: Syntax, signal: AbortSignal): FittingPlace | undefined {
  if (task.facts === undefined) return undefined;
  return {
    task,
    facts: task.facts,
    unit: indentationUnit(task.text, usualUnit[task.languageId] ?? '  '),
    lineBreak: dominantLineBreak(task.text),
    parse: (text) => syntax.parse({ languageId: task.languageId, text }, signal),
  };
}

/** Literals of a longer text as ranges of one slice of it. */
export function literalsWithin(facts: SyntaxFacts, slice: OffsetRange): OffsetRange[] {
  return facts.multilineLiterals
    .filter((range) => range.end > slice.start && range.start < slice.end)
    .map((range) => ({ start: range.start - slice.start, end: range.end - slice.start }));
}

/** The same text with the file's line ends. */
export function inFileLineBreaks(place: FittingPlace, text: string): string {
  return withLineBreak(text, place.lineBreak);
}

/** Whether `name` is mentioned in `text` as a whole word. */
export function mentions(text: string, name: string): boolean {
  if (!text.includes(name)) return false;
  return new RegExp(`(?<![\\w$])${name.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')}(?![\\w$])`).test(text);
}

/**
 * Indentation of what stands inside a definition: that of its first line there when it has one (files mix steps), else one step
 * more than the definition.
 */
export function insideIndentation(place: FittingPlace, symbol: SymbolFacts): string {
  const usual = symbol.indentation + place.unit;
  const { text } = place.task;
  const first = symbol.body && /\S/.exec(text.slice(symbol.body.start, symbol.body.end));
  if (!symbol.body || !first) return usual;
  const offset = symbol.body.start + first.index;
  const lead = text.slice(lineStart(text, offset), offset);
  const isDeeper = lead.trim() === '' && lead.startsWith(symbol.indentation) && lead !== symbol.indentation;
  return isDeeper ? lead : usual;
}
