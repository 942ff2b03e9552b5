// What may be given again: the same place, and every place reached by typing what the answer says. Never another one.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { baseOf } from '../../server/completion/base.ts';
import { createCache } from '../../server/completion/cache.ts';
import { siteAt } from '../support/polish-table.ts';

const key = 'ollama/coder';

function cacheOf(marked: string, text: string, language = 'python', modelKey = key): ReturnType<typeof createCache> {
  const cache = createCache();
  cache.add({ base: baseOf(siteAt(marked, language)), receiptId: 'r', modelKey, text });
  return cache;
}

/** What the cache offers at a marked place. */
function rest(cache: ReturnType<typeof createCache>, marked: string, language = 'python'): string | undefined {
  return cache.find(siteAt(marked, language), key)?.rest;
}

/** Text of letters, brackets and every kind of white space, where a careless key would collide. */
const code = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\t', '\n', '(', ')', 'é', '🌱'), maxLength: 40 });

describe('answers given again', () => {
  it('gives the rest after each character that is typed through', () => {
    const cache = cacheOf('x = │\ny', 'f(a)');
    assert.equal(rest(cache, 'x = │\ny'), 'f(a)');
    assert.equal(rest(cache, 'x = f│\ny'), '(a)');
    assert.equal(rest(cache, 'x = f(a│\ny'), ')');
    assert.equal(rest(cache, 'x = f(a)│\ny'), undefined);
    assert.equal(rest(cache, 'x = g│\ny'), undefined);
  });

  it('looks past closing characters that the editor added', () => {
    const cache = cacheOf('x = │\ny', 'f(["a"])');
    assert.equal(rest(cache, 'x = f(│)\ny'), '["a"])');
    assert.equal(rest(cache, 'x = f([│])\ny'), '"a"])');
    assert.equal(rest(cache, 'x = f(["│"])\ny'), 'a"])');
    assert.equal(rest(cache, 'x = f(│]\ny'), undefined);
  });

  it('keeps models and languages apart', () => {
    assert.equal(rest(cacheOf('x = │', '1', 'ruby'), 'x = │'), undefined);
    assert.equal(rest(cacheOf('x = │', '1', 'python', 'ollama/other'), 'x = │'), undefined);
  });

  it('knows that nothing is to be shown at a place, and at no other', () => {
    const cache = cacheOf('x = │', '');
    assert.equal(rest(cache, 'x = │'), '');
    assert.equal(rest(cache, 'x = 1│'), undefined);
  });

  it('gives the newer of two answers', () => {
    const cache = cacheOf('x = │', 'old');
    cache.add({ base: baseOf(siteAt('x = │')), receiptId: 'r2', modelKey: key, text: 'new' });
    assert.equal(rest(cache, 'x = │'), 'new');
    cache.forget('r2');
    assert.equal(rest(cache, 'x = │'), 'old');
  });

  it('never offers at a place what does not lead to the same text there', () => {
    fc.assert(
      fc.property(code, code, code, code, code, (before, after, answer, otherBefore, otherAfter) => {
        const cache = cacheOf(`${before}│${after}`, answer);
        const offered = rest(cache, `${otherBefore}│${otherAfter}`);
        if (offered === undefined || offered === '') return;
        assert.equal(otherBefore + offered, before + answer);
        const added = otherAfter.slice(0, otherAfter.length - after.length);
        assert.equal(added + after, otherAfter);
        assert.match(added, /^[)\]}"'`]*$/);
      }),
      { numRuns: 3_000 },
    );
  });

  it('offers after typing any beginning of the answer just the rest of it', () => {
    fc.assert(
      fc.property(code, code, code, fc.nat(), (before, after, answer, cut) => {
        const typed = [...answer].slice(0, cut % ([...answer].length + 1)).join('');
        if (typed === answer) return;
        assert.equal(
          rest(cacheOf(`${before}│${after}`, answer), `${before}${typed}│${after}`),
          answer.slice(typed.length),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells places apart by white space alone', () => {
    fc.assert(
      fc.property(fc.constantFrom(' ', '\t', '\n', '  '), fc.constantFrom(' ', '\t', '\n', '  '), (one, other) => {
        fc.pre(one !== other);
        const cache = cacheOf(`if a:\n${one}│\nb`, 'c()');
        assert.equal(rest(cache, `if a:\n${other}│\nb`), undefined);
        assert.equal(rest(cache, `if a:\n${one}│${other}\nb`), undefined);
      }),
    );
  });
});
