// What a model is shown of the file around the target, cut to a token budget: imports, signatures in scope, the enclosing
// definition, nearby lines. The same text for every call of one job, so that engines can reuse its prefix.

import { dedent, lineEnd, lineStart, roughTokens } from '../base/text.ts';
import type { SymbolFacts, SyntaxFacts } from '../syntax/facts.ts';
import type { Task } from './task.ts';

export interface PromptContext {
  /** Code around the target; empty when the target is the whole file. */
  readonly context: string;
  /** The target itself, dedented. */
  readonly targetText: string;
}

/** @param budgetTokens for the context alone, by `roughTokens`. The target is never cut. */
export function contextOf(task: Task, budgetTokens: number): PromptContext {
  const targetText = targetTextOf(task);
  const pieces = task.facts === undefined ? nearbyLines(task) : syntacticPieces(task, task.facts);
  const kept: string[] = [];
  let left = budgetTokens;
  for (const piece of pieces) {
    const cost = roughTokens(piece);
    if (cost > left) continue;
    kept.push(piece);
    left -= cost;
  }
  return { context: kept.join('\n'), targetText };
}

/** The target as models are shown it: whole lines, dedented, `\n` line ends. */
export function targetTextOf(task: Task): string {
  const { text, target } = task;
  if (target.kind === 'symbol') {
    const { symbol } = target;
    const top = symbol.documentation && !symbol.documentationInBody ? symbol.documentation.start : symbol.range.start;
    return dedent(text.slice(lineStart(text, top), lineEnd(text, symbol.range.end)).replace(/\r\n/g, '\n')).trimEnd();
  }
  if (target.kind === 'lines') {
    return dedent(
      text.slice(lineStart(text, target.range.start), lineEnd(text, target.range.end)).replace(/\r\n/g, '\n'),
    ).trimEnd();
  }
  return text.slice(lineStart(text, target.offset), lineEnd(text, target.offset)).trim();
}

/** Most useful first: imports, the enclosing definition's head, constants, then signatures by nearness. */
function syntacticPieces(task: Task, facts: SyntaxFacts): string[] {
  const { text } = task;
  const from = startOf(task);
  const inTarget = (start: number): boolean =>
    task.target.kind === 'symbol' && start >= task.target.symbol.range.start && start < task.target.symbol.range.end;
  const imports = facts.imports.map((entry) =>
    text.slice(entry.range.start, entry.range.end).replace(/\r\n/g, '\n').trim(),
  );
  const enclosing = facts.symbols.filter(
    (symbol) => symbol.range.start < from && symbol.range.end > from && !inTarget(symbol.range.start),
  );
  const others = facts.symbols
    .filter((symbol) => !inTarget(symbol.range.start) && !enclosing.includes(symbol))
    .sort((a, b) => Math.abs(a.range.start - from) - Math.abs(b.range.start - from))
    .slice(0, 60);
  const ordered = [...enclosing, ...others].sort((a, b) => a.range.start - b.range.start);
  return [...imports, ...ordered.map((symbol) => headOf(text, symbol))].filter((piece) => piece !== '');
}

function startOf(task: Task): number {
  if (task.target.kind === 'symbol') return task.target.symbol.range.start;
  return task.target.kind === 'lines' ? task.target.range.start : task.target.offset;
}

/** Signature with the first sentence of the documentation: enough to call it. */
function headOf(text: string, symbol: SymbolFacts): string {
  const signature = text.slice(symbol.signature.start, symbol.signature.end).replace(/\r\n/g, '\n').trimEnd();
  if (signature.length > 600) return '';
  const sentence =
    symbol.documentation === undefined
      ? ''
      : firstSentence(text.slice(symbol.documentation.start, symbol.documentation.end));
  const body = symbol.kind === 'class' || symbol.kind === 'interface' ? '' : symbol.body === undefined ? '' : ' ...';
  const head = symbol.indentation + signature.replace(/\{$/, '').trimEnd() + body;
  return sentence === '' ? head : `${head}  ${/\bdef |\bclass .*:$/.test(signature) ? '#' : '//'} ${sentence}`;
}

function firstSentence(documentation: string): string {
  const words = documentation
    .replace(/["'`/*#!]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return (/^.{1,120}?(?:[.!?](?=\s|$)|$)/.exec(words)?.[0] ?? words.slice(0, 120)).trim();
}

/** Without a grammar: lines before the target, nearest last, and a few after it. */
function nearbyLines(task: Task): string[] {
  const from = lineStart(task.text, startOf(task));
  const before = task.text
    .slice(Math.max(0, from - 6000), from)
    .split('\n')
    .slice(-60)
    .join('\n');
  return before.trim() === '' ? [] : [before.replace(/\r\n/g, '\n')];
}
