// The facts cache: at once, whatever there is; never more parses than needed; always the newest in the end.

import assert from 'node:assert/strict';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createFactsCache, type FactsCache } from '../../server/lsp/facts-cache.ts';
import type { Syntax, SyntaxFacts } from '../../server/syntax/facts.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Parser {
  readonly cache: FactsCache;
  readonly clock: ManualClock;
  /** Texts that were given to the parser. */
  readonly asked: string[];
  /** Finishes the oldest parse that is under way. */
  finish(how?: 'ok' | 'broken'): Promise<void>;
}

function start(): Parser {
  const clock = new ManualClock();
  const asked: string[] = [];
  const waiting: ((how: 'ok' | 'broken') => void)[] = [];
  const syntax: Syntax = {
    supports: (languageId) => languageId === 'python',
    parse: ({ text }) =>
      new Promise((resolve, reject) => {
        asked.push(text);
        const facts = { languageId: text } as SyntaxFacts;
        waiting.push((how) => (how === 'ok' ? resolve(facts) : reject(new Error('dead'))));
      }),
    close: async () => {},
  };
  const cache = createFactsCache({ syntax: () => syntax, clock, onError: () => {} });
  return {
    cache,
    clock,
    asked,
    async finish(how = 'ok') {
      waiting.shift()?.(how);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

function type(document: TextDocument, text: string): void {
  TextDocument.update(document, [{ text }], document.version + 1);
}

describe('facts cache', () => {
  it('says what it has and that it is old, and catches up in one parse however much was typed', async () => {
    const { cache, asked, finish } = start();
    const document = TextDocument.create('file:///a', 'python', 0, 'one');
    cache.schedule(document);
    assert.deepEqual(cache.get(document), { facts: undefined, stale: true });
    for (const text of ['two', 'three', 'four']) {
      type(document, text);
      cache.schedule(document);
    }
    await finish();
    assert.equal(cache.get(document).facts?.languageId, 'one');
    assert.equal(cache.get(document).stale, true);
    await finish();
    assert.deepEqual(asked, ['one', 'four']);
    assert.equal(cache.get(document).stale, false);
  });

  it('waits for a pause while somebody types', async () => {
    const { cache, clock, asked, finish } = start();
    const document = TextDocument.create('file:///a', 'python', 0, '');
    for (let key = 1; key <= 10; key++) {
      type(document, 'x'.repeat(key));
      cache.scheduleWhenQuiet(document);
      await clock.advanceAndSettle(50);
    }
    assert.deepEqual(asked, []);
    await clock.advanceAndSettle(100);
    assert.deepEqual(asked, ['xxxxxxxxxx']);
    await finish();
    assert.equal(cache.get(document).stale, false);
  });

  it('survives a parser that dies, and tries again with the next change', async () => {
    const { cache, finish } = start();
    const document = TextDocument.create('file:///a', 'python', 0, 'one');
    cache.schedule(document);
    await finish('broken');
    await cache.settled(document.uri);
    assert.equal(cache.get(document).facts, undefined);
    type(document, 'two');
    cache.schedule(document);
    await finish();
    assert.equal(cache.get(document).facts?.languageId, 'two');
  });

  it('forgets closed documents and leaves languages without a grammar alone', async () => {
    const { cache, clock, asked, finish } = start();
    const document = TextDocument.create('file:///a', 'python', 0, 'one');
    cache.schedule(document);
    cache.forget(document.uri);
    await finish();
    assert.equal(cache.get(document).facts, undefined);
    cache.scheduleWhenQuiet(document);
    cache.forget(document.uri);
    const other = TextDocument.create('file:///b', 'plaintext', 0, 'text');
    cache.schedule(other);
    cache.scheduleWhenQuiet(other);
    await clock.advanceAndSettle(1000);
    assert.deepEqual(asked, ['one']);
  });
});
