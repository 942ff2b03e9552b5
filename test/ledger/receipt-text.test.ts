// Receipts in words: the figures, and that nothing untrusted turns into markup.

import assert from 'node:assert/strict';
import type { Joules } from '../../server/energy/joules.ts';
import type { LedgerEvent, Receipt } from '../../server/ledger/events.ts';
import type { LedgerTotals } from '../../server/ledger/port.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { formatSeconds, hoverText, receiptLine, receiptNote } from '../../server/ledger/receipt-text.ts';
import { callEvent, energyOf, measured, morning, outcomeEvent, sampleCall } from '../support/sample-events.ts';

function receiptOf(...events: LedgerEvent[]): Receipt {
  const receipt = foldReceipt(events);
  assert.ok(receipt);
  return receipt;
}

const totals: LedgerTotals = {
  file: measured(12_000),
  today: measured(34_000),
  receiptsToday: 5,
  unmeasuredCallsInFile: 0,
  unmeasuredCallsToday: 0,
};

const split = receiptOf(
  callEvent({
    call: sampleCall({
      id: 'p',
      role: 'planner',
      model: 'gemma3:12b',
      joules: energyOf(1500, 300),
      seconds: { ...sampleCall().seconds, total: 21 },
    }),
  }),
  callEvent({
    call: sampleCall({
      id: 'a',
      atWallMilliseconds: morning + 21_000,
      joules: energyOf(720, 160),
      seconds: { ...sampleCall().seconds, total: 10 },
    }),
  }),
  callEvent({
    call: sampleCall({
      id: 'b',
      atWallMilliseconds: morning + 31_000,
      joules: energyOf(720, 160),
      seconds: { ...sampleCall().seconds, total: 10 },
      outcome: 'cancelled',
    }),
  }),
  outcomeEvent({
    strategy: 'split',
    why: 'two independent parts',
    predicted: { status: 'estimated', joules: 4_000, plusMinusJoules: 1_000, scope: 'machine', coverage: [] },
  }),
);

const unknown: Joules = {
  status: 'unknown',
  why: 'no counter is readable',
  mend: 'sudo chmod a+r /sys/class/powercap',
};

describe('a receipt in words', () => {
  it('is one line at the end of a job', () => {
    assert.equal(receiptLine(split), '3.56 kJ ±2 % (GPU 2.94, CPU 0.62) · 41 s');
    assert.equal(
      receiptLine(split, { model: 'gemma3:27b', atLeastFraction: 0.409 }),
      '3.56 kJ ±2 % (GPU 2.94, CPU 0.62) · 41 s · at least 40 % under gemma3:27b, predicted',
    );
    assert.equal(receiptLine(split, { model: 'gemma3:27b', atLeastFraction: -0.2 }), receiptLine(split));
  });

  it('says that a figure is unknown, and never zero', () => {
    const call = sampleCall({ joules: { gross: unknown, net: unknown, bySource: [], flags: [] } });
    const receipt = receiptOf(callEvent({ call }));
    assert.equal(receiptLine(receipt), 'unknown: no counter is readable · 4 s');
    const hover = hoverText({ receipt, totals, format: 'plaintext' });
    assert.match(hover, /to measure it: sudo chmod a\+r/);
    assert.match(hover, /joules unknown/);
    assert.doesNotMatch(hover, /\b0 J|LED|on average/);
    assert.equal(receiptLine(receiptOf(outcomeEvent({ outcome: 'failed' }))), 'unknown: no model was called');
  });

  it('is short in a note', () => {
    assert.equal(receiptNote(split), '3.56 kJ ±2 % · implement · gemma3:12b + gemma3:4b · 354 tokens');
  });

  it('is short lines in a hover', () => {
    assert.equal(
      hoverText({ receipt: split, totals, format: 'plaintext' }),
      [
        'joule implement: 3.56 kJ ±2 % (GPU 2.94, CPU 0.62) · 41 s',
        'measured: the whole machine while it ran, GPU and CPU',
        '',
        'about as much as a 10 W LED lamp for 5.9 min',
        '2.85 kJ ±2 % without idle power',
        '87 W on average, 10 J per token',
        '1200 tokens in (300 cached), 354 out',
        '',
        'planner · gemma3:12b · 118 tok · 1.80 kJ · 21 s',
        'worker ×2 · gemma3:4b · 236 tok · 1.76 kJ · 20 s · cancelled',
        '',
        'strategy split: two independent parts',
        'predicted 3.00 kJ to 5.00 kJ',
        'checked, not executed',
        '',
        'this file: 12.0 kJ · today: 34.0 kJ in 5 answers',
      ].join('\n'),
    );
  });

  it('has hard line breaks in Markdown', () => {
    const hover = hoverText({ receipt: split, totals, format: 'markdown' });
    assert.match(hover, /^\*\*joule implement: 3\.56 kJ .*\*\* {2}\nmeasured/);
    assert.match(hover, /`gemma3:4b`/);
    assert.doesNotMatch(hover, /\|/);
  });

  it('says "at least" beside calls that nobody could measure', () => {
    const hover = hoverText({ receipt: split, totals: { ...totals, unmeasuredCallsToday: 2 }, format: 'plaintext' });
    assert.match(hover, /this file: 12\.0 kJ · today: at least 34\.0 kJ/);
  });

  it('shows nothing that a model, an engine or a file says as markup', () => {
    const evil = '`x` **b** <img src=x> [l](command:a)\n# h\u001b[31m\u202e';
    const receipt = receiptOf(
      callEvent({ call: sampleCall({ model: evil, joules: { ...energyOf(1, 1), flags: [evil] } }) }),
      outcomeEvent({ why: evil }),
    );
    const markdown = hoverText({ receipt, totals, format: 'markdown' });
    const outsideCode = markdown.replace(/``.*?``/g, '');
    assert.doesNotMatch(outsideCode, /(?<!\\)<img|(?<!\\)\[l\]|\n# h/);
    const plain = hoverText({ receipt, totals, format: 'plaintext' });
    for (const text of [
      markdown,
      plain,
      receiptLine(receipt, { model: evil, atLeastFraction: 0.5 }),
      receiptNote(receipt),
    ]) {
      assert.doesNotMatch(text, /(?!\n)\p{Cc}|\u202e/u);
    }
    assert.equal(receiptNote(receipt).includes('\n'), false);
  });

  it('writes seconds as people do', () => {
    assert.deepEqual([0.04, 0.42, 9.96, 41.4, 119.4, 119.6, 200].map(formatSeconds), [
      'under 0.1 s',
      '0.4 s',
      '10 s',
      '41 s',
      '119 s',
      '2 min 0 s',
      '3 min 20 s',
    ]);
  });
});
