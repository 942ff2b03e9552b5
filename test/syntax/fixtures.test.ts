// What each language's constructs become as facts. `UPDATE_GOLDEN=1` rewrites the expectations for review.

import assert from 'node:assert/strict';
import { createParsing } from '../../server/syntax/parse.ts';
import { ensureGrammars } from '../support/grammars.ts';
import { factLines, readCases, type SyntaxCase, writeCases } from '../support/syntax-fixtures.ts';

const files = [
  { file: 'python', languageId: 'python' },
  { file: 'typescript', languageId: 'typescript' },
  { file: 'javascript', languageId: 'javascript' },
  { file: 'go', languageId: 'go' },
  { file: 'rust', languageId: 'rust' },
];

describe('syntax facts', () => {
  const parsing = createParsing();
  before(ensureGrammars);

  for (const { file, languageId } of files) {
    const path = new URL(`../fixtures/syntax/${file}.txt`, import.meta.url);
    const cases = readCases(path, languageId);

    describe(file, () => {
      const rewritten: SyntaxCase[] = [];
      for (const each of cases) {
        it(each.title, async () => {
          const facts = await parsing.facts(each.languageId, each.text);
          assert.ok(facts);
          const actual = factLines(facts, each.text);
          rewritten.push({ ...each, expected: actual });
          if (process.env.UPDATE_GOLDEN !== '1') assert.equal(actual, each.expected);
        });
      }
      after(() => {
        if (process.env.UPDATE_GOLDEN === '1' && rewritten.length === cases.length) writeCases(path, rewritten);
      });
    });
  }
});
