// Whether the definitions that were asked for are there, written, and called the same way as before.

import type { OffsetRange } from '../../base/text.ts';
import type { SymbolFacts, SyntaxFacts } from '../../syntax/facts.ts';
import { stubsIn } from '../stubs.ts';
import type { Check, Task } from '../task.ts';
import { check, type Drafted } from './check.ts';

export function symbolChecks(drafted: Drafted): Check[] {
  const { task, draft, after } = drafted;
  const checks = promisedCheck(drafted);
  if (task.target.kind === 'lines' && task.actionId === 'implement')
    checks.push(allWritten(task, task.target.range, after));
  if (task.target.kind !== 'symbol' || draft.newFile !== undefined) return checks;
  const target = task.target.symbol;
  const found = after.symbols.find((symbol) => same(symbol, target));
  if (found === undefined) {
    const lost = task.actionId === 'rewrite' ? undefined : `${target.name} is no longer there`;
    return [...checks, check('target kept', lost)];
  }
  checks.push(
    check('target kept', undefined),
    signatureCheck(task, target, found),
    emptyCheck(task, target, found, after),
  );
  if (task.actionId === 'document')
    checks.push(check('documented', found.documentation ? undefined : `${target.name} has no documentation yet`));
  return checks;
}

function promisedCheck({ promised, after, text }: Drafted): Check[] {
  if (promised.length === 0) return [];
  const present = new Set(after.symbols.map((symbol) => symbol.name));
  // A promise may be a constant, which is no definition to the parser.
  const missing = promised.filter((name) => name !== '' && !present.has(name) && !text.includes(name));
  return [check('promised symbols', missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined)];
}

/** Only a rewrite, and a fix of a finding in the signature itself, may change how the definition is called. */
function signatureCheck({ actionId, findings }: Task, target: SymbolFacts, found: SymbolFacts): Check {
  const { start, end } = target.signature;
  const asked = actionId === 'rewrite' || findings.some(({ range }) => range.start < end && range.end > start);
  const kept = found.parameters.join() === target.parameters.join();
  const was = `(${target.parameters.join(', ')})`;
  return check(
    'signature kept',
    asked || kept ? undefined : `${target.name} took ${was} and now takes (${found.parameters.join(', ')})`,
  );
}

/** Nothing inside may be empty that was asked for; what was written before may not be empty now. */
function emptyCheck({ actionId }: Task, target: SymbolFacts, found: SymbolFacts, after: SyntaxFacts): Check {
  const stubs = stubsIn(after.symbols, found.range);
  const empty = actionId === 'implement' ? stubs : !target.isStub && found.isStub ? [found] : [];
  const names = empty.map((symbol) => symbol.name).join(', ');
  return check('nothing left out', names === '' ? undefined : `still empty: ${names}`);
}

/** Of several definitions at once each has to be there. */
function allWritten({ facts }: Task, range: OffsetRange, after: SyntaxFacts): Check {
  const asked = stubsIn(facts?.symbols ?? [], range);
  const written = (symbol: SymbolFacts): boolean => after.symbols.some((other) => !other.isStub && same(other, symbol));
  const names = asked.filter((symbol) => !written(symbol)).map(({ name }) => name);
  return check('nothing left out', names.length > 0 ? `not written: ${names.join(', ')}` : undefined);
}

export function same(symbol: SymbolFacts, target: SymbolFacts): boolean {
  return symbol.name === target.name && symbol.container.join('.') === target.container.join('.');
}
