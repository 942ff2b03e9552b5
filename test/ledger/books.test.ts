// Rows for the books, from receipts as the ledger folds them.

import assert from 'node:assert/strict';
import { fitRegression } from '../../server/energy/regression.ts';
import { statisticsOf } from '../../server/energy/run-statistics.ts';
import { regressionRows, runFigures } from '../../server/ledger/books.ts';
import type { Receipt } from '../../server/ledger/events.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { callEvent, energyOf, sampleCall } from '../support/sample-events.ts';

function receiptOf(id: string, fields: Parameters<typeof sampleCall>[0]): Receipt {
  const receipt = foldReceipt([callEvent({ receiptId: id, call: sampleCall({ id, ...fields }) })]);
  assert.ok(receipt);
  return receipt;
}

const noFigure = { status: 'unknown', why: 'no counters' } as const;
const tokens = (out: number, into = 100) => ({ in: into, cached: 0, out });
const sizes: Readonly<Record<string, { activeParameters: number; bitsPerWeight: number }>> = {
  small: { activeParameters: 3e9, bitsPerWeight: 4.5 },
  large: { activeParameters: 12e9, bitsPerWeight: 8.5 },
};

describe('the books', () => {
  const receipts = Array.from({ length: 60 }, (_, index) => {
    const model = index % 2 === 0 ? 'small' : 'large';
    const out = 20 + ((index * 37) % 200);
    const joules = (model === 'small' ? 1 : 5) * out + 3 * ((index * 13) % 7);
    return receiptOf(`r${index}`, {
      model,
      tokens: tokens(out, 50 + ((index * 91) % 400)),
      joules: energyOf(joules * 0.8, joules * 0.2),
    });
  });

  it('fit the regression on calls of the ledger, model sizes from whoever knows them', () => {
    const { rows, leftOut } = regressionRows(receipts, (call) => sizes[call.model]);
    assert.deepEqual([rows.length, leftOut], [60, 0]);
    const fit = fitRegression(rows);
    assert.ok(fit.status === 'fitted');
    assert.ok(fit.rSquared > 0.7);
    // Two models: their size and their bits say the same here, and that is said.
    assert.deepEqual(fit.leftOut, [{ predictor: 'bitsPerWeight', why: 'it moves with activeParameters' }]);
    assert.ok(fit.coefficients.every(({ p }) => p >= 0 && p <= 1));
  });

  it("give S1's metrics over answers", () => {
    const { rows } = runFigures(receipts);
    const statistics = statisticsOf(rows);
    assert.ok('runs' in statistics);
    assert.equal(statistics.runs, 60);
    assert.equal(statistics.workerTokenShare, 1);
  });

  it('leave out what has no figure or no known model, and count it', () => {
    const unknown = receiptOf('u', { joules: { gross: noFigure, net: noFigure, bySource: [], flags: [] } });
    assert.deepEqual(runFigures([unknown]), { rows: [], leftOut: 1 });
    assert.deepEqual(
      regressionRows([unknown, ...receipts.slice(0, 1)], () => undefined),
      { rows: [], leftOut: 2 },
    );
  });
});
