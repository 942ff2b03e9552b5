// Skimming takes exactly what reading in full takes, or nothing; a summary is what the receipts add up to.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { isKnown, sumJoules } from '../../server/energy/joules.ts';
import type { LedgerEvent } from '../../server/ledger/events.ts';
import { readLine } from '../../server/ledger/history.ts';
import { lineOf } from '../../server/ledger/line-of.ts';
import { readHistory } from '../../server/ledger/read-history.ts';
import { createSkimmer, type Skimmed, skimmedFrom } from '../../server/ledger/skim.ts';
import { summariseHistory } from '../../server/ledger/summarise.ts';
import { callEvent, energyOf, measured, outcomeEvent, sampleCall } from '../support/sample-events.ts';
import { writeSampleLedger } from '../support/sample-ledger.ts';
import { makeTemporaryFolder } from '../support/temporary-folder.ts';

const november = 'receipts-2026-11.jsonl';

/** As the file has it: the bytes of UTF-8, one a character. */
const asBytes = (line: string): string => Buffer.from(`${line}\n`, 'utf8').toString('latin1');

function skimmed(line: string): Skimmed | undefined {
  return createSkimmer().at(asBytes(line), 0);
}

function readInFull(line: string): Skimmed | undefined {
  const read = readLine(line);
  return 'event' in read ? skimmedFrom(read.event) : undefined;
}

const unknown = { status: 'unknown', why: 'no counters', mend: 'sudo true' } as const;
const idle = { kind: 'warm', watts: 20.5, plusMinusWatts: 1e-7, ageSeconds: 3 } as const;
const considered = {
  strategy: 'split',
  cleanJoules: 3,
  lowJoules: 1,
  highJoules: 9,
  meanJoules: 4,
  chance: 0.5,
  runs: 2,
} as const;
const choice = {
  strategy: 'split',
  languageId: 'python',
  size: 'small',
  models: '',
  considered: [considered],
} as const;
const region = {
  path: '/p/ü.py',
  hash: 'aa',
  length: 3,
  lineCount: 1,
  firstLine: 0,
  firstLineHash: 'bb',
  firstLineLength: 3,
};

/** In the gateway's order. */
const { gross, net, bySource } = energyOf(1, 2);
const { outcome, ...call } = sampleCall({ engineVersion: '' });

const own: readonly LedgerEvent[] = [
  callEvent(),
  callEvent({ path: '/home/jürgen/ö.py', call: { ...call, lowestTokenProbability: 1e-9, outcome, why: 'weil é' } }),
  callEvent({
    call: sampleCall({
      joules: { gross, net, load: gross, prefill: unknown, decode: gross, idle, bySource, flags: ['a', 'b'] },
    }),
  }),
  callEvent({
    call: sampleCall({ joules: { gross: unknown, net: { status: 'unknown', why: '' }, bySource: [], flags: [] } }),
  }),
  outcomeEvent(),
  outcomeEvent({
    outcome: 'undone',
    regions: [region, region],
    predicted: measured(3),
    choice,
    decisions: ['one', 'two'],
  }),
  outcomeEvent({
    environment: { machine: 'm', server: '1', node: '20', platform: 'linux', devices: [''], onBattery: true },
  }),
  {
    schema: 1,
    at: '2026-11-20T10:00:00.000Z',
    receiptId: 'c',
    path: '/p',
    actionId: 'completion',
    kind: 'outcome',
    outcome: 'dismissed',
    regions: [],
    verdict: 'none',
    why: 'passed over',
    evidence: { a: -1.5, b: 0 },
  },
];

describe('skimming a ledger line', () => {
  it('takes every line that a writer of ours writes, as reading in full does', () => {
    for (const event of own) {
      const line = lineOf(event);
      assert.ok(skimmed(line), line);
      assert.deepEqual(skimmed(line), readInFull(line));
    }
  });

  it('leaves to the other what it does not know', () => {
    const line = lineOf(own[0] ?? callEvent());
    const others = [
      line.replace('"schema":1', '"schema":2'),
      line.replace('"kind":"call","at"', '"kind": "call","at"'),
      line.replace('words.py', 'w\\u006frds.py'),
      line.replace('"outcome":"completed"', '"outcome":"completed","novel":1'),
      line.replace('"in":400', '"in":0400'),
      lineOf(callEvent({ receiptId: 'ü' })),
      line.slice(0, -1),
    ];
    for (const other of others) assert.equal(skimmed(other), undefined, other);
  });

  it('takes no garbled line for another than reading in full does', () => {
    const lines = own.map(lineOf);
    const garbling = fc.record({
      line: fc.constantFrom(...lines),
      at: fc.nat(1_500),
      length: fc.nat(3),
      text: fc.stringMatching(/^["{}[\],:\\0-9a-e.+-]{0,3}$/),
    });
    fc.assert(
      fc.property(garbling, ({ line, at, length, text }) => {
        const garbled = line.slice(0, at % line.length) + text + line.slice((at % line.length) + length);
        const found = skimmed(garbled);
        if (found !== undefined) assert.deepEqual(found, readInFull(garbled), garbled);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('the summary of a ledger', () => {
  const event = fc
    .record({
      receipt: fc.nat(6),
      day: fc.integer({ min: 1, max: 3 }),
      second: fc.nat(3),
      isCall: fc.boolean(),
      outcome: fc.constantFrom('accepted' as const, 'undone' as const, 'dismissed' as const, 'failed' as const),
      model: fc.constantFrom('small', 'größer'),
      strategy: fc.constantFrom('direct' as const, 'split' as const, undefined),
    })
    .map(({ receipt, day, second, isCall, outcome, model, strategy }): LedgerEvent => {
      const at = `2026-11-0${day}T10:00:0${second}.000Z`;
      const head = { receiptId: `r${receipt}`, at };
      const joules =
        second === 3 ? { gross: unknown, net: unknown, bySource: [], flags: [] } : energyOf(second + 1, day);
      if (isCall) return callEvent({ ...head, call: sampleCall({ id: `${receipt} ${day} ${second}`, model, joules }) });
      const { strategy: _none, ...rest } = outcomeEvent({ ...head, outcome });
      return { ...rest, verdict: second === 0 ? 'failed' : 'ok', ...(strategy === undefined ? {} : { strategy }) };
    });

  it('is what its receipts add up to, in any order, with lines that stand there twice or can’t be read', async () => {
    const directory = makeTemporaryFolder('joule-summary-');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 40 }), fc.boolean(), async (events, isRough) => {
        // Of two lines with one time, one receipt and one call there is only ever one in life.
        const unique = [...new Map(events.map((one) => [`${one.kind} ${one.receiptId} ${one.at}`, one])).values()];
        const lines = unique.flatMap((one, index) => (index % 3 === 0 ? [lineOf(one), lineOf(one)] : [lineOf(one)]));
        const text = isRough ? ['', 'rubbish', '{"torn":', ...lines].join('\r\n') : `${lines.join('\n')}\n`;
        writeFileSync(join(directory, november), text);
        const [summary, { receipts, skipped }] = await Promise.all([
          summariseHistory({ directory }),
          readHistory({ directory }),
        ]);
        assert.deepEqual(summary.skipped, skipped);
        const calls = receipts.flatMap((receipt) => receipt.calls);
        const sum = (of: (row: (typeof summary.calls)[number]) => number): number =>
          summary.calls.reduce((all, row) => all + of(row), 0);
        assert.equal(
          sum((row) => row.calls),
          calls.length,
        );
        assert.equal(
          sum((row) => row.tokensOut),
          calls.reduce((all, call) => all + call.tokens.out, 0),
        );
        const known = calls.map((call) => call.joules.gross).filter(isKnown);
        assert.equal(
          sum((row) => row.unmeasured),
          calls.length - known.length,
        );
        const gross = sumJoules(summary.calls.map((row) => row.gross).filter(isKnown));
        if (known.length === 0) assert.ok(!isKnown(gross));
        else {
          const expected = sumJoules(known);
          assert.ok(isKnown(gross) && isKnown(expected));
          assert.ok(Math.abs(gross.joules - expected.joules) < 1e-9);
          assert.deepEqual({ ...gross, joules: 0, plusMinusJoules: 0 }, { ...expected, joules: 0, plusMinusJoules: 0 });
        }
        const counted = new Map<string, number>();
        for (const { at, actionId, strategy, verdict, outcome } of receipts) {
          const key = JSON.stringify([at.slice(0, 10), actionId, strategy, verdict, outcome]);
          counted.set(key, (counted.get(key) ?? 0) + 1);
        }
        const summed = summary.receipts.map(
          ({ day, actionId, strategy, verdict, outcome, receipts: count }): [string, number] => [
            JSON.stringify([day, actionId, strategy, verdict, outcome]),
            count,
          ],
        );
        assert.deepEqual(new Map(summed), counted);
      }),
      { numRuns: 200 },
    );
  });

  it('reads files of many megabytes as it reads small ones, days at a time', async () => {
    const directory = makeTemporaryFolder('joule-summary-');
    writeSampleLedger(directory, 6_000);
    const summary = await summariseHistory({ directory });
    assert.equal(summary.events, 6_000);
    assert.deepEqual(summary.skipped, []);
    const { receipts } = await readHistory({ directory });
    assert.equal(
      summary.receipts.reduce((sum, row) => sum + row.receipts, 0),
      receipts.length,
    );
    const [since, until] = ['2026-03-01', '2026-04-01'].map((day) => Date.parse(`${day}T00:00:00Z`));
    const march = await summariseHistory({ directory, sinceWallMilliseconds: since, untilWallMilliseconds: until });
    const days = summary.calls.filter(({ day }) => day.startsWith('2026-03'));
    assert.deepEqual(march.calls, days);
    assert.deepEqual(
      march.receipts,
      summary.receipts.filter(({ day }) => day.startsWith('2026-03')),
    );
  });
});
