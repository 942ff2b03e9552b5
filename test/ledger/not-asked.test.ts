// What was not asked: lines and back, sums by day, words, and the file over two sessions.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { silentLog } from '../../server/base/log.ts';
import { createNotAskedKeeper, type NotAskedKeeper } from '../../server/commands/not-asked.ts';
import {
  type NotAsked,
  noneNotAsked,
  notAskedByDay,
  notAskedFile,
  notAskedLine,
  notAskedText,
  parseNotAsked,
} from '../../server/ledger/not-asked.ts';
import { readNotAsked } from '../../server/ledger/read-not-asked.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const at = '2026-01-15T12:00:00.000Z';
const some: NotAsked = { callsNotMade: 3, predictedJoules: 7.5, withoutPrediction: 1 };

describe('what was not asked', () => {
  it('comes back from its line, and nothing else does', () => {
    assert.deepEqual(parseNotAsked(notAskedLine({ at, ...some })), { at, ...some });
    fc.assert(fc.property(fc.string(), (text) => assert.equal(parseNotAsked(text), undefined)));
    for (const broken of [
      {},
      { schema: 2 },
      { schema: 1, at, callsNotMade: -1, predictedJoules: 0, withoutPrediction: 0 },
    ])
      assert.equal(parseNotAsked(JSON.stringify(broken)), undefined);
  });

  it('is summed by day', () => {
    const entries = ['2026-01-16', '2026-01-15', '2026-01-16'].map((day) => ({ at: `${day}T01:00:00.000Z`, ...some }));
    assert.deepEqual(
      notAskedByDay(entries, (time) => time.slice(0, 10)).map(({ day, callsNotMade }) => [day, callsNotMade]),
      [
        ['2026-01-15', 3],
        ['2026-01-16', 6],
      ],
    );
  });

  it('is said with what is not known of it', () => {
    assert.equal(notAskedText(noneNotAsked), undefined);
    assert.equal(notAskedText({ ...some, withoutPrediction: 0 }), '3 completions not asked, some 7.5 J (estimated)');
    assert.equal(notAskedText(some), '3 completions not asked, at least some 7.5 J (estimated)');
    assert.equal(
      notAskedText({ callsNotMade: 1, predictedJoules: 0, withoutPrediction: 1 }),
      '1 completion not asked, joules unknown',
    );
  });

  it('is read over months, past what can not be read', async () => {
    const directory = makeTemporaryFolder('joule-not-asked-');
    for (const month of ['2025-12', '2026-01', '2026-02']) {
      const line = notAskedLine({ at: `${month}-03T00:00:00.000Z`, ...some });
      writeFileSync(join(directory, notAskedFile(month)), `nonsense\n${line}\n${line.slice(0, 20)}`);
    }
    const read = (since: string, now: string) =>
      readNotAsked(directory, { sinceWallMilliseconds: Date.parse(since), nowWallMilliseconds: Date.parse(now) });
    assert.equal((await read('2025-11-01T00:00:00Z', '2026-02-05T00:00:00Z')).length, 3);
    assert.equal((await read('2025-12-04T00:00:00Z', '2026-01-31T00:00:00Z')).length, 1);
  });

  describe('over sessions', () => {
    const directory = makeTemporaryFolder('joule-not-asked-');
    const clock = new ManualClock();
    let saved = noneNotAsked;
    let enabled = true;
    const open = (): NotAskedKeeper =>
      createNotAskedKeeper({ saved: () => saved, directory, enabled: () => enabled, clock, log: silentLog });
    const more = (): void => {
      saved = {
        callsNotMade: saved.callsNotMade + 2,
        predictedJoules: saved.predictedJoules + 5,
        withoutPrediction: 0,
      };
    };

    it('counts the session at once, and earlier ones once they were read', async () => {
      const first = open();
      more();
      first.note();
      assert.equal(first.today().callsNotMade, 2);
      await first.close();
      assert.equal(first.today().callsNotMade, 2);
      saved = noneNotAsked;
      const second = open();
      second.note();
      more();
      await second.close();
      assert.deepEqual(second.today(), { callsNotMade: 4, predictedJoules: 10, withoutPrediction: 0 });
    });

    it('forgets it for today when the day is over', async () => {
      saved = noneNotAsked;
      const keeper = open();
      keeper.note();
      await keeper.close();
      assert.equal(keeper.today().callsNotMade, 4);
      await clock.advanceAndSettle(86_400_000);
      assert.equal(keeper.today().callsNotMade, 0);
    });

    it('writes nothing where no ledger is kept', async () => {
      enabled = false;
      const empty = makeTemporaryFolder('joule-not-asked-');
      const keeper = createNotAskedKeeper({
        saved: () => some,
        directory: empty,
        enabled: () => enabled,
        clock,
        log: silentLog,
      });
      keeper.note();
      await keeper.close();
      assert.equal(keeper.today().callsNotMade, 3);
      const read = { sinceWallMilliseconds: 0, nowWallMilliseconds: clock.wallMilliseconds() };
      assert.deepEqual(await readNotAsked(empty, read), []);
    });
  });
});
