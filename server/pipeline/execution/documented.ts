// Which definitions' examples an edit has to stand up to: those that it writes or changes, before and after. Pure; runs nothing.

import type { OffsetRange } from '../../base/text.ts';
import type { SymbolFacts, SyntaxFacts } from '../../syntax/facts.ts';
import type { Task } from '../task.ts';

export interface Source {
  readonly text: string;
  readonly facts: SyntaxFacts;
}

/** How examples are marked in documentation. */
const marks: Readonly<Record<string, RegExp>> = {
  python: /^[ \t]*(?:[rRuU]?["']{3})?[ \t]*>>> /m,
  rust: /```/,
};
const otherMarks = /^[ \t/*]*(?:>>> |@example\b)/m;

/** Definitions that the task's target is or touches, in the text before the edit. */
export function definitionsBefore({ facts, target }: Task): readonly SymbolFacts[] {
  if (facts === undefined) return [];
  if (target.kind === 'symbol') return within(facts, target.symbol);
  const range = target.kind === 'lines' ? target.range : { start: target.offset, end: target.offset };
  return touching(facts, [range]);
}

/** The same in the text after the edit. @param regions where the generated code stands now. */
export function definitionsAfter(
  { target }: Task,
  facts: SyntaxFacts,
  regions: readonly OffsetRange[],
): readonly SymbolFacts[] {
  if (target.kind !== 'symbol') return touching(facts, regions);
  const { name, container } = target.symbol;
  const found = facts.symbols.find(
    (symbol) => symbol.name === name && symbol.container.join('.') === container.join('.'),
  );
  return found === undefined ? touching(facts, regions) : within(facts, found);
}

/** Of these, those whose documentation has examples. */
export function withExamples({ text, facts }: Source, symbols: readonly SymbolFacts[]): readonly SymbolFacts[] {
  const mark = marks[facts.languageId] ?? otherMarks;
  return symbols.filter(
    ({ documentation }) => documentation !== undefined && mark.test(text.slice(documentation.start, documentation.end)),
  );
}

/** Whether code outside of everything can name it: a function inside a function can't be called from an example. */
export function reachable({ symbols }: SyntaxFacts, { container }: SymbolFacts): boolean {
  return container.every((name, depth) => {
    const path = container.slice(0, depth).join('.');
    return symbols.some((other) => other.kind === 'class' && other.name === name && other.container.join('.') === path);
  });
}

function within({ symbols }: SyntaxFacts, outer: SymbolFacts): readonly SymbolFacts[] {
  return symbols.filter(({ range }) => range.start >= outer.range.start && range.end <= outer.range.end);
}

function touching({ symbols }: SyntaxFacts, ranges: readonly OffsetRange[]): readonly SymbolFacts[] {
  return symbols.filter(({ range }) => ranges.some((each) => range.start <= each.end && range.end >= each.start));
}
