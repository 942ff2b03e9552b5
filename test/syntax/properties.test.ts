// What holds for the facts of any text, well-formed or hostile.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lineStart, type OffsetRange } from '../../server/base/text.ts';
import type { SyntaxFacts } from '../../server/syntax/facts.ts';
import { languageIds } from '../../server/syntax/languages/index.ts';
import { createParsing } from '../../server/syntax/parse.ts';
import { ensureGrammars } from '../support/grammars.ts';
import { readCases, type SyntaxCase } from '../support/syntax-fixtures.ts';

const parsing = createParsing();

async function factsOf(languageId: string, text: string): Promise<SyntaxFacts> {
  const facts = await parsing.facts(languageId, text);
  assert.ok(facts, languageId);
  return facts;
}

const within = (inner: OffsetRange, outer: OffsetRange): boolean =>
  outer.start <= inner.start && inner.end <= outer.end;

function checkInvariants(facts: SyntaxFacts, text: string): void {
  const whole = { start: 0, end: text.length };
  const ordered = (ranges: readonly OffsetRange[], what: string): void => {
    let last = 0;
    for (const range of ranges) {
      assert.ok(range.start <= range.end && within(range, whole), `${what} leaves the text`);
      assert.ok(range.start >= last, `${what} out of order`);
      last = range.start;
    }
  };
  ordered(
    facts.symbols.map((each) => each.range),
    'symbol',
  );
  ordered(
    facts.imports.map((each) => each.range),
    'import',
  );
  ordered(
    facts.comments.map((each) => each.range),
    'comment',
  );
  ordered(facts.errors, 'error');
  ordered(facts.multilineLiterals, 'literal');
  ordered(
    facts.freeNames.map((each) => each.range),
    'free name',
  );
  ordered(
    facts.dangerousCalls.map((each) => each.range),
    'call',
  );

  const open: OffsetRange[] = [];
  for (const { range, nameRange, signature, body, documentation, documentationInBody, isStub } of facts.symbols) {
    while (open.length > 0 && (open.at(-1)?.end ?? 0) <= range.start) open.pop();
    const outer = open.at(-1);
    assert.ok(outer === undefined || within(range, outer), 'symbols overlap without nesting');
    open.push(range);
    assert.ok(within(nameRange, range), 'name outside');
    assert.ok(within(signature, range), 'signature outside');
    if (body !== undefined) {
      assert.ok(within(body, range), 'body outside');
      assert.ok(signature.end <= body.start, 'signature runs into the body');
    }
    if (documentation !== undefined) {
      assert.ok(within(documentation, whole), 'documentation outside');
      assert.ok(
        documentationInBody ? body !== undefined && within(documentation, body) : documentation.end <= signature.start,
        'documentation in the wrong place',
      );
    }
    assert.ok(!isStub || body !== undefined, 'a stub without a body');
  }
  for (const { name, range } of facts.freeNames) assert.equal(text.slice(range.start, range.end), name);
  for (const offset of [facts.importOffset, facts.importBlockOffset ?? 0]) {
    assert.ok(offset === text.length || lineStart(text, offset) === offset, 'imports go to the middle of a line');
  }
}

describe('syntax facts of any text', function () {
  this.timeout(60_000);
  const sources: SyntaxCase[] = [];

  before(() => {
    ensureGrammars();
    for (const file of ['python', 'typescript', 'javascript', 'go', 'rust']) {
      sources.push(...readCases(new URL(`../fixtures/syntax/${file}.txt`, import.meta.url), file));
    }
  });

  it('keep their ranges in order and nested when text is cut, doubled or spoilt', async () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      '"',
      "'''",
      '`',
      '\n',
      '\r\n',
      '\t',
      '🎉',
      '\ud800',
      '#',
      '/*',
      '*/',
      '<',
      '=>',
      ':',
      'def ',
      'fn ',
      '@',
      '\0',
      'import ',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.array(fc.tuple(fc.nat(), fc.nat(40), pieces), { maxLength: 4 }),
        async (pick, spoils) => {
          const source = sources[pick % sources.length];
          assert.ok(source);
          let text = source.text;
          for (const [at, length, piece] of spoils) {
            const offset = text.length === 0 ? 0 : at % text.length;
            text = text.slice(0, offset) + piece + text.slice(offset + length);
          }
          checkInvariants(await factsOf(source.languageId, text), text);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('hold for text that is no program at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...languageIds()),
        fc.string({ unit: 'binary', maxLength: 300 }),
        async (id, text) => checkInvariants(await factsOf(id, text), text),
      ),
      { numRuns: 100 },
    );
  });

  it('are the same whichever line break is used', async () => {
    const names = (facts: SyntaxFacts): unknown => ({
      symbols: facts.symbols.map((each) => [
        each.kind,
        each.container,
        each.name,
        each.isStub,
        each.parameters,
        each.indentation,
      ]),
      imports: facts.imports.map((each) => [each.text, each.names, each.path]),
      free: facts.freeNames.map((each) => each.name),
      calls: facts.dangerousCalls.map((each) => each.name),
      errors: facts.errors.length,
    });
    for (const { languageId, text } of sources) {
      const unix = text.replace(/\r\n/g, '\n');
      const dos = unix.replace(/\n/g, '\r\n');
      checkInvariants(await factsOf(languageId, dos), dos);
      assert.deepEqual(names(await factsOf(languageId, dos)), names(await factsOf(languageId, unix)), text);
    }
  });

  it('move with text that is put in front, counted in UTF-16 units', async () => {
    const prefixes: Record<string, string> = { python: '# 🎉 ü\n\n' };
    for (const { languageId, text } of sources) {
      if (text.startsWith('#!')) continue;
      const prefix = prefixes[languageId] ?? '// 🎉 ü\n\n';
      const before = await factsOf(languageId, text);
      const after = await factsOf(languageId, prefix + text);
      const by = prefix.length;
      const moved = ({ start, end }: OffsetRange): OffsetRange => ({ start: start + by, end: end + by });
      assert.deepEqual(
        after.symbols.map((each) => each.range),
        before.symbols.map((each) => moved(each.range)),
        text,
      );
      assert.deepEqual(
        after.symbols.map((each) => each.signature),
        before.symbols.map((each) => moved(each.signature)),
      );
      assert.deepEqual(
        after.symbols.map((each) => each.body),
        before.symbols.map((each) => each.body && moved(each.body)),
      );
      assert.deepEqual(
        after.freeNames,
        before.freeNames.map((each) => ({ name: each.name, range: moved(each.range) })),
      );
      assert.deepEqual(after.errors, before.errors.map(moved));
    }
  });

  it('name a place where a new import is one', async () => {
    const statements: Record<string, string> = { python: 'import zz_new', go: 'import "zz_new"', rust: 'use zz_new;' };
    for (const { languageId, text, title } of sources) {
      const facts = await factsOf(languageId, text);
      if (facts.errors.length > 0) continue;
      const places = [
        { offset: facts.importOffset, statement: statements[languageId] ?? "import zz_new from 'zz_new';" },
      ];
      if (facts.importBlockOffset !== undefined)
        places.push({ offset: facts.importBlockOffset, statement: '\t"zz_new"' });
      for (const { offset, statement } of places) {
        const lead = offset === 0 || text[offset - 1] === '\n' ? '' : '\n';
        const extended = `${text.slice(0, offset)}${lead}${statement}\n${text.slice(offset)}`;
        const after = await factsOf(languageId, extended);
        assert.deepEqual(after.errors, [], title);
        assert.equal(after.symbols.length, facts.symbols.length, title);
        const added = after.imports.find((each) => each.names.includes('zz_new'));
        assert.ok(added !== undefined && added.nested === undefined, `${title}: ${extended}`);
        assert.deepEqual(
          after.symbols.map(
            (each) => each.documentation && extended.slice(each.documentation.start, each.documentation.end),
          ),
          facts.symbols.map(
            (each) => each.documentation && text.slice(each.documentation.start, each.documentation.end),
          ),
          `${title}: an import came between a comment and what it documents`,
        );
      }
    }
  });

  const many = 1500;
  const hostile: Record<string, string> = {
    'open parentheses': '('.repeat(many),
    'nested brackets': `x = ${'['.repeat(many)}${']'.repeat(many)}`,
    'nested braces': '{'.repeat(many) + '}'.repeat(many),
    'nested functions': `${'function f(){'.repeat(many)}${'}'.repeat(many)}`,
    'deep indentation': Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}def f(a):`).join('\n'),
    'a long chain': `a${'.b()'.repeat(many)}`,
    'a long sum': `x = 1${' + 1'.repeat(many)}`,
    'nested generics': `let a: ${'A<'.repeat(many)}`,
    'many decorators': `${'@a\n'.repeat(many)}class A {}`,
    'many attributes': `${'#[a]\n'.repeat(many)}fn f() {}`,
    'a large macro': `fn f() { vec![${'a, '.repeat(many)}] }`,
    'nested templates': '`${'.repeat(many),
    quotes: `${'"'.repeat(many)}${'"""'.repeat(101)}`,
    'zero bytes': '\0'.repeat(many),
    'lone surrogates': `${'\udc00\ud800'.repeat(500)} def f(): pass`,
    'a line of a megabyte': `x = "${'a🎉'.repeat(333_000)}"`,
    nothing: '',
    blanks: ' \n\t\r\n'.repeat(many),
  };
  for (const [name, text] of Object.entries(hostile)) {
    it(`survive ${name}`, async () => {
      for (const id of languageIds()) checkInvariants(await factsOf(id, text), text);
    });
  }
});
