// Who runs, who waits, who is replaced.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createQueue } from '../../server/jobs/queue.ts';
import { bench, meanBody, stub, uri } from '../support/jobs-bench.ts';

const two = `${stub}\n\ndef median(values):\n    """Middle."""\n    ...\n\n\ndef mode(values):\n    return None\n`;

describe('the queue', () => {
  it('starts in the order of coming, never more than there are slots, and forgets nobody', async () => {
    const step = fc.oneof(
      fc.constant({ do: 'add' } as const),
      fc.record({ do: fc.constant('finish' as const), which: fc.nat(5) }),
      fc.record({ do: fc.constant('withdraw' as const), which: fc.nat(5) }),
      fc.record({ do: fc.constant('slots' as const), count: fc.integer({ min: 0, max: 4 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        let slots = 1;
        let most = 1;
        let last = 0;
        const started: number[] = [];
        const ends = new Map<number, () => void>();
        const withdrawn = new Set<number>();
        const positions = new Map<number, number>();
        const queue = createQueue<number>({
          slots: () => slots,
          onPosition: (item, position) => positions.set(item, position),
          run: (item) => {
            started.push(item);
            assert.ok(ends.size < most);
            return new Promise((resolve) => ends.set(item, resolve));
          },
        });
        const finish = async (item: number | undefined): Promise<void> => {
          if (item === undefined) return;
          ends.get(item)?.();
          ends.delete(item);
          await new Promise((resolve) => setImmediate(resolve));
        };
        for (const one of steps) {
          if (one.do === 'add') queue.add(++last);
          else if (one.do === 'finish') await finish(queue.running()[one.which]);
          else if (one.do === 'slots') {
            slots = one.count;
            most = Math.max(most, slots);
          } else {
            const item = queue.waiting()[one.which];
            if (item !== undefined && queue.withdraw(item)) withdrawn.add(item);
          }
          for (const [index, item] of queue.waiting().entries()) assert.equal(positions.get(item), index + 1);
        }
        while (queue.running().length > 0) await finish(queue.running()[0]);
        assert.deepEqual(queue.waiting(), []);
        assert.deepEqual(
          started,
          Array.from({ length: last }, (_, index) => index + 1).filter((item) => !withdrawn.has(item)),
        );
      }),
      { numRuns: 60 },
    );
  });
});

describe('several jobs', () => {
  it('wait their turn and hear their place', async () => {
    const desk = bench();
    desk.editor.open(uri, two);
    const first = desk.submit('pass');
    const run = await desk.run();
    const second = desk.submit('...');
    const third = desk.submit('None', { actionId: 'explain' });
    const places = (): unknown[] =>
      desk.events.flatMap(({ job, event }) => (event.kind === 'queued' ? [[job.id, event.position]] : []));
    assert.deepEqual(places(), [
      [second.id, 1],
      [third.id, 2],
    ]);
    assert.deepEqual(
      desk.jobs.active().map((job) => job.state),
      ['running', 'queued', 'queued'],
    );
    run.answer(meanBody(run.task));
    await desk.ended(first);
    const next = await desk.run();
    assert.deepEqual(places().at(-1), [third.id, 1]);
    assert.match(next.task.text, /return sum/, 'a job that waited sees the text as it is when it starts');
    assert.equal(next.task.target.kind === 'symbol' && next.task.target.symbol.name, 'median');
    desk.jobs.cancel(third.id);
    assert.deepEqual(third.end, { kind: 'cancelled' });
    assert.equal(desk.ledger.receipt(third.id)?.outcome, 'cancelled');
  });

  it('run side by side when there are slots', async () => {
    const desk = bench({ slots: () => 2 });
    desk.editor.open(uri, two);
    const jobs = [desk.submit('pass'), desk.submit('...'), desk.submit('None', { actionId: 'explain' })];
    const runs = [await desk.run(), await desk.run()];
    assert.deepEqual(
      jobs.map((job) => job.state),
      ['running', 'running', 'queued'],
    );
    for (const run of runs) {
      const name = run.task.target.kind === 'symbol' ? run.task.target.symbol.name : '';
      const stubText = name === 'mean' ? '    pass' : '    ...';
      const start = run.task.text.indexOf(stubText);
      run.answer({ edits: [{ start, end: start + stubText.length, text: `    return ${name}_of(values)` }] });
    }
    await Promise.all([desk.ended(jobs[0] ?? assert.fail()), desk.ended(jobs[1] ?? assert.fail())]);
    const text = desk.editor.text(uri);
    assert.match(text, /Average.*return mean_of.*Middle.*return median_of/s);
  });

  it('replace an older one on the same definition, wherever the cursor was', async () => {
    const desk = bench();
    desk.editor.open(uri, two);
    const older = desk.submit('pass');
    const run = await desk.run();
    desk.editor.replace(uri, 'import os', 'import os\nimport sys');
    const newer = desk.submit('mean');
    const next = await desk.run();
    assert.ok(run.signal.aborted);
    assert.deepEqual(older.end, { kind: 'superseded' });
    assert.equal(desk.ledger.receipt(older.id)?.outcome, 'superseded');
    next.answer(meanBody(next.task));
    await desk.ended(newer);
    assert.deepEqual(newer.end, { kind: 'applied', rebased: false });
  });

  it('replace one that was still waiting, and leave other places and documents alone', async () => {
    const desk = bench();
    desk.editor.open(uri, two);
    const other = 'file:///project/other.py';
    desk.editor.open(other, two);
    const running = desk.submit('None', { actionId: 'explain' });
    const run = await desk.run();
    const elsewhere = desk.submit('pass', { uri: other });
    const older = desk.submit('pass');
    const newer = desk.submit('pass');
    await desk.ended(older);
    assert.deepEqual(older.end, { kind: 'superseded' });
    assert.deepEqual([running.state, elsewhere.state, newer.state], ['running', 'queued', 'queued']);
    run.finish({ kind: 'cancelled', text: '' });
    const next = await desk.run();
    next.answer(meanBody(next.task));
    await desk.ended(elsewhere);
    assert.deepEqual(elsewhere.end, { kind: 'applied', rebased: false });
  });

  it('are refused when too many wait already', () => {
    const desk = bench();
    desk.editor.open(uri, two);
    for (let index = 0; index < 51; index++) desk.submit('None', { actionId: 'explain' });
    const request = { actionId: 'explain', uri, version: 1, range: { start: 0, end: 0 }, findings: [] } as const;
    const answer = desk.jobs.submit(request);
    assert.match('refused' in answer ? answer.refused : '', /waiting already/);
    assert.equal(desk.jobs.cancel(), 51);
  });

  it('cancel one and leave the others', async () => {
    const desk = bench();
    desk.editor.open(uri, two);
    const first = desk.submit('pass');
    await desk.run();
    const second = desk.submit('...');
    assert.equal(desk.jobs.cancel(first.id), 1);
    await desk.ended(first);
    const run = await desk.run();
    assert.equal(run.task.target.kind === 'symbol' && run.task.target.symbol.name, 'median');
    assert.equal(desk.jobs.cancel('nobody'), 0);
    assert.equal(second.end, undefined);
  });
});
