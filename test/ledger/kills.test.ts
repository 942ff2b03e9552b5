// A few dozen of the ten thousand kills of `kills.ts`.

import assert from 'node:assert/strict';
import { killRounds, killsOf } from './kill-rounds.ts';

describe('a ledger whose writers are killed', function () {
  this.timeout(60_000);

  it('has every event that was acknowledged before, and names the lines that were cut', async () => {
    const tally = await killRounds({ kills: 36, killsPerRound: 18, seed: 11 });
    assert.equal(killsOf(tally), 36);
    assert.ok(tally.killsAtBytes > 5 && tally.killsAtMoments > 5 && tally.acknowledged > 36);
    assert.ok(tally.killsOfForget > 0, 'the second round takes lines out meanwhile');
    assert.deepEqual(tally.lost, []);
    assert.equal(tally.unnamed, 0);
    assert.equal(tally.unreadable, 0);
  });
});
