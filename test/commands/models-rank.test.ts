// Ranking by SEEDS S3's overall metric: the formula, what counts as a run, what is said of the rest.

import assert from 'node:assert/strict';
import { parseWeights, printRanking } from '../../server/commands/models-rank.ts';
import type { LedgerEvent } from '../../server/ledger/events.ts';
import { createFold } from '../../server/ledger/fold.ts';
import type { Ledger } from '../../server/ledger/port.ts';
import { overallMetric, rank } from '../../server/ledger/ranking.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { callEvent, energyOf, morning, outcomeEvent, sampleCall } from '../support/sample-events.ts';

const equal = { quality: 1, latency: 1, energy: 1 };
const later = morning + 86_400_000;

/** Answers of one model: how many passed, failed, and what each took. */
function answers(
  model: string,
  passed: number,
  failed: number,
  each: { joules: number; seconds: number },
): LedgerEvent[] {
  return Array.from({ length: passed + failed }, (_, index) => {
    const receiptId = `${model} ${index}`;
    const call = sampleCall({
      id: receiptId,
      model,
      joules: energyOf(each.joules, 0),
      seconds: { total: each.seconds, queue: 0, load: 0, prefill: 0, decode: each.seconds, source: 'engine' },
    });
    return [
      callEvent({ receiptId, call }),
      outcomeEvent({ receiptId, outcome: index < passed ? 'accepted' : 'undone', verdict: 'ok', strategy: 'direct' }),
    ];
  }).flat();
}

function ledgerOf(events: readonly LedgerEvent[]): Pick<Ledger, 'receiptsSince'> {
  const fold = createFold();
  for (const event of events) fold.add(event);
  return { receiptsSince: () => fold.all() };
}

describe('models --rank', () => {
  const small = answers('small', 6, 2, { joules: 50, seconds: 2 });
  const large = answers('large', 9, 1, { joules: 500, seconds: 8 });

  it('is S3’s formula', () => {
    const { ways, reference } = rank(ledgerOf([...small, ...large]).receiptsSince(0), equal, later);
    assert.equal(reference?.models, 'large');
    assert.deepEqual(
      ways.map((way) => way.models),
      ['small', 'large'],
    );
    const [first, second] = ways;
    assert.ok(first && second);
    assert.equal(first.overallMetric, Math.sqrt(((0.75 / 0.9) ** 2 + (8 / 2) ** 2 + (500 / 50) ** 2) / 3));
    assert.equal(second.overallMetric, 1);
    assert.equal(first.joulesPerPassed, 400 / 6);
  });

  it('follows the weights', () => {
    const quality = { quality: 1, latency: 0, energy: 0 };
    const [best] = rank(ledgerOf([...small, ...large]).receiptsSince(0), quality, later).ways;
    assert.equal(best?.models, 'large');
    assert.ok(best && overallMetric(best, best, equal) === 1);
  });

  it('ranks nothing on few answers, and counts what it left out', () => {
    const unknown = { ...energyOf(1, 1), gross: { status: 'unknown', why: 'no counter' } } as const;
    const events = [
      ...answers('rare', 4, 0, { joules: 1, seconds: 1 }),
      ...small,
      callEvent({ receiptId: 'x', call: sampleCall({ id: 'x', joules: unknown }) }),
      outcomeEvent({ receiptId: 'x', outcome: 'accepted' }),
    ];
    const ranking = rank(ledgerOf(events).receiptsSince(0), equal, later);
    assert.deepEqual([ranking.ways.length, ranking.tooFew, ranking.leftOut], [1, 1, 1]);
  });

  it('prints a table with its reference, its errors and what was left out', () => {
    let text = '';
    const bench = { ledger: ledgerOf([...small, ...large]) as Ledger, clock: new ManualClock(0n, later) };
    const code = printRanking(bench, { weights: equal, sinceWallMilliseconds: 0, json: false }, (more) => {
      text += more;
    });
    assert.equal(code, 0);
    assert.match(text, /^OM +strategy +models +answers +passed/);
    assert.match(text, /\n6\.2\d +direct +small +8 +75 % ±2\d +2\.0 s +50 J +67 J +measured\n/);
    assert.match(text, /OM above 1 beats direct with large, which has the most answers/);
  });

  it('says that there is nothing to rank yet', () => {
    let text = '';
    const bench = { ledger: ledgerOf([]) as Ledger, clock: new ManualClock(0n, later) };
    const code = printRanking(bench, { weights: equal, sinceWallMilliseconds: 0, json: false }, (more) => {
      text += more;
    });
    assert.equal(code, 1);
    assert.match(text, /nothing to rank yet/);
  });

  const table: [string | undefined, unknown][] = [
    [undefined, equal],
    ['energy=1', { quality: 0, latency: 0, energy: 1 }],
    [' quality = 2 , latency=0.5 ', { quality: 2, latency: 0.5, energy: 0 }],
    ['energy=0', /count for something/],
    ['energy=-1', /numbers from 0 on/],
    ['speed=1', /not “speed=1”/],
    ['energy', /not “energy”/],
    ['energy=Infinity', /count for something/],
  ];
  for (const [text, expected] of table) {
    it(`takes weights ${text}`, () => {
      const weights = parseWeights(text);
      if (expected instanceof RegExp) assert.match(String(weights), expected);
      else assert.deepEqual(weights, expected);
    });
  }
});
