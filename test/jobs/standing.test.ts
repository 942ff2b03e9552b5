// Whether an answer is still there at the later of the next save and ten minutes, and what the ledger hears of it.

import assert from 'node:assert/strict';
import { outcomeOf } from '../../server/ledger/passed.ts';
import { type Bench, bench, meanBody, stub, uri } from '../support/jobs-bench.ts';

const minutes = 60_000;
const line = 'return sum(values) / len(values)';

async function applied(): Promise<{ desk: Bench; id: string }> {
  const desk = bench();
  desk.editor.open(uri, stub);
  const job = desk.submit();
  const run = await desk.run();
  run.answer(meanBody(run.task));
  await desk.ended(job);
  return { desk, id: job.id };
}

function seen({ desk, id }: { desk: Bench; id: string }): number | undefined {
  return desk.ledger.receipt(id)?.stillThere;
}

function verdict({ desk, id }: { desk: Bench; id: string }): string {
  const receipt = desk.ledger.receipt(id);
  assert.ok(receipt);
  return outcomeOf(receipt, desk.clock.wallMilliseconds());
}

describe('an applied answer', () => {
  it('passes when it stands ten minutes after it was saved', async () => {
    const one = await applied();
    one.desk.editor.save(uri);
    await one.desk.clock.advanceAndSettle(9.9 * minutes);
    assert.equal(seen(one), undefined);
    assert.equal(verdict(one), 'undecided');
    await one.desk.clock.advanceAndSettle(0.2 * minutes);
    assert.equal(seen(one), 1);
    assert.equal(verdict(one), 'passed');
    assert.equal(one.desk.ledger.receipt(one.id)?.outcome, 'accepted');
    assert.equal(one.desk.ledger.receipt(one.id)?.regions.length, 1, 'its region stays');
  });

  it('waits for a save, however long that takes', async () => {
    const one = await applied();
    await one.desk.clock.advanceAndSettle(60 * minutes);
    assert.equal(verdict(one), 'undecided');
    one.desk.editor.save(uri);
    assert.equal(verdict(one), 'passed');
  });

  it('is looked at where it moved to, with what was written around it', async () => {
    const one = await applied();
    one.desk.editor.type(uri, { start: 0, end: 0, text: 'import math\n\n\n' });
    one.desk.editor.replace(uri, line, `${line}  # the mean`);
    await one.desk.clock.advanceAndSettle(11 * minutes);
    one.desk.editor.save(uri);
    assert.equal(seen(one), 1);
  });

  for (const [what, replacement, share, expected] of [
    ['a name changed', 'return sum(values) / max(values)', 10 / 11, 'passed'],
    ['half of it edited away', 'return sum(values)', 5 / 11, 'failed'],
    ['written anew', 'raise KeyError', 0, 'failed'],
    ['deleted', '', 0, 'failed'],
  ] as const) {
    it(`${expected === 'passed' ? 'passes' : 'fails'}: ${what}`, async () => {
      const one = await applied();
      one.desk.editor.replace(uri, line, replacement);
      one.desk.editor.save(uri);
      await one.desk.clock.advanceAndSettle(11 * minutes);
      assert.ok(Math.abs((seen(one) ?? -1) - share) < 0.1, String(seen(one)));
      assert.equal(verdict(one), expected);
    });
  }

  it('fails when it is undone, before it was looked at or after', async () => {
    for (const wait of [1, 11]) {
      const one = await applied();
      one.desk.editor.save(uri);
      await one.desk.clock.advanceAndSettle(wait * minutes);
      one.desk.editor.replace(uri, line, 'pass');
      assert.equal(one.desk.ledger.receipt(one.id)?.outcome, 'undone');
      await one.desk.clock.advanceAndSettle(20 * minutes);
      one.desk.editor.save(uri);
      assert.equal(verdict(one), 'failed');
      assert.equal(one.desk.ledger.receipt(one.id)?.outcome, 'undone');
    }
  });

  it('stays undecided when its document is closed or the server ends before', async () => {
    for (const end of ['document', 'server']) {
      const one = await applied();
      one.desk.editor.save(uri);
      if (end === 'document') one.desk.editor.close(uri);
      else await one.desk.jobs.close();
      await one.desk.clock.advanceAndSettle(60 * minutes);
      assert.equal(seen(one), undefined);
      assert.equal(verdict(one), 'undecided');
    }
  });

  it('is looked at once, and its dismissed note stays dismissed', async () => {
    const one = await applied();
    const lines: string[] = [];
    const { append } = one.desk.ledger;
    Object.assign(one.desk.ledger, {
      append(event: Parameters<typeof append>[0]) {
        lines.push(JSON.stringify(event));
        append(event);
      },
    });
    const receipt = one.desk.ledger.receipt(one.id);
    assert.ok(receipt);
    append({
      schema: 1,
      kind: 'outcome',
      at: new Date(one.desk.clock.wallMilliseconds() + 1).toISOString(),
      receiptId: one.id,
      actionId: 'implement',
      path: receipt.path,
      outcome: 'dismissed',
      regions: [],
    });
    one.desk.editor.save(uri);
    await one.desk.clock.advanceAndSettle(11 * minutes);
    for (let times = 0; times < 5; times++) one.desk.editor.save(uri);
    assert.equal(lines.length, 1);
    assert.equal(one.desk.ledger.receipt(one.id)?.outcome, 'dismissed');
    assert.equal(verdict(one), 'passed');
  });
});
