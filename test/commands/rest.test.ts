// Coming to rest before a measurement, on scripted counters and a clock that is turned by hand.

import assert from 'node:assert/strict';
import type { Clock } from '../../server/base/clock.ts';
import { learnIdle } from '../../server/commands/rest.ts';

/** A counter whose power follows `watts` of seconds; sleeping turns the clock. */
function machine(watts: (second: number) => number): { clock: Clock; read: () => Promise<object> } {
  let nanoseconds = 0n;
  let microjoules = 0;
  return {
    clock: {
      nowNanoseconds: () => nanoseconds,
      wallMilliseconds: () => 0,
      async sleep(milliseconds) {
        for (let step = 0; step < milliseconds; step += 100) {
          microjoules += watts(Number(nanoseconds) / 1e9) * 100_000;
          nanoseconds += 100_000_000n;
        }
      },
    },
    read: async () => ({
      sourceId: 'a',
      microjoules: BigInt(Math.round(microjoules)),
      atNanoseconds: nanoseconds,
      spreadNanoseconds: 0n,
    }),
  };
}

async function rested(watts: (second: number) => number, mostSeconds: number) {
  const { clock, read } = machine(watts);
  const sources = [{ domain: 'package', read } as never, { domain: 'psys', read } as never];
  const { rest, idleWatts } = await learnIdle({ sources, clock, mostSeconds }, new AbortController().signal);
  return { idleWatts, rest: await rest(new AbortController().signal) };
}

describe('rest before a measurement', () => {
  it('lasts until idle power is reached again', async () => {
    const { idleWatts, rest } = await rested((second) => (second >= 6 && second < 16 ? 90 : 30), 60);
    assert.equal(idleWatts, 30);
    assert.equal(rest.state, 'reached');
    assert.ok(rest.seconds >= 10 && rest.seconds <= 13, String(rest.seconds));
  });

  it('is given up after the time that was allowed, and says at what power', async () => {
    const { rest } = await rested((second) => (second >= 6 ? 90 : 30), 10);
    assert.deepEqual([rest.state, rest.watts, rest.idleWatts], ['given-up', 90, 30]);
  });

  it('is not waited for where it is not wanted, or where nothing can be read', async () => {
    assert.equal((await rested(() => 30, 0)).rest.state, 'not-wanted');
    const { clock } = machine(() => 0);
    const { rest } = await learnIdle({ sources: [], clock, mostSeconds: 60 }, new AbortController().signal);
    assert.deepEqual(await rest(new AbortController().signal), { seconds: 0, state: 'unknown' });
  });
});
