// The fold: what a receipt says, whatever the order and number of its lines.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isKnown } from '../../server/energy/joules.ts';
import type { LedgerEvent, ReceiptOutcome } from '../../server/ledger/events.ts';
import { foldReceipt, totalsOf } from '../../server/ledger/receipt.ts';
import { callEvent, energyOf, measured, morning, outcomeEvent, sampleCall } from '../support/sample-events.ts';

const at = (milliseconds: number): string => new Date(morning + milliseconds).toISOString();

describe('a receipt', () => {
  it('is the sum of its calls and the last word on its outcome', () => {
    const receipt = foldReceipt([
      callEvent({ call: sampleCall({ id: 'a', role: 'planner', joules: energyOf(30, 6) }) }),
      callEvent({ call: sampleCall({ id: 'b', atWallMilliseconds: morning + 4_000 }) }),
      outcomeEvent(),
      outcomeEvent({ at: at(9_000), outcome: 'undone', regions: [] }),
    ]);
    assert.ok(receipt);
    assert.equal(receipt.outcome, 'undone');
    assert.equal(receipt.verdict, 'ok');
    assert.equal(receipt.strategy, 'direct');
    assert.deepEqual(
      receipt.calls.map((call) => call.id),
      ['a', 'b'],
    );
    const { totals } = receipt;
    assert.ok(isKnown(totals.gross));
    assert.equal(totals.gross.joules, 97);
    assert.deepEqual(Object.keys(totals.byDomain), ['gpu', 'package']);
    assert.deepEqual(totals.byDomain.gpu, measured(80, 1.6));
    assert.equal(totals.tokensOut, 236);
    assert.equal(totals.seconds, 8);
    assert.equal(totals.averageWatts, 97 / 8);
    assert.equal(totals.joulesPerOutputToken, 97 / 236);
  });

  it('keeps the joules of a job whose process died before it had an outcome', () => {
    const receipt = foldReceipt([callEvent()]);
    assert.equal(receipt?.outcome, 'open');
    assert.ok(receipt && isKnown(receipt.totals.gross));
  });

  it('counts time in which calls overlap once', () => {
    const calls = [
      sampleCall({ id: 'a', atWallMilliseconds: morning }),
      sampleCall({ id: 'b', atWallMilliseconds: morning + 1_000 }),
      sampleCall({ id: 'c', atWallMilliseconds: morning + 2_000, seconds: { ...sampleCall().seconds, total: 1 } }),
      sampleCall({ id: 'd', atWallMilliseconds: morning + 60_000 }),
    ];
    assert.equal(totalsOf(calls).seconds, 9);
  });

  it('does not add up what was not measured', () => {
    const unknown = { status: 'unknown', why: 'the engine runs elsewhere' } as const;
    const elsewhere = sampleCall({ id: 'b', joules: { gross: unknown, net: unknown, bySource: [], flags: [] } });
    const totals = totalsOf([sampleCall(), elsewhere]);
    assert.deepEqual(totals.gross, unknown);
    assert.equal(totals.averageWatts, undefined);
    assert.equal(totals.joulesPerOutputToken, undefined);
    assert.equal(totals.byDomain.gpu?.status, 'unknown');
    assert.equal(totalsOf([]).gross.status, 'unknown');
    assert.equal(totalsOf([sampleCall({ tokens: { in: 1, cached: 0, out: 0 } })]).joulesPerOutputToken, undefined);
  });

  it('is the same for every order of its lines, with any of them twice', () => {
    const outcomes: ReceiptOutcome[] = ['accepted', 'kept', 'rejected', 'dismissed', 'cancelled', 'undone', 'failed'];
    // One id is one call: its line always says the same.
    const lineOf = (n: number): LedgerEvent => {
      const call = sampleCall({ id: `call-${n}`, atWallMilliseconds: morning + (n % 2), joules: energyOf(n, n) });
      return callEvent({ at: at(n), call });
    };
    const event: fc.Arbitrary<LedgerEvent> = fc.oneof(
      fc.constantFrom(1, 2, 3, 4).map(lineOf),
      fc
        .record({ outcome: fc.constantFrom(...outcomes), time: fc.nat(3), why: fc.constantFrom('x', 'y') })
        .map(({ outcome, time, why }) => outcomeEvent({ outcome, why, at: at(time) })),
    );
    fc.assert(
      fc.property(
        fc
          .array(event, { minLength: 1, maxLength: 12 })
          .chain((events) =>
            fc.tuple(
              fc.constant(events),
              fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 }),
            ),
          ),
        ([events, shuffled]) => {
          assert.deepEqual(foldReceipt(shuffled), foldReceipt(events));
        },
      ),
    );
  });
});
