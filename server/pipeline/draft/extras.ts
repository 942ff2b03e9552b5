// What an answer's definition needs beside itself and the file does not have yet: imports, helper definitions, constants.
// Anything the definition does not use is left out: nobody asked for it.

import { lineEnd, lineStart, type OffsetEdit, type OffsetRange } from '../../base/text.ts';
import type { SymbolFacts, SyntaxFacts } from '../../syntax/facts.ts';
import { importEdits, type NeededImport } from './imports.ts';
import { type FittingPlace, inFileLineBreaks, literalsWithin, mentions } from './place.ts';
import { reindent } from './reindent.ts';

export interface ExtrasRequest {
  /** The answer and its facts. */
  readonly text: string;
  readonly facts: SyntaxFacts;
  /** Definitions of the answer that are used anyway, each with the user's definition that it is for; at least one. */
  readonly used: readonly { readonly found: SymbolFacts; readonly target: SymbolFacts }[];
  /** Their text as it will stand in the file. */
  readonly usedText: string;
  /** Names that must come along even if nothing mentions them (promised by the plan). */
  readonly required: readonly string[];
}

export interface Extras {
  readonly imports: readonly OffsetEdit[];
  /** Definitions and constants before the target, and sibling methods after it. */
  readonly definitions: readonly OffsetEdit[];
}

export function extrasFor(place: FittingPlace, request: ExtrasRequest): Extras {
  const { helpers, siblings, constants, text } = closure(place, request);
  return {
    imports: importEdits(place, neededImports(place, request, text)),
    definitions: [
      ...beforeTarget(place, request, [...constants, ...helpers]),
      ...afterTarget(place, request, siblings),
    ],
  };
}

/** A slice of the answer. */
type Piece = OffsetRange;

/** Everything reachable by name from the used definitions. `text` is all of it, for deciding which imports are needed. */
function closure(
  place: FittingPlace,
  request: ExtrasRequest,
): { helpers: Piece[]; siblings: SymbolFacts[]; constants: Piece[]; text: string } {
  const { facts, required } = request;
  const used = request.used.map((one) => one.found);
  const existing = new Set(place.facts.symbols.map((symbol) => qualified(symbol)));
  const isUsed = (symbol: SymbolFacts): boolean =>
    used.some((other) => symbol.range.start >= other.range.start && symbol.range.end <= other.range.end);
  const holdsUsed = (symbol: SymbolFacts): boolean =>
    used.some((other) => symbol.range.start <= other.range.start && symbol.range.end >= other.range.end);
  const free = facts.symbols.filter(
    (symbol) => !isUsed(symbol) && !holdsUsed(symbol) && !existing.has(qualified(symbol)),
  );
  let text = request.usedText;
  const taken = new Set<SymbolFacts>();
  const constants = new Map<string, Piece>();
  for (let grew = true; grew; ) {
    grew = false;
    for (const symbol of free) {
      const topLevel = symbol.container.length === 0;
      const sibling = used.some((one) => one.container.length > 0 && sameNames(symbol.container, one.container));
      if (taken.has(symbol) || !(topLevel || sibling) || (topLevel && existing.has(symbol.name))) continue;
      if (!mentions(text, symbol.name) && !required.includes(symbol.name)) continue;
      // Parts of a plan repeat each other's helpers: the first counts.
      if ([...taken].some((other) => qualified(other) === qualified(symbol))) continue;
      taken.add(symbol);
      text += `\n${sliceOf(request.text, symbol)}`;
      grew = true;
    }
    for (const [name, piece] of topLevelConstants(request.text, facts)) {
      if (constants.has(name) || !mentions(text, name) || mentions(place.task.text, name)) continue;
      constants.set(name, piece);
      text += `\n${request.text.slice(piece.start, piece.end)}`;
      grew = true;
    }
  }
  const ordered = free.filter((symbol) => taken.has(symbol));
  return {
    helpers: ordered
      .filter((symbol) => symbol.container.length === 0)
      .map((symbol) => documentedSlice(request.text, symbol)),
    siblings: ordered.filter((symbol) => symbol.container.length > 0),
    constants: [...constants.values()],
    text,
  };
}

function qualified(symbol: SymbolFacts): string {
  return [...symbol.container, symbol.name].join('.');
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

function sliceOf(text: string, symbol: SymbolFacts): string {
  return text.slice(lineStart(text, symbol.range.start), symbol.range.end);
}

function documentedSlice(text: string, symbol: SymbolFacts): Piece {
  const start = symbol.documentation && !symbol.documentationInBody ? symbol.documentation.start : symbol.range.start;
  return { start: lineStart(text, start), end: Math.max(symbol.range.end, lineEnd(text, symbol.range.end)) };
}

/** `NAME = …`, `const name = …` at the outermost level, with continuation lines. */
function topLevelConstants(text: string, facts: SyntaxFacts): Map<string, Piece> {
  const found = new Map<string, Piece>();
  const pattern =
    /^(?:(?:export|pub|const|let|var|static|final|mut)[ \t]+)*([A-Za-z_$][\w$]*)[ \t]*(?::[^=\n]+)?=(?!=)/gm;
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    const name = match[1] ?? '';
    if (facts.symbols.some((symbol) => start >= symbol.range.start && start < symbol.range.end)) continue;
    let end = lineEnd(text, start);
    while (end < text.length) {
      const next = text.slice(end + 1, lineEnd(text, end + 1));
      if (!/^(?:[ \t]+\S|[)\]}])/.test(next)) break;
      end += 1 + next.length;
    }
    if (!found.has(name)) found.set(name, { start, end });
  }
  return found;
}

function neededImports(place: FittingPlace, request: ExtrasRequest, text: string): NeededImport[] {
  const reaching = place.facts.imports.filter((entry) => entry.nested !== true);
  const bound = new Set(reaching.flatMap((entry) => entry.names));
  const present = new Set(reaching.map((entry) => entry.text));
  return request.facts.imports.flatMap((entry) => {
    if (entry.nested === true || present.has(entry.text)) return [];
    const missing = entry.names.filter((name) => !bound.has(name) && mentions(text, name));
    const everything = entry.names.length === 0 || entry.names.includes('*');
    if (missing.length === 0 && !everything) return [];
    for (const name of missing) bound.add(name);
    return [{ entry, statement: request.text.slice(entry.range.start, entry.range.end).trim(), missing }];
  });
}

function beforeTarget(place: FittingPlace, request: ExtrasRequest, pieces: readonly Piece[]): OffsetEdit[] {
  const [anchor] = [...request.used].map((one) => one.target).sort((a, b) => a.range.start - b.range.start);
  if (pieces.length === 0 || anchor === undefined) return [];
  const outermost = outermostOf(place, anchor);
  const top =
    outermost.documentation && !outermost.documentationInBody ? outermost.documentation.start : outermost.range.start;
  const offset = lineStart(place.task.text, top);
  const gap = place.task.languageId === 'python' ? '\n\n\n' : '\n\n';
  const text = pieces.map((piece) => moved(place, request, piece, '')).join(gap) + gap;
  return [{ start: offset, end: offset, text: inFileLineBreaks(place, text) }];
}

/** New methods stand behind the last definition of their class that was answered. */
function afterTarget(place: FittingPlace, request: ExtrasRequest, siblings: readonly SymbolFacts[]): OffsetEdit[] {
  const byAnchor = new Map<SymbolFacts, SymbolFacts[]>();
  for (const symbol of siblings) {
    const anchor = request.used.findLast((one) => sameNames(one.found.container, symbol.container))?.target;
    if (anchor !== undefined) byAnchor.set(anchor, [...(byAnchor.get(anchor) ?? []), symbol]);
  }
  return [...byAnchor].map(([anchor, symbols]) => {
    const text = symbols
      .map((symbol) => {
        const piece = { start: lineStart(request.text, symbol.range.start), end: symbol.range.end };
        return `\n\n${moved(place, request, piece, anchor.indentation)}`;
      })
      .join('');
    return { start: anchor.range.end, end: anchor.range.end, text: inFileLineBreaks(place, text) };
  });
}

function moved(place: FittingPlace, request: ExtrasRequest, piece: Piece, base: string): string {
  const block = request.text.slice(piece.start, piece.end);
  return reindent(block, { base, unit: place.unit, literals: literalsWithin(request.facts, piece) }).trimEnd();
}

function outermostOf(place: FittingPlace, symbol: SymbolFacts): SymbolFacts {
  return (
    place.facts.symbols.find(
      (other) => other.range.start <= symbol.range.start && other.range.end >= symbol.range.end,
    ) ?? symbol
  );
}
