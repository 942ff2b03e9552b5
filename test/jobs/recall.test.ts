// The same request on the same code: what is given again, when, and when not.

import assert from 'node:assert/strict';
import { receiptLine, receiptLines } from '../../server/ledger/receipt-text.ts';
import type { PipelineOptions } from '../../server/pipeline/port.ts';
import {
  type Bench,
  bench,
  dependencies,
  done,
  draftOf,
  meanBody,
  passed,
  type Run,
  stub,
  uri,
} from '../support/jobs-bench.ts';

const kept = { identity: 'mean', answer: 'return 1', promised: [] };

function given(run: Run): ReturnType<NonNullable<PipelineOptions['recall']>> {
  return (run.options as PipelineOptions).recall?.('mean');
}

async function answered(desk: Bench): Promise<string> {
  const job = desk.submit();
  const run = await desk.run();
  run.call('a', 30);
  run.finish({ kind: 'draft', draft: draftOf(meanBody(run.task)), verdict: passed, recall: kept });
  await desk.ended(job);
  return job.id;
}

describe('an answer given again', () => {
  it('is the one that stood in the code, and its receipt says 0 J and where it came from', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const first = await answered(desk);
    desk.jobs.documentClosed(uri);
    desk.editor.open(uri, stub);
    const job = desk.submit();
    const run = await desk.run();
    assert.deepEqual(given(run), { answer: 'return 1', promised: [], receiptId: first });
    run.finish({ kind: 'draft', draft: draftOf(meanBody(run.task)), verdict: passed, recalledFrom: first });
    await desk.ended(job);
    assert.equal(desk.editor.text(uri), done);
    const receipt = desk.ledger.receipt(job.id);
    assert.ok(receipt);
    assert.equal(receipt.recalledFrom, first);
    assert.equal(receiptLine(receipt), '0 J · the answer to the same request, given again');
    assert.match(
      receiptLines(receipt).join('\n'),
      /no model was called: generated for receipt job-1, fitted and checked anew/,
    );
  });

  it('is forgotten when it was undone, and known again when that was undone', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    await answered(desk);
    desk.editor.replace(uri, done, stub);
    const job = desk.submit();
    const run = await desk.run();
    assert.equal(given(run), undefined);
    run.finish({ kind: 'refused', why: 'no', draft: undefined, text: '', verdict: { ok: false, checks: [] } });
    await desk.ended(job);
    desk.editor.replace(uri, stub, done);
    desk.submit('mean', { actionId: 'explain' });
    assert.notEqual(given(await desk.run()), undefined);
  });

  for (const [name, fields] of [
    ['a strategy', { strategy: 'split' }],
    ['a model', { model: 'gemma3:27b' }],
  ] as const) {
    it(`is not given to somebody who names ${name}`, async () => {
      const desk = bench();
      desk.editor.open(uri, stub);
      await answered(desk);
      desk.editor.replace(uri, done, `${stub}\n`);
      desk.submit('pass', fields);
      assert.equal(((await desk.run()).options as PipelineOptions).recall, undefined);
    });
  }

  it('is not given where the settings say so', async () => {
    const settings = { ...dependencies.settings, reuse: false };
    const desk = bench({ prepare: async () => ({ ...dependencies, settings }) });
    desk.editor.open(uri, stub);
    desk.submit();
    assert.equal(((await desk.run()).options as PipelineOptions).recall, undefined);
  });

  it('is never one that was kept instead of applied', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const job = desk.submit();
    const run = await desk.run();
    desk.editor.replace(uri, stub, stub.replace('pass', 'return 0'));
    run.finish({ kind: 'draft', draft: draftOf(meanBody(run.task)), verdict: passed, recall: kept });
    await desk.ended(job);
    assert.equal(job.end?.kind, 'kept');
    desk.editor.open(uri, stub);
    desk.submit();
    assert.equal(given(await desk.run()), undefined);
  });
});
