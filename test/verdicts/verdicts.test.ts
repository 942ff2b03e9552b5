// Right answers pass and structural faults do not: own cases always, a sample of the data set where it is there. The whole table is
// `npx tsx test/verdicts/run.ts`.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import { languages } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { ownCases } from '../fidelity/own-cases.ts';
import { verdictRows } from './verdicts.ts';

describe('verdicts', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());

  async function check(sources: readonly Source[], leastShare: number): Promise<void> {
    const rows = await verdictRows(sources, { syntax }, { seed: 'test' });
    const right = rows.filter((row) => row.kind === 'right');
    assert.deepEqual(
      right.flatMap((row) => row.examples),
      [],
    );
    const structural = rows.filter((row) => row.kind === 'structural');
    const answers = structural.reduce((sum, row) => sum + row.answers, 0);
    const missed = structural.reduce((sum, row) => sum + row.missed, 0);
    assert.ok(answers > 10 * sources.length);
    const examples = structural.flatMap((row) => row.examples.map((one) => `${row.id}: ${one}`));
    assert.ok(1 - missed / answers >= leastShare, `${missed} of ${answers} missed:\n${examples.join('\n')}`);
  }

  for (const language of languages) {
    it(`let our own cases in ${language} pass and catch what is wrong with them`, () =>
      check(
        ownCases.filter((one) => one.language === language),
        0.98,
      ));
  }

  it('let right solutions of the data set pass and catch 99 % of structural faults', async function () {
    this.timeout(60_000);
    const folder = dataSetFolder(process.env.JOULE_LS_DATA);
    if (folder === undefined) {
      console.log('SKIPPED: verdicts on the data set, because JOULE_LS_DATA does not name its folder');
      this.skip();
    }
    const few = languages.flatMap((language) =>
      (readSources(folder, language) ?? []).filter((_, index) => index % 8 === 3),
    );
    await check(few, 0.99);
  });
});
