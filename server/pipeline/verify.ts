// Says whether a draft may be shown as done, and why not: evidence for the repair prompt and for people. Nothing is executed
// here (`execution/` does that), and "not executed" is never a pass.

import { applyEdits, type OffsetRange } from '../base/text.ts';
import type { SymbolFacts, Syntax, SyntaxFacts } from '../syntax/facts.ts';
import type { Check, Draft, Task, Verdict } from './task.ts';

export interface VerifyRequest {
  readonly task: Task;
  readonly draft: Draft;
  /** Symbols that a plan promised. */
  readonly promised: readonly string[];
  /** Lowest token probability of the answer and the family's bound, where the family has one. */
  readonly confidence?: { readonly lowest: number | undefined; readonly bound: number };
  /** The generation ended because it hit the token limit. */
  readonly cutOff: boolean;
}

/** @returns the verdict and the draft with its cautions filled in. */
export async function verify(
  request: VerifyRequest,
  syntax: Syntax,
  signal: AbortSignal,
): Promise<{ verdict: Verdict; draft: Draft }> {
  const { task, draft } = request;
  const checks: Check[] = [...confidenceChecks(request), wholeness(request)];
  if (task.actionId === 'explain')
    return { verdict: verdictOf([...confidenceChecks(request), wholeness(request)]), draft };
  const inNewFile = draft.newFile !== undefined;
  const before = inNewFile ? undefined : task.facts;
  const text = draft.newFile?.text ?? applyEdits(task.text, draft.edits);
  const after = await syntax.parse({ languageId: task.languageId, text }, signal);
  const regions = inNewFile ? [{ start: 0, end: text.length }] : regionsAfter(draft);
  if (task.actionId !== 'document') checks.push(onlyCode(text, regions, after?.multilineLiterals ?? []));
  if (after === undefined) {
    checks.push({
      name: 'syntax',
      status: 'not-executed',
      evidence: `no grammar for ${task.languageId}: the answer was not parsed`,
    });
    return { verdict: verdictOf(checks), draft };
  }
  checks.push(syntaxCheck(before, after, text, regions));
  checks.push(...symbolChecks(request, after, text));
  checks.push(placeholderCheck(text, regions));
  checks.push(nameCheck(request, before, after));
  if (task.actionId === 'test') checks.push(testCheck(request));
  return { verdict: verdictOf(checks), draft: { ...draft, cautions: cautionsOf(task, before, after) } };
}

/** How bad a verdict is, for keeping the best of several failing drafts. */
export function failures(verdict: Verdict): number {
  return verdict.checks.filter((check) => check.status === 'failed').length;
}

/** The evidence of all failed checks, one sentence each. */
export function evidenceOf(verdict: Verdict): string[] {
  return verdict.checks.filter((check) => check.status === 'failed').map((check) => check.evidence ?? check.name);
}

/** Whether asking the same model again could help: its own doubt can't be repaired by asking the same question. */
export function repairable(verdict: Verdict): boolean {
  return !verdict.checks.some((check) => check.name === 'confidence' && check.status === 'failed');
}

function verdictOf(checks: readonly Check[]): Verdict {
  return { ok: checks.every((check) => check.status !== 'failed'), checks };
}

function check(name: string, evidence: string | undefined): Check {
  return evidence === undefined ? { name, status: 'passed' } : { name, status: 'failed', evidence };
}

function confidenceChecks({ confidence }: VerifyRequest): Check[] {
  if (confidence === undefined) return [];
  const { lowest, bound } = confidence;
  if (lowest === undefined)
    return [check('confidence', 'the engine gave no token probabilities, so the answer can not be trusted')];
  const sure = lowest >= bound;
  return [
    check(
      'confidence',
      sure ? undefined : `the model was not sure: its least probable token had ${lowest.toFixed(2)}, below ${bound}`,
    ),
  ];
}

function wholeness({ cutOff, draft }: VerifyRequest): Check {
  return check(
    'whole answer',
    cutOff ? 'the answer was cut off at the token limit' : draft.code.trim() === '' ? 'the answer is empty' : undefined,
  );
}

const foreign: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /^[ \t]*(?:```|~~~)/m, what: 'a Markdown fence' },
  { pattern: /<\|[a-z_]+\|>|<\/?think>|\[\/INST\]/, what: 'a chat token' },
  {
    pattern: /^(?:Sure|Certainly|Of course|Here(?:'s| is) the|I hope|Let me know|Note that)\b.*$/m,
    what: 'a sentence to the reader',
  },
];

/** Fences, chat tokens or a sentence to the user have no place in code, except inside its string literals. */
function onlyCode(text: string, regions: readonly OffsetRange[], literals: readonly OffsetRange[]): Check {
  for (const region of regions) {
    const generated = blanked(text, region, literals);
    const found = foreign.find(({ pattern }) => pattern.test(generated));
    if (found)
      return check(
        'only code',
        `${found.what} is left in the code: “${(found.pattern.exec(generated)?.[0] ?? '').trim().slice(0, 60)}”`,
      );
  }
  return check('only code', undefined);
}

/** The region's text with literals that span lines emptied. */
function blanked(text: string, region: OffsetRange, literals: readonly OffsetRange[]): string {
  let result = text.slice(region.start, region.end);
  for (const { start, end } of literals) {
    const from = Math.max(start, region.start) - region.start;
    const to = Math.min(end, region.end) - region.start;
    if (from < to) result = result.slice(0, from) + ' '.repeat(to - from) + result.slice(to);
  }
  return result;
}

/** Where the regions' text stands after all edits. */
export function regionsAfter(draft: Draft): OffsetRange[] {
  const order = draft.edits.map((edit, index) => ({ edit, index })).sort((a, b) => a.edit.start - b.edit.start);
  const regions: OffsetRange[] = [];
  let shift = 0;
  for (const { edit, index } of order) {
    const start = edit.start + shift;
    if (draft.regionEdits.includes(index)) regions.push({ start, end: start + edit.text.length });
    shift += edit.text.length - (edit.end - edit.start);
  }
  return regions;
}

function syntaxCheck(
  before: SyntaxFacts | undefined,
  after: SyntaxFacts,
  text: string,
  regions: readonly OffsetRange[],
): Check {
  const inside = after.errors.find((error) =>
    regions.some((region) => error.start <= region.end && error.end >= region.start),
  );
  const worse = after.errors.length > (before?.errors.length ?? 0);
  if (!worse) return check('syntax', undefined);
  const shown = inside ?? after.errors[0];
  const line = shown === undefined ? 0 : text.slice(0, shown.start).split('\n').length;
  const near = shown === undefined ? '' : (text.slice(shown.start, shown.start + 60).split('\n')[0] ?? '').trim();
  return check('syntax', `syntax error on line ${line}${near === '' ? '' : ` near “${near}”`}`);
}

function symbolChecks({ task, draft, promised }: VerifyRequest, after: SyntaxFacts, text: string): Check[] {
  const checks: Check[] = [];
  const present = new Set(after.symbols.map((symbol) => symbol.name));
  const missing = promised.filter((name) => name !== '' && !present.has(name) && !text.includes(name));
  if (promised.length > 0)
    checks.push(check('promised symbols', missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined));
  if (task.target.kind === 'lines' && task.actionId === 'implement')
    checks.push(allWritten(task, task.target.range, after));
  if (task.target.kind !== 'symbol' || draft.newFile !== undefined) return checks;
  const target = task.target.symbol;
  const found = after.symbols.find((symbol) => same(symbol, target));
  if (found === undefined)
    return [
      ...checks,
      check('target kept', task.actionId === 'rewrite' ? undefined : `${target.name} is no longer there`),
    ];
  checks.push(check('target kept', undefined));
  if (task.actionId === 'implement') {
    const stubs = after.symbols.filter(
      (symbol) => symbol.isStub && symbol.range.start >= found.range.start && symbol.range.end <= found.range.end,
    );
    checks.push(
      check(
        'nothing left out',
        stubs.length > 0 ? `still empty: ${stubs.map((symbol) => symbol.name).join(', ')}` : undefined,
      ),
    );
  }
  if (task.actionId === 'document')
    checks.push(check('documented', found.documentation ? undefined : `${target.name} has no documentation yet`));
  return checks;
}

/** Of several definitions at once each has to be there. */
function allWritten({ facts }: Task, range: OffsetRange, after: SyntaxFacts): Check {
  const asked = (facts?.symbols ?? []).filter(
    (symbol) => symbol.isStub && symbol.range.start >= range.start && symbol.range.end <= range.end,
  );
  const written = (symbol: SymbolFacts): boolean => after.symbols.some((other) => !other.isStub && same(other, symbol));
  const left = asked.filter((symbol) => !written(symbol));
  return check(
    'nothing left out',
    left.length > 0 ? `not written: ${left.map(({ name }) => name).join(', ')}` : undefined,
  );
}

function same(symbol: SymbolFacts, target: SymbolFacts): boolean {
  return symbol.name === target.name && symbol.container.join('.') === target.container.join('.');
}

const leftOut = [
  /(?:#|\/\/|\/\*)[ \t]*\.{3}/,
  /(?:#|\/\/|\/\*).*\b(?:rest of (?:the )?(?:code|function|implementation|file)|(?:your|existing|previous|remaining) (?:code|implementation|logic)(?: goes)? (?:here|remains|unchanged)|same as (?:before|above)|implementation (?:goes )?here|add (?:your )?(?:code|logic|implementation) here)\b/i,
  /(?:#|\/\/|\/\*)[ \t]*(?:TODO|FIXME)\b/,
  /^[ \t]*\.\.\.[ \t]*$/m,
  /\b(?:todo|unimplemented)!\(/,
  /raise NotImplementedError\b/,
  /(?:throw new Error|panic)\(["'`](?:not implemented|unimplemented|todo)/i,
];

function placeholderCheck(text: string, regions: readonly OffsetRange[]): Check {
  for (const region of regions) {
    const generated = text.slice(region.start, region.end);
    for (const pattern of leftOut) {
      const match = pattern.exec(generated);
      if (match) return check('nothing left out', `a placeholder is left: “${match[0].trim().slice(0, 60)}”`);
    }
  }
  return check('no placeholder', undefined);
}

function nameCheck({ task }: VerifyRequest, before: SyntaxFacts | undefined, after: SyntaxFacts): Check {
  if (task.actionId === 'test') return check('names resolve', undefined);
  const known = new Set(before?.freeNames.map((free) => free.name) ?? []);
  const unknown = [...new Set(after.freeNames.map((free) => free.name))].filter((name) => !known.has(name));
  // A Go package's other files may define what this one uses, and they are not read here.
  if (task.languageId === 'go' && unknown.length > 0) {
    const evidence = `not in this file: ${unknown.slice(0, 5).join(', ')}`;
    return { name: 'names resolve', status: 'not-executed', evidence };
  }
  return check(
    'names resolve',
    unknown.length > 0 ? `not defined anywhere: ${unknown.slice(0, 5).join(', ')}` : undefined,
  );
}

function testCheck({ task, draft }: VerifyRequest): Check {
  const name = task.target.kind === 'symbol' ? task.target.symbol.name : '';
  if (name !== '' && !draft.code.includes(name)) return check('tests the code', `the tests never mention ${name}`);
  const asserts =
    /\b(?:assert\w*|expect|should|t\.(?:Error|Fatal|Fail)\w*|require\.\w+|is\.(?:equal|true|false)|panic|raises)\b|assert(?:_eq|_ne)?!/.test(
      draft.code,
    );
  return check('tests the code', asserts ? undefined : 'the tests assert nothing');
}

/** Calls that touch the world which neither the request nor the code around it makes: shown before the edit. */
function cautionsOf(task: Task, before: SyntaxFacts | undefined, after: SyntaxFacts): string[] {
  const had = new Set((before ?? task.facts)?.dangerousCalls.map((call) => call.name) ?? []);
  const words = {
    process: 'starts a process',
    network: 'uses the network',
    delete: 'deletes files',
    eval: 'evaluates text as code',
  };
  const seen = new Set<string>();
  return after.dangerousCalls
    .filter(
      (call) =>
        !had.has(call.name) && !task.instruction.includes(call.name) && !seen.has(call.name) && seen.add(call.name),
    )
    .map((call) => `${call.name} ${words[call.kind]}`);
}
