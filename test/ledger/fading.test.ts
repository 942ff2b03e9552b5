// Thousands of completions: in memory the old ones are only sums, and the sums are the same.

import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../server/base/log.ts';
import { isKnown } from '../../server/energy/joules.ts';
import { type CallEvent, ledgerSchema, type OutcomeEvent, type ReceiptOutcome } from '../../server/ledger/events.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import type { Ledger } from '../../server/ledger/port.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { sampleCall } from '../support/sample-events.ts';

const count = 1_000;

function ledgerWith(outcomeOf: (index: number) => ReceiptOutcome): Ledger {
  const clock = new ManualClock();
  const ledger = openLedger({ directory: join(tmpdir(), 'not-written'), enabled: () => false, clock, log: silentLog });
  for (let index = 0; index < count; index++) {
    const at = new Date(clock.wallMilliseconds()).toISOString();
    const head = {
      schema: ledgerSchema as typeof ledgerSchema,
      at,
      receiptId: `r${index}`,
      path: `/p/${index % 2}.py`,
    };
    const call: CallEvent = { ...head, actionId: 'completion', kind: 'call', call: sampleCall({ id: `c${index}` }) };
    const outcome: OutcomeEvent = {
      ...head,
      actionId: 'completion',
      kind: 'outcome',
      outcome: outcomeOf(index),
      regions: [],
    };
    ledger.append(call);
    ledger.append(outcome);
    clock.advance(1_000);
  }
  return ledger;
}

describe('completions by the thousand', () => {
  it('adds up to the same joules, and counts as many answers', () => {
    const ledger = ledgerWith(() => 'dismissed');
    const { gross } = sampleCall({ id: 'one' }).joules;
    assert.ok(isKnown(gross));
    const { today, file, receiptsToday, unmeasuredCallsToday } = ledger.totals('/p/0.py');
    assert.ok(isKnown(today) && isKnown(file));
    assert.ok(Math.abs(today.joules - count * gross.joules) < 1e-6 * today.joules);
    assert.ok(Math.abs(file.joules - (count / 2) * gross.joules) < 1e-6 * file.joules);
    assert.equal(receiptsToday, count);
    assert.equal(unmeasuredCallsToday, 0);
  });

  it('keeps the newest whole, and all that were taken', () => {
    const ledger = ledgerWith((index) => (index % 100 === 0 ? 'accepted' : 'superseded'));
    const receipts = ledger.receiptsSince(0);
    assert.ok(receipts.length < count / 2);
    assert.equal(receipts.filter(({ outcome }) => outcome === 'accepted').length, count / 100);
    assert.equal(ledger.receipt(`r${count - 1}`)?.outcome, 'superseded');
    assert.equal(ledger.receipt('r1'), undefined);
    assert.equal(ledger.receipt('r100')?.outcome, 'accepted');
  });
});
