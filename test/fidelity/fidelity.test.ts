// A dozen functions of our own in every known dressing, through the real server: always run, with or without the data set.
// With JOULE_LS_DATA, a few tasks of the data set as well; the whole table is `npx tsx test/fidelity/run.ts`.

import assert from 'node:assert/strict';
import { dataSetFolder, readSources } from '../../server/exercises/data-set.ts';
import { languages } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import { createDriver, type Driver } from './drive.ts';
import { ownCases } from './own-cases.ts';
import { type ScoreOptions, score } from './score.ts';

describe('edit fidelity', function () {
  this.timeout(60_000);
  let driver: Driver;
  before(async () => {
    driver = await createDriver({ built: false });
  });
  after(() => driver.close());

  async function check(sources: readonly Source[], options: Partial<ScoreOptions>): Promise<void> {
    const all: ScoreOptions = {
      actions: ['implement'],
      sets: ['known'],
      seed: '1',
      combinations: 1,
      parseOnly: ['go', 'rust'],
      ...options,
    };
    const outcomes = await score(sources, [driver], all, () => {});
    const failures = outcomes
      .filter((outcome) => outcome.failure !== undefined)
      .map(({ id, action, label, names, failure }) => `${id} ${action} · ${label} (${names.join(' + ')}): ${failure}`);
    assert.deepEqual(failures, []);
  }

  for (const language of languages) {
    it(`is full for our own cases in ${language}`, async () => {
      const sources = ownCases.filter((source) => source.language === language);
      await check(sources, {});
      await check(sources, { actions: ['fix', 'document'], combinations: 0 });
    });
  }

  it('is full for a few tasks of the data set', async function () {
    const folder = dataSetFolder(process.env.JOULE_LS_DATA);
    if (folder === undefined) {
      console.log('SKIPPED: edit fidelity on the data set, because JOULE_LS_DATA does not name its folder');
      this.skip();
    }
    for (const language of languages) {
      const sources = readSources(folder, language) ?? [];
      const few = sources.filter((_, index) => index % 41 === 7);
      await check(few, { combinations: 0 });
    }
  });
});
