// Answers on their way into the editor: documents that moved on, editors that refuse, lie or are late, kept results, undo.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Job } from '../../server/jobs/job.ts';
import {
  type Bench,
  bench,
  done,
  draftOf,
  edit,
  meanBody,
  passed,
  path,
  type Run,
  stub,
  uri,
} from '../support/jobs-bench.ts';

const answer = '    return sum(values) / len(values)';

async function begun(desk = bench()): Promise<{ desk: Bench; job: Job; run: Run }> {
  desk.editor.open(uri, stub);
  const job = desk.submit();
  return { desk, job, run: await desk.run() };
}

function outcome(desk: Bench, job: Job): string | undefined {
  return desk.ledger.receipt(job.id)?.outcome;
}

/** Turns the clock until the job has ended: editors are given time before a job gives up. */
async function patiently(desk: Bench, job: Job): Promise<void> {
  for (let step = 0; step < 20 && job.end === undefined; step++) await desk.clock.advanceAndSettle(500);
  await desk.ended(job);
}

describe('an answer', () => {
  it('lands where its definition is now', async () => {
    const { desk, job, run } = await begun();
    desk.editor.replace(uri, 'import os', 'import os\nimport sys');
    desk.editor.replace(uri, 'os.name', 'sys.path');
    run.answer(meanBody(run.task));
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'applied', rebased: true });
    assert.equal(
      desk.editor.text(uri),
      done.replace('import os', 'import os\nimport sys').replace('os.name', 'sys.path'),
    );
    const [match] = desk.ledger.regionsIn(path, desk.editor.text(uri));
    assert.equal(match?.region.firstLine, 6);
  });

  it('is kept when its definition changed, and offered where that is', async () => {
    const { desk, job, run } = await begun();
    desk.editor.replace(uri, '    pass', '    return 0  # mine');
    desk.editor.replace(uri, 'import os', '# new\nimport os');
    run.answer(meanBody(run.task));
    await desk.ended(job);
    assert.match(job.end?.kind === 'kept' ? job.end.why : '', /changed while/);
    assert.deepEqual(desk.editor.asked, []);
    const [kept] = desk.jobs.kept(uri);
    assert.deepEqual([kept?.title, kept?.text, kept?.jobId], ['Implement mean', answer, job.id]);
    const text = desk.editor.text(uri);
    assert.equal(
      kept?.range && text.slice(kept.range.start, kept.range.end),
      'def mean(values):\n    """Average."""\n    return 0  # mine',
    );
    desk.editor.replace(uri, '# new\n', '');
    assert.equal(desk.jobs.kept(uri)[0]?.range?.start, 'import os\n\n\n'.length);
  });

  it('goes in behind code that was written meanwhile, when the user asks for it', async () => {
    const { desk, job, run } = await begun();
    desk.editor.replace(uri, '    pass', '    return 0');
    run.answer(meanBody(run.task));
    await desk.ended(job);
    assert.equal(outcome(desk, job), 'kept');
    assert.deepEqual(await desk.jobs.insertKept(job.id, 0), { applied: true });
    assert.equal(desk.editor.text(uri), stub.replace('    pass', `    return 0\n${answer}`));
    assert.deepEqual(desk.jobs.kept(uri), []);
    assert.equal(outcome(desk, job), 'accepted');
    assert.equal(desk.ledger.regionsIn(path, desk.editor.text(uri)).length, 1);
    assert.deepEqual(await desk.jobs.insertKept(job.id, 0), { applied: false, why: 'nothing is kept under this name' });
  });

  it('goes in as meant when its place is whole again', async () => {
    const { desk, job, run } = await begun();
    desk.editor.replace(uri, '    pass', '    return 0');
    run.answer(meanBody(run.task));
    await desk.ended(job);
    desk.editor.replace(uri, '    return 0', '    pass');
    assert.deepEqual(await desk.jobs.insertKept(job.id, 0), { applied: true });
    assert.equal(desk.editor.text(uri), done);
  });

  it('goes to the cursor when its place is gone', async () => {
    const { desk, job, run } = await begun();
    const text = desk.editor.text(uri);
    desk.editor.type(uri, { start: text.indexOf('def mean'), end: text.indexOf('\n\n\nprint'), text: '' });
    run.answer(meanBody(run.task));
    await desk.ended(job);
    assert.equal(desk.jobs.kept(uri)[0]?.range, undefined);
    const offset = desk.editor.text(uri).indexOf('print');
    assert.deepEqual(await desk.jobs.insertKept(job.id, offset), { applied: true });
    assert.ok(desk.editor.text(uri).includes(`print(os.name)\n${answer}\n`));
  });

  it('is kept when the document was closed, and found again when it is reopened', async () => {
    const { desk, job, run } = await begun();
    desk.editor.close(uri);
    run.answer(meanBody(run.task));
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'kept', why: 'the document was closed' });
    assert.equal(desk.jobs.kept(uri)[0]?.range, undefined);
    assert.equal((await desk.jobs.insertKept(job.id, 0)).applied, false);
    assert.equal(desk.jobs.kept(uri).length, 1);
    desk.editor.open(uri, `# reopened\n${stub}`);
    assert.equal(desk.jobs.kept(uri)[0]?.range?.start, '# reopened\nimport os\n\n\n'.length);
    assert.deepEqual(await desk.jobs.insertKept(job.id, 0), { applied: true });
    assert.equal(desk.editor.text(uri), `# reopened\n${done}`);
  });

  it('is kept when the editor refuses', async () => {
    const { desk, job, run } = await begun();
    desk.editor.behaviour.answer = 'refuse';
    run.answer(meanBody(run.task));
    await patiently(desk, job);
    assert.deepEqual(job.end, { kind: 'kept', why: 'the buffer is read-only' });
    assert.equal(desk.editor.asked.length, 1);
    const refused = desk.jobs.insertKept(job.id, 0);
    await desk.clock.advanceAndSettle(500);
    await desk.clock.advanceAndSettle(500);
    assert.equal((await refused).applied, false);
    assert.equal(desk.jobs.kept(uri)[0]?.text, answer);
    delete desk.editor.behaviour.answer;
    assert.deepEqual(await desk.jobs.insertKept(job.id, 0), { applied: true });
    assert.equal(desk.editor.text(uri), done);
  });

  it('is kept when the editor says yes and does nothing', async () => {
    const { desk, job, run } = await begun();
    desk.editor.behaviour.answer = 'lie';
    run.answer(meanBody(run.task));
    await patiently(desk, job);
    assert.match(job.end?.kind === 'kept' ? job.end.why : '', /does not show it/);
    assert.equal(outcome(desk, job), 'kept');
    assert.equal(desk.jobs.kept(uri)[0]?.text, answer);
  });

  it('is kept when the editor lies and the same lines stand elsewhere', async () => {
    const twin = `${stub}\n\ndef average(values):\n${answer}\n`;
    for (const typed of [false, true]) {
      const desk = bench();
      desk.editor.open(uri, twin);
      const job = desk.submit();
      const run = await desk.run();
      desk.editor.behaviour.answer = 'lie';
      if (typed)
        desk.editor.behaviour.beforeApply = () => desk.editor.type(uri, { start: 0, end: 0, text: '# typed\n' });
      run.answer(meanBody(run.task));
      await patiently(desk, job);
      assert.equal(job.end?.kind, 'kept');
      assert.equal(desk.jobs.kept(uri)[0]?.text, answer);
    }
  });

  it('is not made twice by an editor that is late', async () => {
    const commented = `${stub}# TODO: print more\n`;
    const { editor, ...desk } = bench();
    editor.open(uri, commented);
    editor.behaviour.answer = 'late';
    editor.behaviour.beforeApply = () => setImmediate(() => editor.catchUp());
    const job = desk.submit('TODO');
    const run = await desk.run();
    const { target } = run.task;
    assert.ok(target.kind === 'after');
    run.answer({ edits: [{ start: target.offset, end: target.offset, text: '\nprint(os.sep)' }] });
    await desk.ended(job);
    assert.equal(job.end?.kind, 'applied');
    assert.equal(editor.text(uri), `${commented}print(os.sep)\n`);
    assert.equal(desk.ledger.regionsIn(path, editor.text(uri)).length, 1);
  });

  it('guards the signature also where only lines above it are written', async () => {
    const desk = bench();
    const method = 'class A:\n    def mean(self, values):\n        return 1\n';
    desk.editor.open(uri, method);
    const job = desk.submit('mean', { actionId: 'document' });
    const run = await desk.run();
    desk.editor.replace(uri, 'values', 'numbers');
    const start = method.indexOf('    def');
    run.answer({ edits: [{ start, end: start, text: '    # The mean of values.\n' }] });
    await desk.ended(job);
    assert.equal(job.end?.kind, 'kept');
  });

  it('to a whole class guards the methods that are written, not the others', async () => {
    const desk = bench();
    const before =
      'class A:\n    def a(self):\n        pass\n\n    def b(self):\n        pass\n\n    def c(self):\n        return 3\n';
    desk.editor.open(uri, before);
    const job = desk.submit('A:');
    const run = await desk.run();
    desk.editor.replace(uri, 'return 3', 'return 4');
    const [a, b] = [before.indexOf('        pass'), before.lastIndexOf('        pass')];
    run.answer({
      edits: [
        { start: a, end: a + 12, text: '        return 1' },
        { start: b, end: b + 12, text: '        return 2' },
      ],
    });
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'applied', rebased: true });
    assert.deepEqual(desk.editor.text(uri).match(/return \d/g), ['return 1', 'return 2', 'return 4']);
  });

  it('is no longer kept once a late editor has made the edit after all', async () => {
    const { desk, job, run } = await begun();
    desk.editor.behaviour.answer = 'late';
    run.answer(meanBody(run.task));
    await patiently(desk, job);
    assert.equal(outcome(desk, job), 'kept');
    desk.editor.catchUp();
    assert.equal(desk.editor.text(uri), done);
    assert.deepEqual(desk.jobs.kept(uri), []);
    assert.equal(outcome(desk, job), 'accepted');
    assert.equal(desk.ledger.regionsIn(path, done).length, 1);
  });

  it('is sent again to an editor in which the user was ahead of us', async () => {
    const { desk, job, run } = await begun();
    desk.editor.holdsChanges = true;
    desk.editor.replace(uri, 'import os', 'import os, sys');
    run.answer(meanBody(run.task));
    await desk.clock.advanceAndSettle(100);
    assert.equal(desk.editor.asked.length, 1);
    desk.editor.holdsChanges = false;
    desk.editor.tell();
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'applied', rebased: true });
    assert.equal(desk.editor.text(uri), done.replace('import os', 'import os, sys'));
  });

  it('is not sent again over what the user did there', async () => {
    const { desk, job, run } = await begun();
    desk.editor.behaviour.beforeApply = () => {
      if (desk.editor.asked.length === 0) desk.editor.replace(uri, '    pass', '    return 7');
    };
    run.answer(meanBody(run.task));
    await patiently(desk, job);
    assert.equal(job.end?.kind, 'kept');
    assert.equal(desk.editor.text(uri), stub.replace('pass', 'return 7'));
    assert.equal(desk.jobs.kept(uri)[0]?.text, answer);
  });

  it('gets its receipt also when the editor has its own line ends', async () => {
    const crlf = stub.replaceAll('\n', '\r\n');
    const desk = bench();
    desk.editor.open(uri, crlf);
    desk.editor.behaviour.lineBreak = '\r\n';
    const job = desk.submit();
    const run = await desk.run();
    run.answer({ edits: [edit(crlf, '    pass', '    total = sum(values)\n    return total')] });
    await desk.ended(job);
    assert.equal(job.end?.kind, 'applied');
    const [match] = desk.ledger.regionsIn(path, desk.editor.text(uri));
    assert.equal(match?.region.lineCount, 2);
    assert.equal(desk.ledger.regionsIn(path, desk.editor.text(uri).replaceAll('\r\n', '\n')).length, 1);
  });

  it('has a region for each generated piece and none for the imports', async () => {
    const { desk, job, run } = await begun();
    const imports = { start: 10, end: 10, text: 'import statistics\n' };
    run.answer({
      ...draftOf({ edits: [imports, edit(stub, '    pass', '    return statistics.mean(values)')] }),
      regionEdits: [1],
    });
    await desk.ended(job);
    assert.equal(job.end?.kind, 'applied');
    const text = desk.editor.text(uri);
    assert.ok(text.startsWith('import os\nimport statistics\n'));
    assert.deepEqual(
      desk.ledger.regionsIn(path, text).map(({ range }) => text.slice(range.start, range.end)),
      ['    return statistics.mean(values)'],
    );
  });

  it('that changes nothing is no success', async () => {
    const { desk, job, run } = await begun();
    run.answer({ edits: [edit(stub, '    pass', '    pass')] });
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'failed', why: 'the answer is what stands there already' });
    assert.deepEqual([desk.editor.asked, desk.jobs.kept(uri)], [[], []]);
  });

  it('with edits that contradict each other is kept', async () => {
    const { desk, job, run } = await begun();
    run.answer({ edits: [edit(stub, '    pass', 'a'), edit(stub, 'pass', 'b')], code: 'both' });
    await desk.ended(job);
    assert.equal(job.end?.kind, 'kept');
    assert.equal(desk.jobs.kept(uri)[0]?.text, 'both');
    assert.equal(desk.editor.text(uri), stub);
    assert.deepEqual(await desk.jobs.insertKept(job.id, 0), { applied: true });
    assert.equal(desk.editor.text(uri), stub.replace('    pass', '    pass\nboth'));
  });

  it('is dropped when the user says so', async () => {
    const { desk, job, run } = await begun();
    run.finish({ kind: 'refused', why: 'no', draft: undefined, text: 'x', verdict: passed });
    await desk.ended(job);
    desk.jobs.dropKept(job.id);
    desk.jobs.dropKept('nobody');
    assert.deepEqual(desk.jobs.kept(uri), []);
    assert.equal(outcome(desk, job), 'rejected');
  });

  it('is noticed when it is undone and done again', async () => {
    const { desk, job, run } = await begun();
    run.answer(meanBody(run.task));
    await desk.ended(job);
    desk.editor.replace(uri, 'import os', 'import os\nimport sys');
    assert.equal(outcome(desk, job), 'accepted');
    desk.editor.undo(uri);
    assert.equal(outcome(desk, job), 'accepted');
    desk.clock.advance(1_000);
    desk.editor.undo(uri);
    assert.equal(desk.editor.text(uri), stub);
    assert.equal(outcome(desk, job), 'undone');
    assert.deepEqual(desk.ledger.regionsIn(path, stub), []);
    desk.clock.advance(1_000);
    desk.editor.replace(uri, '    pass', answer);
    assert.equal(outcome(desk, job), 'accepted');
    assert.equal(desk.ledger.regionsIn(path, done).length, 1);
    desk.clock.advance(1_000);
    desk.editor.replace(uri, 'sum(values)', 'fsum(values)');
    assert.equal(outcome(desk, job), 'accepted', 'edited is not undone');
  });
});

describe('inserted lines', () => {
  it('are noticed when they are undone and done again', async () => {
    const commented = `${stub}# TODO: print more\n`;
    const desk = bench();
    desk.editor.open(uri, commented);
    const job = desk.submit('TODO');
    const run = await desk.run();
    const insertion = { start: commented.length - 1, end: commented.length - 1, text: '\nprint(os.sep)' };
    run.answer({ edits: [insertion] });
    await desk.ended(job);
    desk.clock.advance(1_000);
    desk.editor.undo(uri);
    assert.equal(outcome(desk, job), 'undone');
    desk.clock.advance(1_000);
    desk.editor.type(uri, insertion);
    assert.equal(outcome(desk, job), 'accepted');
  });
});

describe('generated text', () => {
  it('is never lost and never lands on code that changed, whatever happens meanwhile', async () => {
    const typing = fc.record({
      search: fc.constantFrom('import os', 'def mean', 'Average', '    pass', 'print', 'os.name', '\n\n\n'),
      replacement: fc.constantFrom('', 'x', '# y\n', '\n\n'),
    });
    const event = fc.oneof(
      typing.map((typed) => ({ do: 'type' as const, ...typed })),
      fc.constantFrom({ do: 'close' as const }, { do: 'reopen' as const }, { do: 'replaceAll' as const }),
      fc
        .constantFrom('refuse' as const, 'lie' as const, 'late' as const, undefined)
        .map((how) => ({ do: 'behave' as const, how })),
    );
    const seen = { applied: 0, kept: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 6 }), fc.boolean(), async (happenings, ahead) => {
        const { desk, job, run } = await begun();
        const { editor } = desk;
        let last = stub;
        const isOpen = (): boolean => editor.document(uri) !== undefined;
        for (const one of happenings) {
          if (isOpen()) last = editor.text(uri);
          if (one.do === 'behave') {
            if (one.how === undefined) delete editor.behaviour.answer;
            else editor.behaviour.answer = one.how;
          } else if (one.do === 'close' && isOpen()) editor.close(uri);
          else if (one.do === 'reopen' && !isOpen()) editor.open(uri, last);
          else if (one.do === 'replaceAll' && isOpen())
            editor.type(uri, { start: 0, end: last.length, text: `${last}# z\n` });
          else if (one.do === 'type' && isOpen() && last.includes(one.search))
            editor.replace(uri, one.search, one.replacement);
        }
        if (ahead && isOpen()) {
          editor.behaviour.beforeApply = () => {
            if (editor.asked.length === 0 && isOpen()) editor.type(uri, { start: 0, end: 0, text: '# ahead\n' });
          };
        }
        const before = isOpen() ? editor.text(uri) : undefined;
        run.answer(meanBody(run.task));
        await patiently(desk, job);
        editor.catchUp();
        const kept = desk.jobs.kept(uri).some((one) => one.text === answer);
        const text = isOpen() ? editor.text(uri) : '';
        const landed = text.includes(answer);
        assert.ok(kept !== landed, `kept: ${kept}, landed: ${landed}`);
        assert.equal(outcome(desk, job), landed ? 'accepted' : 'kept');
        if (landed) {
          seen.applied++;
          assert.equal(text.replace(answer, '    pass').replace('# ahead\n', ''), before);
        } else {
          seen.kept++;
          if (isOpen()) assert.equal(text.replace('# ahead\n', ''), before);
          delete editor.behaviour.answer;
          if (!isOpen()) editor.open(uri, last);
          assert.deepEqual(await desk.jobs.insertKept(job.id, 0), { applied: true });
          assert.ok(editor.text(uri).includes(answer));
        }
      }),
      { numRuns: 200 },
    );
    assert.ok(seen.applied > 30 && seen.kept > 30, JSON.stringify(seen));
  });
});
