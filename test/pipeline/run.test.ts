// The path of a task through the pipeline: which models are asked what, and how each way of failing ends.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import type { ModelRequest } from '../../server/gateway/model-call.ts';
import type { Task } from '../../server/pipeline/task.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import {
  done,
  edited,
  good,
  large,
  middle,
  type Outcome,
  type RunMore,
  run as runWith,
  type Script,
  small,
} from '../support/pipeline-bench.ts';
import { promptText } from '../support/scripted-gateway.ts';

describe('the pipeline', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());

  const run = (script: Script, more: RunMore = {}): Promise<Outcome> => runWith(syntax, script, more);

  it('asks one small model once for one function, and says why', async () => {
    const outcome = await run(() => good, { roles: { worker: small, planner: middle } });
    assert.equal(edited(outcome), done);
    assert.deepEqual(
      outcome.requests.map((request) => [request.role, request.model.model]),
      [['worker', 'small']],
    );
    const strategy = outcome.events.find((event) => event.kind === 'strategy');
    assert.deepEqual(strategy, {
      kind: 'strategy',
      strategy: 'direct',
      why: 'one piece of code: a plan would cost more than it saves',
      choice: { strategy: 'direct', languageId: 'python', size: 'small', models: 'small', considered: [] },
    });
  });

  it('always bounds the answer and records one seed', async () => {
    const { requests } = await run(() => good);
    assert.ok((requests[0]?.maxTokens ?? 0) >= 16 && (requests[0]?.maxTokens ?? 0) <= 512);
    assert.equal(requests[0]?.sampling.seed, 7);
  });

  it('repairs once with the evidence, by the same model', async () => {
    const outcome = await run((_, index) =>
      index === 0 ? '```python\ndef mean(values):\n    return summ(values)\n```' : good,
    );
    assert.equal(edited(outcome), done);
    assert.deepEqual(
      outcome.requests.map((request) => [request.role, request.model.model]),
      [
        ['worker', 'small'],
        ['repair', 'small'],
      ],
    );
    assert.match(promptText(outcome.requests[1] as ModelRequest), /not defined anywhere: summ/);
  });

  it('steps one model up after the repair, and no further', async () => {
    const bad = '```python\ndef mean(values):\n    ...  # rest of the code\n```';
    const outcome = await run((request) => (request.model.model === 'middle' ? good : bad), {
      roles: { worker: small, planner: middle, large },
    });
    assert.equal(edited(outcome), done);
    assert.deepEqual(
      outcome.requests.map((request) => request.model.model),
      ['small', 'small', 'middle'],
    );
  });

  it('refuses honestly when nothing passes, and keeps the best text', async () => {
    const bad = '```python\ndef mean(values):\n    return summ(values)\n```';
    const { result, requests } = await run(() => bad, { roles: { worker: small, large } });
    assert.equal(requests.length, 3);
    assert.ok(result.kind === 'refused');
    assert.match(result.why, /summ/);
    assert.match(result.text, /return summ/);
  });

  it('refuses an answer that defines something else', async () => {
    const { result } = await run(() => '```python\ndef median(values):\n    return sorted(values)[0]\n```');
    assert.equal(result.kind, 'refused');
  });

  it('hands on a failure of the engine, with what had arrived', async () => {
    const failure = { kind: 'crashed', message: 'the engine died', mend: 'start it' } as const;
    const { result } = await run(() => ({ text: 'def mean(values):\n    ret', failure }));
    assert.deepEqual(result, { kind: 'failed', failure, text: 'def mean(values):\n    ret' });
  });

  it('takes a torn answer that is complete all the same', async () => {
    const failure = { kind: 'torn', message: 'the stream ended early' } as const;
    assert.equal(edited(await run(() => ({ text: good, failure }))), done);
  });

  it('ends at once when cancelled, keeping what had arrived', async () => {
    const abort = new AbortController();
    const { result, requests } = await run(
      () => {
        abort.abort();
        return 'def mean(values):';
      },
      { signal: abort.signal },
    );
    assert.equal(requests.length, 1);
    assert.deepEqual(result, { kind: 'cancelled', text: 'def mean(values):' });
  });

  it('never throws for what a model may say', async () => {
    for (const answer of [
      '',
      '   ',
      '```',
      '{"mode":',
      '<think>',
      'I can not do that.',
      '\u0000\u0001',
      'x'.repeat(100_000),
      '"'.repeat(5000),
    ]) {
      const { result } = await run(() => answer);
      assert.ok(result.kind === 'refused', `${answer.slice(0, 20)}: ${result.kind}`);
    }
  });

  describe('with a plan', () => {
    const module =
      'def read(path):\n    pass\n\n\ndef mean(values):\n    pass\n\n\nclass Report:\n    def show(self):\n        pass\n';
    const target: Partial<Task> = { target: { kind: 'lines', range: { start: 0, end: module.length - 1 } } };
    const plan = JSON.stringify({
      mode: 'split',
      subtasks: [
        { id: 'b', goal: 'mean of values', provides: 'mean', needs: [] },
        { id: 'a', goal: 'read numbers', provides: 'read', needs: ['b'] },
      ],
    });

    it('splits several definitions, runs them in order, joins them without a model', async () => {
      const source = `${module.slice(0, module.indexOf('\n\n\nclass'))}\n`;
      const outcome = await run(
        (request) => {
          if (request.role === 'planner') return plan;
          return /Write only this part: mean/.test(promptText(request))
            ? good
            : '```python\ndef read(path):\n    with open(path) as file:\n        return [float(line) for line in file]\n```';
        },
        {
          roles: { worker: small, planner: middle },
          source,
          task: { target: { kind: 'lines', range: { start: 0, end: source.length - 1 } } },
        },
      );
      assert.equal(
        edited(outcome, source),
        'def read(path):\n    with open(path) as file:\n        return [float(line) for line in file]\n\n\ndef mean(values):\n    return sum(values) / len(values)\n',
      );
      assert.deepEqual(
        outcome.requests.map((request) => request.role),
        ['planner', 'worker', 'worker'],
      );
      const [, first, second] = outcome.requests.map(promptText);
      assert.match(first ?? '', /Write only this part: mean/);
      assert.match(second ?? '', /Already written:[\s\S]*def mean/);
      const shared = (value = ''): string => value.slice(0, value.indexOf('Write only this part'));
      assert.ok(
        shared(second).startsWith(shared(first).slice(0, shared(first).indexOf('Already written'))),
        'the common prefix differs',
      );
    });

    it('goes on without a plan when the planner answers with prose, and says so', async () => {
      const outcome = await run(
        (request) =>
          request.role === 'planner' ? 'I would start by reading the file.' : module.replace(/pass/g, 'return 1'),
        {
          roles: { worker: small, planner: middle },
          source: module,
          task: target,
        },
      );
      assert.equal(edited(outcome, module), module.replace(/pass/g, 'return 1'));
      assert.ok(
        outcome.events.some(
          (event) => event.kind === 'strategy' && event.strategy === 'direct' && /JSON/.test(event.why),
        ),
      );
    });

    it('asks for an outline when told to, capped at 250 tokens', async () => {
      const outcome = await run((request) => (request.role === 'planner' ? '1. sum\n2. divide' : good), {
        roles: { worker: small, planner: middle },
        options: { strategy: 'outline' },
      });
      assert.equal(edited(outcome), done);
      assert.equal(outcome.requests[0]?.maxTokens, 250);
      assert.match(promptText(outcome.requests[1] as ModelRequest), /Follow this outline:\n1\. sum/);
    });

    it('gives single to the large model, or says that there is none', async () => {
      const outcome = await run(() => good, { roles: { worker: small, large }, options: { strategy: 'single' } });
      assert.equal(outcome.requests[0]?.model.model, 'large');
      const without = await run(() => good, { options: { strategy: 'single' } });
      assert.ok(without.events.some((event) => event.kind === 'strategy' && /no large model/.test(event.why)));
    });

    it('brings a plan of helpers into the file of the one function asked for', async () => {
      const helperPlan = JSON.stringify({
        mode: 'split',
        subtasks: [
          { id: '1', goal: 'the function', provides: 'mean', needs: ['2', '3'] },
          { id: '2', goal: 'total', provides: '_total', needs: [] },
          { id: '3', goal: 'count', provides: '_count', needs: [] },
        ],
      });
      const parts: Record<string, string> = {
        'the function': 'def mean(values):\n    return _total(values) / _count(values)',
        total: 'def _total(values):\n    return sum(values)',
        count: 'def _count(values):\n    return len(values)',
      };
      const outcome = await run(
        (request) => {
          if (request.role === 'planner') return helperPlan;
          const goal = /Write only this part: (.*?) It defines/.exec(promptText(request))?.[1] ?? '';
          return `\`\`\`python\n${parts[goal]}\n\`\`\``;
        },
        { roles: { worker: small, planner: middle }, options: { strategy: 'split' } },
      );
      assert.equal(
        edited(outcome),
        'def _total(values):\n    return sum(values)\n\n\ndef _count(values):\n    return len(values)\n\n\ndef mean(values):\n    """Mean of values."""\n    return _total(values) / _count(values)\n',
      );
    });
  });
});
