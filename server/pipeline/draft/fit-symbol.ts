// Fits an answer into one definition: finds the definition in the answer, keeps the user's signature and documentation byte
// for byte, and replaces the body. Rewriting may replace the whole definition.

import { lineStart, type OffsetEdit, type OffsetRange, squeezed } from '../../base/text.ts';
import type { SymbolFacts, SyntaxFacts } from '../../syntax/facts.ts';
import type { Draft } from '../task.ts';
import { extrasFor } from './extras.ts';
import { type FittingPlace, inFileLineBreaks, insideIndentation, literalsWithin, mentions } from './place.ts';
import { inFileQuotes } from './quotes.ts';
import { reindent } from './reindent.ts';
import { wrappedBodies } from './wrap-body.ts';

/** What of the user's definition an answer may change. */
export type Freedom = 'body' | 'whole-when-signature-differs' | 'whole';

export interface FitRequest {
  readonly symbol: SymbolFacts;
  readonly freedom: Freedom;
  /** Names promised by a plan: they come along even when nothing calls them. */
  readonly required: readonly string[];
}

/** @returns a draft when the answer holds a definition of the symbol's name, else undefined. */
export async function fitNamed(place: FittingPlace, answer: string, request: FitRequest): Promise<Draft | undefined> {
  const found = await definitionIn(place, answer, request);
  return found && draftOf(place, [{ answer: found, request }]);
}

/** Each of several definitions gets its body from the one answer. @returns undefined when the answer holds none of them. */
export async function fitSeveral(
  place: FittingPlace,
  answer: string,
  requests: readonly FitRequest[],
): Promise<Draft | undefined> {
  const fits: Fit[] = [];
  for (const request of requests) {
    const found = await definitionIn(place, answer, request);
    if (found !== undefined) fits.push({ answer: found, request });
  }
  return draftOf(place, fits);
}

async function definitionIn(
  place: FittingPlace,
  answer: string,
  request: Pick<FitRequest, 'symbol' | 'freedom'>,
): Promise<Found | undefined> {
  for (const text of parseableForms(place, answer, request.symbol)) {
    const facts = await place.parse(text);
    const found = facts && bestDefinition(place, { text, facts }, request);
    if (facts === undefined || found === undefined) continue;
    // A rewrite may be about quotes.
    const quoted = request.freedom === 'whole' ? text : inFileQuotes(fileOf(place), { text, facts });
    return { text: quoted, facts, found };
  }
  return undefined;
}

function fileOf({ task, facts }: FittingPlace): { readonly text: string; readonly facts: SyntaxFacts } {
  return { text: task.text, facts };
}

/**
 * A bare body followed by a whole definition of the same name: the definition is a second attempt, the body the first.
 * @returns a draft of that first body, else undefined.
 */
export async function fitLeadingBody(
  place: FittingPlace,
  answer: string,
  request: FitRequest,
): Promise<Draft | undefined> {
  const facts = await place.parse(answer);
  const found = facts && bestDefinition(place, { text: answer, facts }, request);
  if (facts === undefined || found === undefined) return undefined;
  const lead = answer.slice(0, found.range.start);
  const returns = [...lead.matchAll(/^[ \t]*return\b/gm)].some(({ index }) => !isComment(facts, index));
  if (!returns || facts.symbols.some((other) => other.range.end <= lead.length)) return undefined;
  return fitBareBody(place, lead, request);
}

/** @returns a draft when the answer makes sense as a bare body of the symbol, else undefined. */
export async function fitBareBody(
  place: FittingPlace,
  answer: string,
  request: FitRequest,
): Promise<Draft | undefined> {
  const found = await definitionFromBody(place, answer, request);
  return found && draftOf(place, [{ answer: found, request: { ...request, freedom: 'body' } }]);
}

/**
 * Reads an answer as the bare body of the symbol and gives it the user's signature.
 * @param request `required` names may be used though nothing in the file defines them yet.
 */
export async function definitionFromBody(
  place: FittingPlace,
  answer: string,
  request: Pick<FitRequest, 'symbol' | 'required'>,
): Promise<Found | undefined> {
  const { symbol, required } = request;
  const signature = place.task.text.slice(symbol.signature.start, symbol.signature.end);
  const insideClass = needsClass(place, symbol);
  const known = (name: string): boolean => required.includes(name) || mentions(place.task.text, name);
  for (const text of wrappedBodies(answer, { languageId: place.task.languageId, signature, insideClass })) {
    const facts = await place.parse(text);
    if (facts === undefined || facts.errors.length > 0) continue;
    const found = bestDefinition(place, { text, facts }, { symbol, freedom: 'body' });
    if (found?.body === undefined || found.isStub || facts.symbols.some((other) => startsAfter(other, found))) continue;
    if (facts.symbols.some((inner) => inner !== found && isAllOf(text, found, inner))) continue;
    if (facts.freeNames.some((free) => !known(free.name) && !boundByImport(facts, free.name))) continue;
    return { text: inFileQuotes(fileOf(place), { text, facts }), facts, found };
  }
  return undefined;
}

/** A definition in an answer. */
export interface Found {
  readonly text: string;
  readonly facts: SyntaxFacts;
  readonly found: SymbolFacts;
}

function parseableForms(place: FittingPlace, answer: string, symbol: SymbolFacts): string[] {
  return needsClass(place, symbol) ? [answer, `class Holder {\n${answer}\n}\n`] : [answer];
}

/** Methods of JavaScript and TypeScript classes do not parse on their own. */
function needsClass(place: FittingPlace, symbol: SymbolFacts): boolean {
  return symbol.container.length > 0 && /^(?:java|type)script/.test(place.task.languageId);
}

/**
 * The first definition of that name that does something and is not what stands in the file already (models quote it); of equal
 * ones, the one in the same container.
 */
function bestDefinition(
  place: FittingPlace,
  answer: Omit<Found, 'found'>,
  { symbol, freedom }: Pick<FitRequest, 'symbol' | 'freedom'>,
): SymbolFacts | undefined {
  const { facts, text } = answer;
  const named = facts.symbols.filter((other) => other.name === symbol.name && !brokenInside(facts, other));
  const container = symbol.container.at(-1);
  const inContainer = named.filter((other) => other.container.at(-1) === container);
  const pool = inContainer.length > 0 ? inContainer : named;
  const present = unindented(bodyText(place.task.text, symbol));
  const written = pool.filter((other) => other.body !== undefined && !other.isStub);
  return (
    written.find((other) => unindented(bodyText(text, other)) !== present) ??
    (freedom === 'body' ? undefined : written[0]) ??
    pool.find((other) => symbol.body === undefined && other.body === undefined)
  );
}

/** Lines without indentation and blank lines: spaces inside a line may be the very fix. */
function unindented(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}

/** A body without its docstring. */
function bodyText(text: string, { body, documentation, documentationInBody }: SymbolFacts): string {
  if (body === undefined) return '';
  return text.slice(documentationInBody && documentation ? documentation.end : body.start, body.end);
}

function brokenInside(facts: SyntaxFacts, symbol: SymbolFacts): boolean {
  return facts.errors.some(
    (error) => error.start >= symbol.range.start && error.end <= symbol.range.end && error.start < symbol.range.end,
  );
}

function isComment(facts: SyntaxFacts, offset: number): boolean {
  return facts.comments.some(({ range }) => range.start <= offset && offset < range.end);
}

/** A body that is nothing but one definition of another name does nothing: the answer is about something else. */
function isAllOf(text: string, outer: SymbolFacts, inner: SymbolFacts): boolean {
  const nested = inner.range.start >= outer.range.start && inner.range.end <= outer.range.end;
  return nested && squeezed(bodyText(text, outer)) === squeezed(text.slice(inner.range.start, inner.range.end));
}

function startsAfter(other: SymbolFacts, found: SymbolFacts): boolean {
  return other.range.start >= found.range.end;
}

function boundByImport(facts: SyntaxFacts, name: string): boolean {
  return facts.imports.some((entry) => entry.names.includes(name));
}

/** A definition of an answer and what it is for. */
interface Fit {
  readonly answer: Found;
  readonly request: FitRequest;
}

/** One edit for each definition, and once for all of them what they need beside themselves. */
function draftOf(place: FittingPlace, fits: readonly Fit[]): Draft | undefined {
  const edited = fits.flatMap((fit) => {
    const edit = targetEdit(place, fit);
    return edit === undefined ? [] : [{ ...fit, edit }];
  });
  // Stubs inside stubs: the outer answer holds the inner one.
  const apart = edited.filter(
    ({ edit }, index) =>
      !edited.slice(0, index).some((other) => other.edit.start < edit.end && edit.start < other.edit.end),
  );
  if (apart.length === 0) return undefined;
  const texts = new Map(apart.map((fit) => [fit.answer.text, fit.answer.facts]));
  const extras = [...texts].map(([text, facts]) => {
    const here = apart.filter((fit) => fit.answer.text === text);
    return extrasFor(place, {
      text,
      facts,
      used: here.map(({ answer, request }) => ({ found: answer.found, target: request.symbol })),
      usedText: here.map(({ edit }) => edit.text).join('\n'),
      required: here[0]?.request.required ?? [],
    });
  });
  const imports = extras.flatMap((one) => one.imports);
  const merged = mergeInsertions([
    ...imports,
    ...extras.flatMap((one) => one.definitions),
    ...apart.map(({ edit }) => edit),
  ]);
  const isImport = (edit: OffsetEdit): boolean =>
    imports.some((other) => other.start === edit.start && other.text === edit.text);
  return {
    edits: merged,
    regionEdits: merged.flatMap((edit, index) => (isImport(edit) ? [] : [index])),
    code: apart.map(({ answer: { text, found } }) => text.slice(found.range.start, found.range.end)).join('\n\n'),
    cautions: [],
  };
}

function targetEdit(place: FittingPlace, { answer, request: { symbol, freedom } }: Fit): OffsetEdit | undefined {
  const whole =
    symbol.body === undefined ||
    answer.found.body === undefined ||
    freedom === 'whole' ||
    (freedom === 'whole-when-signature-differs' && !sameSignature(place, answer, symbol));
  return whole ? wholeEdit(place, answer, symbol) : bodyEdit(place, answer, symbol);
}

/** Two insertions at one offset would have no order: they become one, and the same text is not inserted twice. */
function mergeInsertions(edits: readonly OffsetEdit[]): OffsetEdit[] {
  const merged: OffsetEdit[] = [];
  for (const edit of edits) {
    const twin = merged.findIndex(
      (other) => other.start === edit.start && other.end === other.start && edit.end === edit.start,
    );
    if (twin === -1) merged.push(edit);
    else if (merged[twin]?.text !== edit.text)
      merged[twin] = { start: edit.start, end: edit.end, text: (merged[twin]?.text ?? '') + edit.text };
  }
  return merged;
}

function sameSignature(place: FittingPlace, answer: Found, symbol: SymbolFacts): boolean {
  const tight = (text: string): string =>
    text.replace(/\s+/g, '').replace(/[:{]$/, '').replace(/,\)/g, ')').replace(/["']/g, '"');
  const mine = place.task.text.slice(symbol.signature.start, symbol.signature.end);
  return tight(mine) === tight(answer.text.slice(answer.found.signature.start, answer.found.signature.end));
}

function wholeEdit(place: FittingPlace, answer: Found, symbol: SymbolFacts): OffsetEdit | undefined {
  const slice = answer.found.range;
  const start = lineStart(answer.text, slice.start);
  const lead = answer.text.slice(start, slice.start);
  const range = lead.trim() === '' ? { start, end: slice.end } : slice;
  const block = reindent(answer.text.slice(range.start, range.end), {
    base: symbol.indentation,
    unit: place.unit,
    literals: literalsWithin(answer.facts, range),
  });
  return { ...symbol.range, text: inFileLineBreaks(place, block.slice(symbol.indentation.length).trimEnd()) };
}

function bodyEdit(place: FittingPlace, answer: Found, symbol: SymbolFacts): OffsetEdit | undefined {
  const body = answerBody(answer);
  if (symbol.body === undefined || body === undefined) return undefined;
  const raw = answer.text.slice(body.start, body.end);
  const text = reindent(raw.replace(/\s+$/, ''), {
    base: insideIndentation(place, symbol),
    unit: place.unit,
    literals: literalsWithin(answer.facts, body),
  }).replace(/^(?:[ \t]*\n)+/, '');
  if (text.trim() === '') return undefined;
  return place.task.languageId === 'python' ? pythonBodyEdit(place, symbol, text) : braceBodyEdit(place, symbol, text);
}

/** The statements of the answer's body, its docstring left out: the user's stays, and none was asked for where there is none. */
function answerBody(answer: Found): OffsetRange | undefined {
  const { body, documentation, documentationInBody } = answer.found;
  if (body === undefined) return undefined;
  if (!documentationInBody || documentation === undefined) return wholeLines(answer.text, body);
  return wholeLines(answer.text, { start: documentation.end, end: body.end });
}

/** Starts at the beginning of the first line, so that its indentation counts like that of the others. */
function wholeLines(text: string, range: OffsetRange): OffsetRange {
  const blank = /^[ \t]*(?:[;#][^\n]*|\/\/[^\n]*)?\n/.exec(text.slice(range.start, range.end));
  let start = blank && blank[0].trim() === '' ? range.start + blank[0].length : range.start;
  const line = lineStart(text, start);
  if (text.slice(line, start).trim() === '') start = line;
  return { start: Math.min(start, range.end), end: range.end };
}

function pythonBodyEdit(place: FittingPlace, symbol: SymbolFacts, body: string): OffsetEdit | undefined {
  const { text } = place.task;
  const stub = symbol.body;
  if (stub === undefined) return undefined;
  const documented = symbol.documentationInBody ? symbol.documentation : undefined;
  if (documented !== undefined) {
    return {
      start: documented.end,
      end: Math.max(stub.end, documented.end),
      text: inFileLineBreaks(place, `\n${body}`),
    };
  }
  const line = lineStart(text, stub.start);
  if (text.slice(line, stub.start).trim() === '') {
    return { start: line, end: stub.end, text: inFileLineBreaks(place, body) };
  }
  const colon = text.slice(0, stub.start).trimEnd().length;
  return { start: colon, end: stub.end, text: inFileLineBreaks(place, `\n${body}`) };
}

function braceBodyEdit(place: FittingPlace, symbol: SymbolFacts, body: string): OffsetEdit | undefined {
  if (symbol.body === undefined) return undefined;
  return { ...symbol.body, text: inFileLineBreaks(place, `\n${body}\n${symbol.indentation}`) };
}
