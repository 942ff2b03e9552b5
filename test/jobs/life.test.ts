// A job from request to outcome: what listeners hear, what the ledger keeps, how it ends.

import assert from 'node:assert/strict';
import { isKnown } from '../../server/energy/joules.ts';
import { openLedger } from '../../server/ledger/ledger.ts';
import { bench, dependencies, done, draftOf, edit, meanBody, passed, path, stub, uri } from '../support/jobs-bench.ts';
import { keptLog } from '../support/kept-log.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { morning, sampleCall } from '../support/sample-events.ts';

describe('a job', () => {
  it('ends in one edit, one receipt and its region', async () => {
    const desk = bench({
      expected: ({ tokens, actionId }) => {
        assert.equal(actionId, 'implement');
        return { status: 'estimated', joules: tokens.outHigh, plusMinusJoules: 1, scope: 'machine', coverage: [] };
      },
      environment: () => ({ server: '0.1.0', node: '20', platform: 'linux', devices: ['GPU 0'] }),
    });
    desk.editor.open(uri, stub);
    const job = desk.submit();
    const run = await desk.run();
    assert.equal(job.state, 'running');
    assert.equal(job.title, 'Implement mean');
    assert.equal(run.task.target.kind === 'symbol' && run.task.target.symbol.name, 'mean');
    assert.equal(run.task.instruction, 'Average.');
    run.listen({ kind: 'strategy', strategy: 'direct', why: 'small' });
    run.call('a', 30);
    assert.equal(desk.ledger.receipt(job.id)?.outcome, 'open', 'a call is on the ledger when it ends');
    run.call('b', 12);
    run.answer(meanBody(run.task));
    await desk.ended(job);

    assert.equal(desk.editor.text(uri), done);
    assert.equal(desk.editor.applied[0]?.label, 'joule: Implement mean');
    assert.deepEqual(job.end, { kind: 'applied', rebased: false });
    assert.deepEqual(desk.kinds(job), ['started', 'pipeline', 'pipeline', 'pipeline', 'applying', 'ended']);
    const receipt = desk.ledger.receipt(job.id);
    assert.ok(receipt && isKnown(receipt.totals.gross));
    assert.equal(receipt.totals.gross.joules, 42);
    assert.equal(receipt.outcome, 'accepted');
    assert.equal(receipt.verdict, 'ok');
    assert.equal(receipt.strategy, 'direct');
    assert.equal(receipt.path, path);
    assert.equal(receipt.predicted?.status, 'estimated');
    assert.deepEqual(receipt.environment?.devices, ['GPU 0']);
    const [match] = desk.ledger.regionsIn(path, desk.editor.text(uri));
    assert.equal(match && done.slice(match.range.start, match.range.end), '    return sum(values) / len(values)');
    assert.equal(job.snapshot.hash.length, 64);
    assert.deepEqual(desk.jobs.active(), []);
  });

  it('tells every listener, also behind one that throws', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const heard: string[] = [];
    desk.jobs.subscribe(() => {
      throw new Error('listener');
    });
    const stop = desk.jobs.subscribe((_job, event) => heard.push(event.kind));
    const job = desk.submit();
    const run = await desk.run();
    run.answer(meanBody(run.task));
    await desk.ended(job);
    assert.deepEqual(heard, ['started', 'applying', 'ended']);
    assert.equal(desk.log.lines.filter((line) => line.level === 'error').length, 3);
    stop();
    desk.editor.replace(uri, done, stub);
    desk.submit();
    await desk.run();
    assert.equal(heard.length, 3);
  });

  it('is cancelled within its engine, and what it cost stays', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const job = desk.submit();
    const run = await desk.run();
    run.call('a', 9);
    assert.equal(desk.jobs.cancel(job.id), 1);
    assert.ok(run.signal.aborted);
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'cancelled' });
    assert.equal(desk.editor.text(uri), stub);
    const receipt = desk.ledger.receipt(job.id);
    assert.equal(receipt?.outcome, 'cancelled');
    assert.ok(receipt && isKnown(receipt.totals.gross));
    assert.equal(desk.jobs.cancel(job.id), 0);
    assert.equal(desk.jobs.cancel(), 0);
  });

  it('keeps an answer that was complete when it was cancelled', async () => {
    const desk = bench({
      runPipeline: async (_dependencies, task, _options, listen) => {
        listen({ kind: 'plan', plan: { mode: 'direct', subtasks: [] } });
        return { kind: 'draft', draft: meanBody(task), verdict: passed };
      },
    });
    desk.editor.open(uri, stub);
    desk.jobs.subscribe((job, event) => {
      if (event.kind === 'pipeline') desk.jobs.cancel(job.id);
    });
    const job = desk.submit();
    await desk.ended(job);
    assert.equal(job.end?.kind, 'kept');
    assert.match(desk.jobs.kept(uri)[0]?.text ?? '', /return sum/);
    assert.equal(desk.editor.text(uri), stub);
  });

  it('fails with the sentence and the command that mend it', async () => {
    const desk = bench({
      prepare: async () => ({ why: 'no model is installed', mend: 'ollama pull qwen2.5-coder:3b' }),
    });
    desk.editor.open(uri, stub);
    const job = desk.submit();
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'failed', why: 'no model is installed', mend: 'ollama pull qwen2.5-coder:3b' });
    assert.equal(desk.ledger.receipt(job.id)?.outcome, 'failed');
  });

  it('passes on which model was asked for, and the strategy', async () => {
    const asked: unknown[] = [];
    const desk = bench({
      prepare: async (request) => {
        asked.push(request);
        return dependencies;
      },
    });
    desk.editor.open(uri, stub);
    desk.submit('pass', { model: 'gemma3:27b', strategy: 'single', instruction: 'fast' });
    const run = await desk.run();
    assert.deepEqual(asked, [{ languageId: 'python', model: 'gemma3:27b' }]);
    const { expected, ...options } = run.options as { expected?: { in: number; outLow: number; outHigh: number } };
    assert.deepEqual(options, { strategy: 'single' });
    assert.ok(expected !== undefined && expected.in > 0 && expected.outLow < expected.outHigh);
    assert.match(run.task.instruction, /^fast\n/);
  });

  it('keeps what a dying engine had said', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const job = desk.submit();
    const run = await desk.run();
    run.call('a');
    run.finish({ kind: 'failed', failure: { kind: 'torn', message: 'the engine died' }, text: '    return sum(' });
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'failed', why: 'the engine died' });
    assert.equal(desk.jobs.kept(uri)[0]?.text, '    return sum(');
    assert.equal(desk.ledger.receipt(job.id)?.calls.length, 1);
  });

  it('keeps what was refused, with why', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const job = desk.submit();
    const run = await desk.run();
    const verdict = { ok: false, checks: [{ name: 'syntax', status: 'failed' as const }] };
    run.finish({ kind: 'refused', why: 'it does not parse', draft: undefined, text: 'def mean(', verdict });
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'kept', why: 'it does not parse' });
    assert.equal(desk.editor.text(uri), stub);
    assert.equal(desk.ledger.receipt(job.id)?.outcome, 'kept');
    assert.equal(desk.ledger.receipt(job.id)?.verdict, 'failed');
    const [kept] = desk.jobs.kept(uri);
    assert.equal(kept?.why, 'it does not parse');
    assert.equal(
      kept?.range && stub.slice(kept.range.start, kept.range.end),
      stub.slice(12, stub.indexOf('\n\n\nprint')),
    );
  });

  it('shows a page and edits nothing', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const job = desk.submit('mean', { actionId: 'explain' });
    const run = await desk.run();
    run.answer({ page: '# mean\n' });
    await desk.ended(job);
    assert.deepEqual(desk.editor.pages, [{ title: 'Explain mean', markdown: '# mean\n' }]);
    assert.deepEqual(job.end, { kind: 'shown' });
    assert.equal(desk.ledger.receipt(job.id)?.outcome, 'accepted');
    assert.deepEqual(desk.editor.asked, []);
  });

  it('says before the edit what is to be watched in it', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const job = desk.submit();
    const run = await desk.run();
    run.answer({ ...meanBody(run.task), cautions: ['os.system'] });
    await desk.ended(job);
    assert.deepEqual(desk.kinds(job), ['started', 'cautions', 'applying', 'ended']);
  });

  it('says which budget it passed, the day’s only when crossing it', async () => {
    const clock = new ManualClock(0n, morning);
    const ledger = openLedger({ directory: '/nowhere', enabled: () => false, clock, log: keptLog() });
    const desk = bench({ ledger, budget: () => ({ actionJoules: 25, dayJoules: 50 }) });
    desk.editor.open(uri, stub);
    const budgets: string[] = [];
    desk.jobs.subscribe((job, event) => {
      if (event.kind === 'budget') budgets.push(`${job.id} ${event.budget.of} ${event.budget.limitJoules}`);
    });
    for (const joules of [20, 40, 10]) {
      const job = desk.submit();
      const run = await desk.run();
      run.call(`call-${joules}`, joules);
      run.finish({ kind: 'cancelled', text: '' });
      await desk.ended(job);
    }
    assert.deepEqual(budgets, ['job-2 action 25', 'job-2 day 50']);
    assert.equal(desk.events.at(-1)?.event.kind, 'ended');
  });

  it('ends in words when the code or a part of the server breaks', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const job = desk.submit();
    (await desk.run()).break(new Error('bug'));
    await desk.ended(job);
    assert.equal(job.end?.kind, 'failed');
    assert.match(JSON.stringify(desk.log.lines), /a job broke/);

    const parserless = bench({
      syntax: { supports: () => true, parse: () => Promise.reject(new Error('worker')), close: async () => {} },
    });
    parserless.editor.open(uri, `${stub}# TODO: more\n`);
    const other = parserless.submit('TODO');
    const run = await parserless.run();
    assert.equal(run.task.facts, undefined);
    assert.equal(run.task.target.kind, 'after');
    run.finish({ kind: 'cancelled', text: '' });
    await parserless.ended(other);
  });

  it('ends when there is nothing to do', async () => {
    const desk = bench();
    desk.editor.open(uri, done);
    const job = desk.submit('return');
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'failed', why: 'there is nothing to implement here any more' });
  });

  it('is refused for documents that are not open and versions that never were', () => {
    const desk = bench();
    desk.editor.open(uri, stub, 'python', 0);
    const request = { actionId: 'implement', uri, range: { start: 0, end: 0 }, findings: [] } as const;
    assert.ok('refused' in desk.jobs.submit({ ...request, uri: 'file:///other', version: 1 }));
    assert.ok('refused' in desk.jobs.submit({ ...request, version: 7 }));
    assert.ok('refused' in desk.jobs.submit({ ...request, version: -1 }));
    assert.ok('job' in desk.jobs.submit({ ...request, version: 0 }));
  });

  it('is refused for an older version unless only text behind the place changed', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    const range = { start: stub.indexOf('pass'), end: stub.indexOf('pass') };
    const request = { actionId: 'implement', uri, version: 1, range, findings: [] } as const;
    desk.editor.replace(uri, 'os.name', 'os.sep');
    assert.ok('job' in desk.jobs.submit(request));
    desk.editor.replace(uri, 'import os', 'import  os');
    const answer = desk.jobs.submit(request);
    assert.match('refused' in answer ? answer.refused : '', /changed since/);
  });

  it('takes any range for a place in the text', async () => {
    const desk = bench();
    desk.editor.open(uri, stub);
    for (const range of [
      { start: -5, end: 1e9 },
      { start: 1e9, end: 1e9 },
      { start: 20, end: 3 },
    ]) {
      const answer = desk.jobs.submit({
        actionId: 'document',
        uri,
        version: 1,
        range,
        findings: [{ message: '', range }],
      });
      assert.ok('job' in answer);
      desk.jobs.cancel();
      await desk.ended(answer.job);
    }
  });

  it('takes findings anywhere for places in the text', async () => {
    const desk = bench();
    desk.editor.open(uri, done);
    const findings = [{ message: 'bad indentation', range: { start: done.length - 3, end: 1e9 } }];
    desk.submit('print', { actionId: 'fix', findings });
    const run = await desk.run();
    assert.equal(run.task.findings[0]?.range.end, done.length);
    assert.ok(run.task.target.kind === 'lines' && run.task.target.range.end <= done.length);
  });

  it('waits for every call when the server ends', async () => {
    const clock = new ManualClock(0n, morning);
    const ledger = openLedger({ directory: '/nowhere', enabled: () => false, clock, log: keptLog() });
    let flushedAt: number | undefined;
    let begun = (): void => {};
    const beginning = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const desk = bench({
      ledger: {
        ...ledger,
        flush: async () => {
          flushedAt = ledger.receiptsSince(0).length;
        },
      },
      runPipeline: async (_dependencies, _task, _options, listen, signal) => {
        begun();
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise((resolve) => setImmediate(resolve));
        listen({ kind: 'call', call: sampleCall({ outcome: 'cancelled' }) });
        return { kind: 'cancelled', text: '' };
      },
    });
    desk.editor.open(uri, stub);
    const job = desk.submit();
    const waiting = desk.submit('print', { actionId: 'explain', range: { start: 0, end: 10 } });
    await beginning;
    await desk.jobs.close();
    assert.equal(desk.ledger.receipt(job.id)?.calls.length, 1);
    assert.equal(desk.ledger.receipt(job.id)?.outcome, 'cancelled');
    assert.equal(waiting.end?.kind, 'cancelled');
    assert.equal(flushedAt, 2, 'written after the last outcome');
    assert.ok('refused' in desk.jobs.submit({ ...job.request }));
  });
});

describe('tests for a definition', () => {
  const testPath = '/project/test_words.py';
  const added = 'def test_mean():\n    assert mean([1, 3]) == 2\n';

  it('go into a new file beside the code', async () => {
    const desk = bench();
    desk.editor.open(uri, done);
    const job = desk.submit('mean', { actionId: 'test' });
    const run = await desk.run();
    assert.deepEqual(run.task.otherFile, { path: testPath, text: undefined });
    run.answer({ newFile: { path: testPath, text: added }, code: added });
    await desk.ended(job);
    assert.equal(desk.editor.files.get(testPath), added);
    assert.equal(desk.editor.text(uri), done);
    const [match] = desk.ledger.regionsIn(testPath, added);
    assert.equal(match?.receipt.id, job.id);
  });

  it('go into the file that exists, also when it grew meanwhile', async () => {
    const desk = bench();
    desk.editor.open(uri, done);
    const existing = '/project/tests/test_words.py';
    desk.editor.files.set(existing, 'import pytest\n\n\ndef test_one():\n    pass\n');
    const job = desk.submit('mean', { actionId: 'test' });
    const run = await desk.run();
    assert.equal(run.task.otherFile?.path, existing);
    const before = run.task.otherFile?.text ?? '';
    desk.editor.files.set(existing, before.replace('import pytest', 'import pytest\nimport os'));
    run.answer({ newFile: { path: existing, text: `${before}\n\n${added}` }, code: added });
    await desk.ended(job);
    assert.deepEqual(job.end, { kind: 'applied', rebased: false });
    assert.equal(
      desk.editor.files.get(existing),
      `import pytest\nimport os\n\n\ndef test_one():\n    pass\n\n\n${added}`,
    );
  });

  it('never go into a file that nobody asked for, or over one that turned up', async () => {
    for (const [newPath, turnedUp] of [
      ['/etc/passwd', undefined],
      [testPath, 'mine\n'],
    ] as const) {
      const desk = bench();
      desk.editor.open(uri, done);
      const job = desk.submit('mean', { actionId: 'test' });
      const run = await desk.run();
      if (turnedUp !== undefined) desk.editor.files.set(testPath, turnedUp);
      run.answer({ newFile: { path: newPath, text: added }, code: added });
      await desk.ended(job);
      assert.equal(job.end?.kind, 'kept');
      assert.equal(desk.editor.files.get(newPath), turnedUp);
      assert.equal(desk.jobs.kept(uri)[0]?.text, added);
    }
  });

  it('stay in the document when it has no directory', async () => {
    const desk = bench();
    const untitled = 'untitled:Untitled-1';
    desk.editor.open(untitled, done);
    desk.submit('mean', { actionId: 'test', uri: untitled });
    const run = await desk.run();
    assert.equal(run.task.otherFile, undefined);
    run.answer(draftOf({ edits: [edit(done, 'print(os.name)\n', `print(os.name)\n\n\n${added}`)] }));
  });
});
