// From what a model said to drafts, one after the other: the likeliest reading of the answer first. The caller verifies each
// and keeps the first that passes.

import { lineEnd, lineStart, type OffsetRange } from '../../base/text.ts';
import type { SymbolFacts, Syntax } from '../../syntax/facts.ts';
import { type BlocksReading, readBlocks } from '../answer/blocks.ts';
import { codeIslands } from '../answer/islands.ts';
import { candidatesOf, proseOf } from '../answer/undress.ts';
import { targetTextOf } from '../context.ts';
import { stubsIn } from '../stubs.ts';
import type { Draft, Task } from '../task.ts';
import { fitDocumentation } from './fit-documentation.ts';
import { fitAfter, fitLines } from './fit-lines.ts';
import { type FitRequest, type Freedom, fitBareBody, fitLeadingBody, fitNamed, fitSeveral } from './fit-symbol.ts';
import { fitTests, testDraft } from './fit-test-file.ts';
import { type FittingPlace, fittingPlace } from './place.ts';

export interface DraftRequest {
  readonly task: Task;
  readonly answer: string;
  /** Names promised by a plan. */
  readonly required: readonly string[];
}

/** Yields drafts until the caller stops asking. Yields nothing when no reading of the answer fits. */
export async function* draftsOf(request: DraftRequest, syntax: Syntax, signal: AbortSignal): AsyncGenerator<Draft> {
  const { task } = request;
  if (task.actionId === 'explain') {
    const page = proseOf(request.answer);
    if (page !== '') yield { edits: [], regionEdits: [], page, code: page, cautions: [] };
    return;
  }
  const place = fittingPlace(task, syntax, signal);
  const blocks = blocksOf(request);
  if (blocks !== undefined && 'problem' in blocks) return;
  const candidates = blocks === undefined ? candidatesOf(request.answer) : [blocks.text];
  if (place === undefined) yield* plainDrafts(task, candidates);
  else if (task.actionId === 'document') yield* documentationDrafts(place, candidates);
  else if (task.actionId === 'test') yield* testDrafts(place, candidates);
  else if (task.target.kind === 'symbol') yield* symbolDrafts(place, task.target.symbol, candidates, request);
  else yield* lineDrafts(place, withIslands(candidates, task.languageId), request);
}

/** The target with the answer's search-and-replace blocks applied, or why they don't fit; undefined when it holds none. */
export function blocksOf({ task, answer }: Pick<DraftRequest, 'task' | 'answer'>): BlocksReading | undefined {
  const changes = task.actionId === 'fix' || task.actionId === 'rewrite';
  return changes && task.target.kind !== 'after' ? readBlocks(answer, targetTextOf(task)) : undefined;
}

/** Each candidate, then its code without the prose between: messy text parses only after that. */
function withIslands(candidates: readonly string[], languageId: string): string[] {
  const islands = candidates.map((text) => codeIslands(text, languageId)).filter((text) => text !== undefined);
  const known = new Set(candidates);
  return [...candidates, ...islands.filter((text) => !known.has(text))];
}

async function* symbolDrafts(
  place: FittingPlace,
  symbol: SymbolFacts,
  candidates: readonly string[],
  request: DraftRequest,
): AsyncGenerator<Draft> {
  const stubs = stubsInside(place, symbol.range);
  if (place.task.actionId === 'implement' && stubs.length > 0 && !symbol.isStub) {
    for (const text of withIslands(candidates, place.task.languageId)) {
      const draft = await fitSeveral(place, text, bodiesOf(stubs, request));
      if (draft) yield draft;
    }
    return;
  }
  const fit = { symbol, freedom: freedomOf(place.task, symbol), required: request.required };
  const readings = [
    { read: fitLeadingBody, texts: candidates },
    { read: fitNamed, texts: withIslands(candidates, place.task.languageId) },
    // An island is a definition; taken for a body it would be a part of one.
    { read: fitBareBody, texts: candidates },
  ];
  for (const reading of readings) {
    for (const text of reading.texts) {
      const draft = await reading.read(place, text, fit);
      if (draft) yield draft;
    }
  }
}

function bodiesOf(stubs: readonly SymbolFacts[], { required }: DraftRequest): FitRequest[] {
  return stubs.map((symbol) => ({ symbol, freedom: 'body', required }));
}

/** A fix may change the signature only when a finding points at it; a rewrite may change anything. */
function freedomOf(task: Task, symbol: SymbolFacts): Freedom {
  if (task.actionId === 'rewrite') return 'whole';
  if (task.actionId !== 'fix') return 'body';
  const { start, end } = symbol.signature;
  const bodyStart = symbol.body?.start ?? end;
  const onSignature = task.findings.some(
    (finding) => finding.range.start < Math.min(end, bodyStart) && finding.range.end > start,
  );
  return onSignature ? 'whole-when-signature-differs' : 'body';
}

/** Those that a body can be put into. */
function stubsInside({ facts }: FittingPlace, range: OffsetRange): SymbolFacts[] {
  return stubsIn(facts.symbols, range).filter((symbol) => symbol.body !== undefined);
}

async function* lineDrafts(
  place: FittingPlace,
  candidates: readonly string[],
  request: DraftRequest,
): AsyncGenerator<Draft> {
  const { task } = place;
  if (task.target.kind === 'after') {
    for (const text of candidates) {
      const draft = fitAfter(task, text, task.target);
      if (draft) yield draft;
    }
  }
  if (task.target.kind !== 'lines') return;
  const { range } = task.target;
  const whole = { start: lineStart(task.text, range.start), end: lineEnd(task.text, range.end) };
  const stubs = stubsInside(place, whole);
  if (task.actionId === 'implement' && stubs.length > 0) {
    for (const text of candidates) {
      const draft = await fitSeveral(place, text, bodiesOf(stubs, request));
      if (draft) yield draft;
    }
  }
  const enclosing = place.facts.symbols
    .filter((symbol) => symbol.range.start < range.start && symbol.range.end > range.end && symbol.body)
    .at(-1);
  if (enclosing) {
    for (const text of candidates) {
      const draft = await fitNamed(place, text, { symbol: enclosing, freedom: 'body', required: request.required });
      if (draft) yield draft;
    }
  }
  for (const text of candidates) {
    const draft = fitLines(task, text, range);
    if (draft) yield draft;
  }
}

async function* documentationDrafts(place: FittingPlace, candidates: readonly string[]): AsyncGenerator<Draft> {
  if (place.task.target.kind !== 'symbol') return;
  for (const text of candidates) {
    const draft = await fitDocumentation(place, text, place.task.target.symbol);
    if (draft) yield draft;
  }
}

async function* testDrafts(place: FittingPlace, candidates: readonly string[]): AsyncGenerator<Draft> {
  if (place.task.target.kind !== 'symbol') return;
  for (const text of candidates) {
    const draft = await fitTests(place, text, place.task.target.symbol);
    if (draft) yield draft;
  }
}

/** No grammar: the first candidate is taken at its word; what that loses is said in the verdict. */
function* plainDrafts(task: Task, candidates: readonly string[]): Generator<Draft> {
  for (const text of candidates) {
    if (task.actionId === 'test') yield testDraft(task, text.trim());
    else if (task.target.kind === 'lines') {
      const draft = fitLines(task, text, task.target.range);
      if (draft) yield draft;
    } else if (task.target.kind === 'after') {
      const draft = fitAfter(task, text, task.target);
      if (draft) yield draft;
    }
  }
}
