// Whether a function that promises a value gives one: a bare `return`, or none at all, where the signature names a type. What an engine
// tore off behind `return` looks like a whole function otherwise.

import type { OffsetRange } from '../../base/text.ts';
import type { SymbolFacts } from '../../syntax/facts.ts';
import type { Check } from '../task.ts';
import { check, type Drafted } from './check.ts';
import { same } from './symbols.ts';

export function returnCheck(drafted: Drafted): Check[] {
  const { task, draft, after, text } = drafted;
  if (task.target.kind !== 'symbol' || draft.newFile !== undefined) return [];
  if (task.actionId !== 'implement' && task.actionId !== 'fix') return [];
  const { symbol: target } = task.target;
  const found = after.symbols.find((symbol) => same(symbol, target));
  if (found?.body === undefined || (found.kind !== 'function' && found.kind !== 'method')) return [];
  const promise = promiseOf(text.slice(found.signature.start, found.signature.end), task.languageId);
  if (promise === 'nothing') return [];
  const code = ownCode(drafted, found, found.body);
  const words = `${task.instruction}\n${found.documentation ? text.slice(found.documentation.start, found.documentation.end) : ''}`;
  const valued = /\breturn\b[ \t]*[^\s;}]/.test(code);
  const ends = /(?:^|[\n;{])[ \t]*return[ \t]*;?[ \t]*$/.test(code.trimEnd());
  const bare = /(?:^|[\n;{)])[ \t]*return[ \t]*(?:;|\n|$)/.test(code);
  if (promise === 'a value' && bare)
    return [check('returns a value', `${target.name} returns nothing where its signature promises a value`)];
  // Without a type: a function whose last word is a bare `return`, though others return values or its documentation says so.
  const isAll = /^\s*return\s*;?\s*$/.test(code);
  if (promise === 'unsaid' && ends && (isAll || valued || /\breturns?\b/i.test(words)))
    return [check('returns a value', `${target.name} ends in a return without a value`)];
  if (promise === 'a value' && endsWithout(code, task.languageId))
    return [check('returns a value', `${target.name} never returns the value that its signature promises`)];
  return [check('returns a value', undefined)];
}

type Promised = 'a value' | 'nothing' | 'unsaid';

/** From the text of a signature. What may be nothing as well, or comes piece by piece, promises nothing here. */
function promiseOf(signature: string, languageId: string): Promised {
  if (languageId === 'python') {
    const type = /->\s*([\s\S]*?):?\s*$/.exec(signature)?.[1];
    if (type === undefined) return 'unsaid';
    return /\bNone\b|Optional|Any\b|Iterator|Generator|Iterable|NoReturn|Never|Awaitable|Coroutine/.test(type)
      ? 'nothing'
      : 'a value';
  }
  if (languageId === 'go') {
    const result = /^func\s*(?:\([^)]*\)\s*)?\w+(?:\[[^\]]*\])?\s*\((?:[^()]|\([^()]*\))*\)\s*([\s\S]*)$/
      .exec(signature.trim())?.[1]
      ?.trim();
    // Named results are returned by a bare return.
    return result === undefined || result === '' || /^\(\s*\w+(?:\s*,\s*\w+)*\s+[\w*[\].]+/.test(result)
      ? 'nothing'
      : 'a value';
  }
  if (languageId === 'rust') {
    const type = /->\s*([\s\S]*?)(?:\bwhere\b[\s\S]*)?$/.exec(signature)?.[1]?.trim();
    return type === undefined || /^(?:\(\)|!)/.test(type) ? 'nothing' : 'a value';
  }
  if (!/^(?:java|type)script/.test(languageId)) return 'nothing';
  const type = /\)\s*:\s*([\s\S]*?)(?:=>)?\s*$/.exec(signature)?.[1];
  if (type === undefined) return /\bfunction\s*\*|^\s*(?:async\s*)?\*/.test(signature) ? 'nothing' : 'unsaid';
  return /\b(?:void|undefined|any|never|unknown|asserts|Generator|Iterable|Iterator\w*|AsyncGenerator)\b/.test(type)
    ? 'nothing'
    : 'a value';
}

/** The body without nested definitions and comments; literals over several lines are empty. */
function ownCode({ text, after }: Drafted, found: SymbolFacts, body: OffsetRange): string {
  const inner = after.symbols.filter(
    (symbol) => symbol !== found && symbol.range.start >= body.start && symbol.range.end <= body.end,
  );
  const ranges = [
    ...inner.map((symbol) => symbol.range),
    ...after.comments.map((comment) => comment.range),
    ...after.multilineLiterals,
  ]
    .filter((range) => range.start >= body.start && range.end <= body.end)
    .sort((a, b) => a.start - b.start);
  let code = '';
  let at = body.start;
  for (const range of ranges) {
    if (range.end <= at) continue;
    code += text.slice(at, Math.max(at, range.start)) + (after.multilineLiterals.includes(range) ? '""' : '');
    at = range.end;
  }
  return code + text.slice(at, body.end);
}

/** No way out with a value at all. Rust's last expression is one, and so is whatever ends the program or goes round for ever. */
function endsWithout(code: string, languageId: string): boolean {
  if (languageId === 'rust') return false;
  if (languageId === 'python') return !/\b(?:return|yield|raise|exit|assert False|while True)\b/.test(code);
  return !/\b(?:return|throw|panic|os\.Exit|log\.Fatal\w*|process\.exit)\b|\bfor\s*\{|while\s*\(\s*true/.test(code);
}
