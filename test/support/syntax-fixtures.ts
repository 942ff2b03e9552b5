// Reads test/fixtures/syntax/*.txt: cases of source text and, in a line each, the facts expected of it.

import { readFileSync, writeFileSync } from 'node:fs';
import type { OffsetRange } from '../../server/base/text.ts';
import type { SymbolFacts, SyntaxFacts } from '../../server/syntax/facts.ts';

export interface SyntaxCase {
  readonly title: string;
  readonly languageId: string;
  readonly text: string;
  readonly expected: string;
}

/**
 * `=== title` (or `=== title [languageId]`), source, `---`, facts. In a source, `␍` is a carriage return, and a final `␄` means
 * that the text has no last line break.
 */
export function readCases(path: URL, languageId: string): readonly SyntaxCase[] {
  return readFileSync(path, 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [, heading = '', source = '', expected = ''] = /^(.*)\n([\s\S]*?)^---\n([\s\S]*)$/m.exec(block) ?? [];
      const id = /\[(\w+)\]$/.exec(heading)?.[1];
      return {
        title: heading,
        languageId: id ?? languageId,
        text: source.replace(/␍/g, '\r').replace(/␄\n$/, ''),
        expected: expected.trim(),
      };
    });
}

/** Rewrites a fixture's expectations; for `UPDATE_GOLDEN=1`, whose difference is then read by a person. */
export function writeCases(path: URL, cases: readonly SyntaxCase[]): void {
  const blocks = cases.map(({ title, text, expected }) => {
    const source = text.replace(/\r/g, '␍');
    return `=== ${title}\n${source.endsWith('\n') || source === '' ? source : `${source}␄\n`}---\n${expected}\n`;
  });
  writeFileSync(path, blocks.join('\n'));
}

/** The facts as lines that people can check. */
export function factLines(facts: SyntaxFacts, text: string): string {
  const line = (offset: number): number => text.slice(0, offset).split('\n').length;
  const quoted = (range: OffsetRange): string => {
    const source = text.slice(range.start, range.end);
    return JSON.stringify(source.length > 70 ? `${source.slice(0, 40)} … ${source.slice(-25)}` : source);
  };
  const symbolLines = (symbol: SymbolFacts): string[] => {
    const { kind, container, name, parameters, range, body, documentation } = symbol;
    const place = `lines ${line(range.start)}-${line(range.end)}`;
    return [
      `${kind} ${[...container, name].join(' > ')}(${parameters.join(', ')}) ${place}${symbol.isStub ? ' STUB' : ''}`,
      `  signature ${quoted(symbol.signature)}`,
      ...(body === undefined ? [] : [`  body ${quoted(body)}`]),
      ...(documentation === undefined
        ? []
        : [`  documentation${symbol.documentationInBody ? ' in body' : ''} ${quoted(documentation)}`]),
    ];
  };
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`${title} ${items.join(', ')}`];
  const block =
    facts.importBlockOffset === undefined ? '' : `, or in the block before line ${line(facts.importBlockOffset)}`;
  return [
    ...facts.symbols.flatMap(symbolLines),
    ...facts.imports.map(
      (each) =>
        `import ${JSON.stringify(each.text)} binds ${each.names.join(', ') || 'nothing'}${each.path === undefined ? '' : ` from ${each.path}`}${each.nested ? ' (nested)' : ''}`,
    ),
    ...list('free names', [...new Set(facts.freeNames.map((use) => use.name))]),
    ...facts.dangerousCalls.map((call) => `${call.kind} call ${call.name}`),
    ...list(
      'errors',
      facts.errors.map((at) => `${quoted(at)} at line ${line(at.start)}`),
    ),
    ...list('multiline', facts.multilineLiterals.map(quoted)),
    `next import before line ${line(facts.importOffset)}${facts.importOffset === text.length ? ' (end)' : ''}${block}`,
  ].join('\n');
}
