// Parts of a plan end up in their places and nothing else moves: own cases always, the data set where it is there. The whole table is
// `npx tsx test/fidelity/merge-table.ts`.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import { languages } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { mergeCase, runMerge } from './merge.ts';
import { ownCases } from './own-cases.ts';

describe('merging parts', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());

  async function check(sources: readonly Source[], files: number): Promise<void> {
    const failures: string[] = [];
    let parts = 0;
    for (let index = 0; index < files; index++) {
      const one = mergeCase(sources, index, 'test');
      if (one === undefined) continue;
      const outcome = await runMerge(one, syntax);
      parts += outcome.parts;
      if (outcome.failure !== undefined || !outcome.untouchedKept) failures.push(`${one.id}: ${outcome.failure}`);
    }
    assert.ok(parts > files);
    assert.deepEqual(failures, []);
  }

  for (const language of languages) {
    it(`keeps all other text in ${language}`, () =>
      check(
        ownCases.filter((one) => one.language === language),
        12,
      ));
  }

  it('sees a part that is wrong, and one that is missing', async () => {
    const sources = ownCases.filter((one) => one.language === 'python');
    const one = mergeCase(sources, 1, 'test');
    assert.ok(one);
    const [name = '', reply = ''] = [...one.replies][0] ?? [];
    const wrong = new Map(one.replies).set(name, reply.replace(/return /g, 'return None or '));
    assert.equal((await runMerge({ ...one, replies: wrong }, syntax)).rightBodies, one.stubs.length - 1);
    const missing = new Map(one.replies).set(name, 'I can not do that.');
    assert.match((await runMerge({ ...one, replies: missing }, syntax)).failure ?? '', /refused/);
  });

  it('keeps all other text in files made of the data set', async function () {
    this.timeout(60_000);
    const folder = dataSetFolder(process.env.JOULE_LS_DATA);
    if (folder === undefined) {
      console.log('SKIPPED: merging on the data set, because JOULE_LS_DATA does not name its folder');
      this.skip();
    }
    for (const language of languages) await check(readSources(folder, language) ?? [], 25);
  });
});
