// A stretch of a real file, typed with pauses, slips and accepts: no stale text, no question without an answer, the file as it is.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { seeded } from '../bench/statistics.ts';
import { type Replayed, replay } from './replay/session.ts';

const text = readFileSync(new URL('../../server/base/text.ts', import.meta.url), 'utf8');
const from = text.indexOf('export function applyEdits');
const to = text.indexOf('/** Offset of the first character of the line');

function typed(seed: number, frugality: number, automatic = true): Promise<Replayed> {
  return replay({ languageId: 'typescript', text, from, to, random: seeded(seed), frugality, automatic });
}

describe('typing a real file', () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    it(`shows nothing stale and answers every question (seed ${seed})`, async () => {
      const run = await typed(seed, seed % 2 === 0 ? 0.25 : 0.5);
      assert.equal(run.staleShown, 0);
      assert.equal(run.unanswered, 0);
      assert.ok(run.faithful);
      assert.ok(run.accepted > 0);
    });
  }

  it('asks nothing while nobody asks', async () => {
    const run = await typed(1, 0.5, false);
    assert.equal(run.spent.requests, 0);
    assert.equal(run.unanswered, 0);
    assert.ok(run.faithful);
  });

  it('asks less when it is to be frugal', async () => {
    const requests = { lavish: 0, frugal: 0 };
    for (const seed of [1, 2, 3, 4]) {
      requests.lavish += (await typed(seed, 0.1)).spent.requests;
      requests.frugal += (await typed(seed, 0.55)).spent.requests;
    }
    assert.ok(requests.frugal < requests.lavish, JSON.stringify(requests));
  });
});
