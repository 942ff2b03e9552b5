// Which filters a place gets, one line or several, and when the larger model is asked.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { silentLog } from '../../../server/base/log.ts';
import { type Cursor, isMultiLine, placeOf, textFeatures } from '../../../server/completion/policy/place.ts';
import { defaultPolicy, neverStopping, withDial } from '../../../server/completion/policy/policy.ts';
import { leastChance } from '../../../server/completion/policy/price.ts';
import { decideNextSize } from '../../../server/completion/policy/size.ts';
import { stopFiltersFor, unsureThreshold } from '../../../server/completion/policy/stop.ts';
import { firstStop } from '../../../server/gateway/stop-filters.ts';
import { createSyntax } from '../../../server/syntax/syntax.ts';

function cursor(marked: string, languageId = 'python'): Cursor {
  const [prefix = '', suffix = ''] = marked.split('┆');
  return { languageId, prefix, suffix };
}

describe('isMultiLine', () => {
  const several = {
    'an empty line': 'def f():\n    ┆\n',
    'the end of a header': 'def f():┆\n',
    'before closing marks only': 'x = f(┆)\n',
    'the end of an unfinished line': 'x = ┆\n',
  };
  const single = {
    'in front of code': 'x = ┆ + 1\n',
    'in a word': 'retu┆rn x\n',
    'in a line comment': 'x = 1  # the┆\n',
    'in a string': "x = 'the┆\n",
    'in a docstring': 'def f():\n    """Say┆',
    'at the begin of a line that has code': 'def f():\n┆    return 1\n',
  };
  for (const [title, marked] of Object.entries(several)) {
    if (title !== 'in a docstring')
      it(`several lines: ${title}`, () => assert.equal(isMultiLine(cursor(marked)), true));
    else it(`one line: ${title}`, () => assert.equal(isMultiLine(cursor(marked)), false));
  }
  for (const [title, marked] of Object.entries(single)) {
    it(`one line: ${title}`, () => assert.equal(isMultiLine(cursor(marked)), false));
  }
  it('knows line comments of other languages', () => {
    assert.equal(isMultiLine(cursor('let x = 1; // the┆\n', 'typescript')), false);
    assert.equal(isMultiLine(cursor('x = 7 // 2┆\n', 'python')), true);
  });

  it('asks the parse of this text, where there is one', async () => {
    const syntax = createSyntax({ log: silentLog });
    try {
      const text = 'def f(x):\n    pass  # later\n';
      const facts = await syntax.parse({ languageId: 'python', text });
      assert.ok(facts);
      const at = (offset: number): Cursor => ({
        languageId: 'python',
        prefix: text.slice(0, offset),
        suffix: text.slice(offset),
        syntax: { facts, offset },
      });
      assert.equal(isMultiLine(at(text.indexOf('pass'))), true, 'in the body of a stub');
      assert.equal(isMultiLine(at(text.length - 1)), false, 'in a comment');
    } finally {
      await syntax.close();
    }
  });
});

describe('textFeatures', () => {
  it('reads the line, the word and what encloses the cursor', () => {
    assert.deepEqual(textFeatures({ ...cursor('a\n  retu┆rn x'), documentShare: 0.5 }), {
      lineLength: 6,
      blankAfterCursor: false,
      documentShare: 0.5,
      midWord: true,
      inComment: false,
      inString: false,
    });
    const commented = textFeatures({ ...cursor('# a ┆ \nb'), documentShare: 0 });
    assert.equal(commented.inComment && commented.blankAfterCursor && !commented.midWord, true);
    assert.equal(textFeatures({ ...cursor("x = 'a ┆'"), documentShare: 0 }).inString, true);
  });
});

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
