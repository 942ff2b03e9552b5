// Definitions as facts: ranges, documentation, whether the body is still missing. Knows no language by name.

import { indentationOf, lineEnd, lineStart, type OffsetRange } from '../base/text.ts';
import { documentationBefore, hasTodo } from './comments.ts';
import type { CommentFacts, SymbolFacts } from './facts.ts';
import type { Definition, Language } from './language.ts';
import { descendants, type SyntaxNode, textOf } from './tree.ts';

interface Source {
  readonly text: string;
  readonly language: Language;
  readonly comments: readonly CommentFacts[];
}

/** Names of more enclosing definitions than this are left out: nobody nests so deep, hostile texts do. */
const maximumContainers = 32;

/** All definitions in document order, outer before inner. */
export function symbolsOf(nodes: readonly SyntaxNode[], source: Source): readonly SymbolFacts[] {
  const found: Unplaced[] = [];
  for (const node of nodes) {
    if (!node.named) continue;
    for (const definition of source.language.definitions(node, source.text)) {
      if (definition.name !== '') found.push({ definition, symbol: symbolOf(definition, source) });
    }
  }
  found.sort((a, b) => a.symbol.range.start - b.symbol.range.start || b.symbol.range.end - a.symbol.range.end);
  const enclosing: SymbolFacts[] = [];
  return found.map(({ definition, symbol }) => {
    while (enclosing.length > 0 && (enclosing.at(-1)?.range.end ?? 0) < symbol.range.end) enclosing.pop();
    const outer = enclosing.slice(0, maximumContainers).map((each) => each.name);
    const placed = { ...symbol, container: [...outer, ...(definition.owners ?? [])] };
    enclosing.push(placed);
    return placed;
  });
}

interface Unplaced {
  readonly definition: Definition;
  readonly symbol: SymbolFacts;
}

function symbolOf(definition: Definition, source: Source): SymbolFacts {
  const { text, language, comments } = source;
  const indentation = indentationOf(text.slice(lineStart(text, definition.whole.start), definition.whole.start));
  const block = definition.body;
  const body =
    block && (language.blocks === 'braces' ? insideBraces(block) : indentedBody(block, indentation.length, source));
  const range = { start: definition.whole.start, end: Math.max(definition.whole.end, body?.end ?? 0) };
  const docstring = block && language.docstring?.(block);
  const parameters = parametersOf(definition, source);
  const documentation =
    docstring ??
    documentationBefore(comments, source, range.start) ??
    documentationBefore(comments, source, definition.headStart);
  return {
    name: definition.name,
    kind: definition.kind,
    container: [],
    range,
    nameRange: { start: definition.nameRange.start, end: definition.nameRange.end },
    signature: signatureOf(definition, range, source),
    ...(body === undefined ? {} : { body }),
    ...(documentation === undefined ? {} : { documentation: { start: documentation.start, end: documentation.end } }),
    documentationInBody: docstring !== undefined,
    isStub:
      body !== undefined &&
      block !== undefined &&
      isStub({ definition, block, body, documentation, parameters }, source),
    indentation,
    parameters,
  };
}

function insideBraces(block: SyntaxNode): OffsetRange {
  const last = block.children.at(-1);
  const start = Math.min(block.start + 1, block.end);
  const closed = last?.type === '}' && !last.missing && last.start >= start;
  return { start, end: closed ? last.start : block.end };
}

/** From after the colon's line, or the colon itself for one-liners, through comments that are indented deeper than the head. */
function indentedBody(block: SyntaxNode, indentation: number, { text }: Source): OffsetRange {
  const afterColon = colonBefore(block)?.end ?? block.start;
  const isEmpty = block.start === block.end;
  const headEnd = withTrailingComment(text, afterColon);
  let end = isEmpty ? headEnd : withTrailingComment(text, block.end);
  let line = nextLine(text, end);
  while (line < text.length) {
    const content = text.slice(line, lineEnd(text, line));
    if (content.trim() !== '') {
      if (!content.trimStart().startsWith('#') || indentationOf(content).length <= indentation) break;
      end = line + content.trimEnd().length;
    }
    line = nextLine(text, line);
  }
  if (end === headEnd) return { start: end, end };
  const oneLine = !isEmpty && block.start < lineEnd(text, afterColon);
  return { start: oneLine ? afterColon : nextLine(text, afterColon), end };
}

function colonBefore(block: SyntaxNode): SyntaxNode | undefined {
  return block.parent?.children.slice(0, block.index).findLast((child) => child.type === ':');
}

/** `offset`, or the end of the comment that follows on its line. */
function withTrailingComment(text: string, offset: number): number {
  const rest = text.slice(offset, lineEnd(text, offset));
  return /^[ \t]*#/.test(rest) ? offset + rest.trimEnd().length : offset;
}

function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

function signatureOf(definition: Definition, range: OffsetRange, { text, language }: Source): OffsetRange {
  const start = Math.max(definition.headStart, range.start);
  const block = definition.body;
  let end = range.end;
  if (block !== undefined && language.blocks === 'braces') end = block.start;
  else if (block !== undefined) end = colonBefore(block)?.end ?? block.start;
  const kept = text.slice(start, end).replace(/[\s;,]+$/, '');
  return { start, end: start + kept.length };
}

interface Candidate {
  readonly definition: Definition;
  readonly block: SyntaxNode;
  readonly body: OffsetRange;
  readonly documentation: OffsetRange | undefined;
  readonly parameters: readonly string[];
}

/**
 * Nothing but placeholders, comments and documentation. Returning an empty value counts only where a comment says that the
 * work is missing; empty types count only where someone described them.
 */
function isStub(
  { definition, block, body, documentation, parameters }: Candidate,
  { text, language, comments }: Source,
): boolean {
  const docstring = language.docstring?.(block);
  // Imports may stand before what their author takes for a docstring.
  const statements = statementsOf(block, language).filter((node) => node.start > (docstring?.start ?? -1));
  if (statements.length > 4) return false;
  const todo = hasTodo(comments, body) || (documentation !== undefined && hasTodo(comments, documentation));
  const isFunction = definition.kind === 'function' || definition.kind === 'method';
  for (const statement of statements) {
    if (statement.end - statement.start > 400) return false;
    const source = textOf(statement, text).replace(/\s+/g, ' ').trim();
    if (language.placeholder.test(source)) continue;
    if (isFunction && todo && language.zeroReturn.test(source)) continue;
    return false;
  }
  if (hasTodo(comments, body)) return true;
  // Python has to write something into an empty body.
  const isEmpty = statements.length === 0 || language.blocks === 'indented';
  if (isEmpty && (definition.completeWhenEmpty === true || ignoresEverything(parameters))) return false;
  return isFunction || documentation !== undefined;
}

/** `_unused` parameters only: whoever named them so wants nothing done with them. */
function ignoresEverything(parameters: readonly string[]): boolean {
  return parameters.length > 0 && parameters.every((name) => name.startsWith('_'));
}

function statementsOf(block: SyntaxNode, language: Language): readonly SyntaxNode[] {
  return block.children
    .flatMap((child) => (child.type === 'statement_list' ? child.children : [child]))
    .filter((child) => child.named && !language.commentTypes.has(child.type) && child.type !== 'empty_statement');
}

/** Every name that the parameter list itself binds, not those of function types or defaults inside it. */
function parametersOf(definition: Definition, { text, language }: Source): readonly string[] {
  const list = definition.parameters;
  if (list === undefined) return [];
  const names: string[] = [];
  for (const node of descendants(list)) {
    if (!language.nameTypes.has(node.type) || language.nameRole(node, text) !== 'binds') continue;
    if (isInsideAnother(node, list)) continue;
    names.push(textOf(node, text));
  }
  const isMethod = definition.kind === 'method';
  return isMethod && language.selfNames?.has(names[0] ?? '') === true ? names.slice(1) : names;
}

function isInsideAnother(node: SyntaxNode, list: SyntaxNode): boolean {
  if (node === list) return false;
  for (let outer = node.parent; outer !== undefined && outer !== list; outer = outer.parent) {
    if (/lambda|arrow_function|function|closure|parameters$/.test(outer.type)) return true;
  }
  return false;
}
