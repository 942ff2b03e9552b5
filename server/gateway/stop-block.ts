// Ends an answer where it leaves the block that it was asked to fill: by indentation where that makes blocks, else by brackets.
// Text only; knows no grammar.

import { enclosedPart, enclosingPart, isIndented, scanCode } from '../base/code-scan.ts';
import { indentationOf, lineStart } from '../base/text.ts';
import type { StopDecision, StopFilter } from './stop-filters.ts';

/** Where an answer is inserted. */
export interface BlockPlace {
  /** LSP language id. */
  readonly languageId: string;
  /** Text before the cursor, at least from the last top-level statement on. */
  readonly prefix: string;
  readonly suffix: string;
  /** `own`: the block of the cursor's line. `surrounding`: also those around it, as far as the code after the cursor goes on in them. */
  readonly block: 'own' | 'surrounding';
}

/** Behind the end of the block nothing is kept, except the brackets that close what the code before the cursor opened. */
export function stopAtBlockEnd(place: BlockPlace): StopFilter {
  const brackets = bracketEnd(place);
  const indentation = isIndented(place.languageId) ? indentationEnd(place) : undefined;
  return {
    name: 'block',
    decide(text) {
      const found = [brackets(text), indentation?.(text)].filter((decision) => decision !== undefined);
      return found.sort((a, b) => a.keep - b.keep)[0];
    },
  };
}

type Decide = (text: string) => StopDecision | undefined;

function bracketEnd({ languageId, prefix, suffix }: BlockPlace): Decide {
  const before = enclosingPart(prefix);
  const open = scanCode(before, languageId);
  if (open.inside !== 'code') return () => undefined;
  const after = enclosedPart(suffix);
  const closedLater = scanCode(after, languageId).unopened.map((offset) => after[offset] ?? '');
  /** Brackets that the answer has to close itself. */
  const owed =
    open.unclosed.length -
    pairsOf(
      open.unclosed.map((offset) => before[offset] ?? ''),
      closedLater,
    );
  const owesBlock = open.unclosed.slice(open.unclosed.length - owed).some((offset) => before[offset] === '{');
  return (text) => {
    const { unopened } = scanCode(text, languageId);
    const foreign = unopened[owed];
    if (foreign !== undefined) {
      return { keep: text.slice(0, foreign).trimEnd().length, why: 'it closes a bracket that is closed later' };
    }
    const last = unopened[owed - 1];
    if (!owesBlock || last === undefined) return undefined;
    const end = text.indexOf('\n', last);
    return end === -1 ? undefined : { keep: text.slice(0, end).trimEnd().length, why: 'the block is closed' };
  };
}

const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * How many of the open brackets, from the outermost on, are closed behind the cursor: the last closer there closes the outermost. Of
 * another kind, it closes what the answer opens.
 */
function pairsOf(open: readonly string[], closers: readonly string[]): number {
  let pairs = 0;
  while (pairs < open.length && pairs < closers.length && closers.at(-1 - pairs) === closerOf[open[pairs] ?? ''])
    pairs++;
  return pairs;
}

function indentationEnd({ languageId, prefix, suffix, block }: BlockPlace): Decide {
  const before = enclosingPart(prefix);
  const openBefore = scanCode(before, languageId).unclosed;
  const [statement = before.length] = openBefore;
  /** The begin of the cursor's line, or of the first line of a statement that goes over several. */
  const head = before.slice(lineStart(before, statement));
  /** Where nothing follows, or only what stands at the margin, the definition around the cursor may go on. */
  const goesOn = Math.max(1, indentationAfter(suffix) ?? 1);
  return (text) => {
    const own = openBefore.length > 0 ? indentationOf(head).length : floorOf(head, text);
    const floor = block === 'surrounding' ? Math.min(own, goesOn) : own;
    let opened = opensBlock(head);
    let isFirst = true;
    for (let start = 0; start < text.length; ) {
      const lineBreak = text.indexOf('\n', start);
      const end = lineBreak === -1 ? text.length : lineBreak;
      const line = text.slice(start, end);
      if (line.trim() !== '') {
        const width = indentationOf(line).length;
        const goesOnHere =
          block === 'surrounding' && width >= indentationOf(head).length && mayContinue(line.trimStart());
        const isNew = width < own && /^(?:async|def|class|@)/.test(line.trimStart());
        const leaves = (width < floor && !goesOnHere) || isNew || (width === 0 && opened && !mayContinue(line));
        if (!isFirst && leaves && isStatement(text.slice(0, start), languageId, openBefore.length)) {
          return { keep: text.slice(0, start).trimEnd().length, why: 'the block is closed' };
        }
        opened ||= isFirst && opensBlock(head + line);
      }
      if (line.trim() !== '' || head.trim() !== '') isFirst = false;
      start = end + 1;
    }
    return undefined;
  };
}

/** Whether a line, or what is there of it, begins a block that the next line at the margin ends. */
function opensBlock(line: string): boolean {
  return /^(?:def|class|async|@|if|for|while|with|try|match)\b|:\s*$/.test(line);
}

const continuations = ['else', 'elif', 'except', 'finally'];

/** Whether a line at the margin may belong to the statement above it: `else`, the start of that word, a closing bracket. */
function mayContinue(line: string): boolean {
  const word = /^\w*/.exec(line)?.[0] ?? '';
  if (word === line) return continuations.some((one) => one.startsWith(word));
  return continuations.includes(word) || /^[)\]}]/.test(line);
}

/** The least indentation that lines of the block have. */
function floorOf(head: string, text: string): number {
  if (head.trim() !== '') {
    const width = indentationOf(head).length;
    return head.trimEnd().endsWith(':') ? width + 1 : width;
  }
  const first = /^\s*?([^\S\n]*)(?=\S)/.exec(text);
  if (first === null) return 0;
  const onOwnLine = !first[0].includes('\n');
  return (onOwnLine ? head.length : 0) + (first[1] ?? '').length;
}

/** Indentation of the first line after the cursor's that shows one. */
function indentationAfter(suffix: string): number | undefined {
  const line = /\n([^\S\n]*)\S/.exec(suffix);
  return line === null ? undefined : (line[1] ?? '').length;
}

/** Whether the answer so far ends between statements: in an open bracket or string, indentation says nothing. */
function isStatement(answer: string, languageId: string, openBefore: number): boolean {
  const { inside, spansLines, unclosed, unopened } = scanCode(answer, languageId);
  return openBefore - unopened.length + unclosed.length <= 0 && !(inside === 'string' && spansLines);
}
