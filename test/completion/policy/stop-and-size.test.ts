// Which filters a place gets, one line or several, and when the larger model is asked.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultPolicy, neverStopping, withDial } from '../../../server/completion/policy/policy.ts';
import { leastChance } from '../../../server/completion/policy/price.ts';
import { decideNextSize } from '../../../server/completion/policy/size.ts';
import { stopFiltersFor, unsureThreshold } from '../../../server/completion/policy/stop.ts';
import { firstStop } from '../../../server/gateway/stop-filters.ts';
import { type Cursor, placeOf } from '../table/place.ts';

function cursor(marked: string, languageId = 'python'): Cursor {
  const [prefix = '', suffix = ''] = marked.split('┆');
  return { languageId, prefix, suffix };
}

describe('stopFiltersFor', () => {
  const place = placeOf(cursor('def f(x):\n    ┆\n'));
  const answer = 'return x\n\ndef g(x):\n    return x\n';

  it('has none where nothing is to be stopped early', () => {
    assert.deepEqual(stopFiltersFor(place, withDial(defaultPolicy, 0)), []);
    assert.deepEqual(stopFiltersFor(place, withDial(neverStopping(defaultPolicy), 1)), []);
  });

  it('ends at the end of the block, and of the line where one line is wanted', () => {
    assert.equal(firstStop(stopFiltersFor(place, defaultPolicy), answer)?.keep, 'return x'.length);
    const inLine = placeOf(cursor('x = f(┆, 2)\n'));
    assert.equal(inLine.lines, 'single');
    assert.equal(firstStop(stopFiltersFor(inLine, defaultPolicy), '1\ny = 2')?.keep, 1);
  });

  it('doubts no less the more frugal it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((dial) =>
          unsureThreshold(withDial(defaultPolicy, dial)),
        );
        assert.ok((low ?? 0) <= (high ?? 0));
      }),
    );
    assert.ok(Math.abs(unsureThreshold(defaultPolicy) - Math.log(0.1)) < 0.02);
    assert.equal(unsureThreshold(withDial(defaultPolicy, 0)), Number.NEGATIVE_INFINITY);
  });
});

describe('the dial', () => {
  it('goes from nothing to more likely than not', () => {
    assert.equal(leastChance(0), 0);
    assert.equal(leastChance(0.5), 0.15);
    assert.equal(leastChance(1), 0.6);
  });
});

describe('decideNextSize', () => {
  const small = { leastSure: Math.log(0.05), hasText: true, costRatio: 2 };

  it('goes up where the small model does not believe itself, and not where it does', () => {
    assert.equal(decideNextSize(small, defaultPolicy), 'ask larger');
    assert.equal(decideNextSize({ ...small, leastSure: Math.log(0.95) }, defaultPolicy), 'stop here');
  });
  it('goes up where nothing came, and stays where confidence is unknown', () => {
    assert.equal(decideNextSize({ ...small, leastSure: undefined, hasText: false }, defaultPolicy), 'ask larger');
    assert.equal(decideNextSize({ ...small, leastSure: undefined }, defaultPolicy), 'stop here');
  });
  it('stays where the larger costs too much, and at the frugal end', () => {
    assert.equal(decideNextSize({ ...small, costRatio: 10 }, defaultPolicy), 'stop here');
    assert.equal(decideNextSize(small, withDial(defaultPolicy, 1)), 'stop here');
  });
  it('asks no more often the more frugal it is', () => {
    const any = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(any, any, fc.double({ min: -8, max: 0, noNaN: true }), (a, b, leastSure) => {
        const larger = (dial: number): boolean =>
          decideNextSize({ ...small, leastSure }, withDial(defaultPolicy, dial)) === 'ask larger';
        if (larger(Math.max(a, b))) assert.ok(larger(Math.min(a, b)));
      }),
    );
  });
});
