// What the pipeline does not spend: budgets, answers given again, blocks instead of whole code, a judge only when asked for.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import type { ModelRequest } from '../../server/gateway/model-call.ts';
import type { Budgets } from '../../server/pipeline/budget.ts';
import type { Recalled } from '../../server/pipeline/recall.ts';
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
  text,
} from '../support/pipeline-bench.ts';
import { promptText } from '../support/scripted-gateway.ts';

const bad = '```python\ndef mean(values):\n    return summ(values)\n```';

describe('what the pipeline does not spend', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());
  const run = (script: Script, more: RunMore = {}): Promise<Outcome> => runWith(syntax, script, more);

  describe('budgets', () => {
    /** One joule per token written, none for reading. */
    const price = (_: unknown, tokens: { outLow: number; outHigh: number }): number =>
      (tokens.outLow + tokens.outHigh) / 2;
    const expected = { in: 100, outLow: 20, outHigh: 40 };
    const within = (budgets: Partial<Budgets>, more: RunMore = {}): RunMore => ({
      ...more,
      options: { expected },
      dependencies: { price, budgets: () => ({ spans: [], ...budgets }) },
    });

    it('begins nothing that would pass the day, and says with which figures', async () => {
      const spans = [{ of: 'day', limitJoules: 500, spentJoules: 480 }] as const;
      const outcome = await run(() => good, within({ spans }));
      assert.equal(outcome.requests.length, 0);
      assert.ok(outcome.result.kind === 'failed');
      assert.equal(
        outcome.result.failure.message,
        'Stopped by the budget: an answer would take some 30 J, predicted, and of the 500 J for today 20 J are left',
      );
      assert.equal(outcome.result.failure.mend, 'raise joule.budget.dayJoules');
    });

    it('answers within the hour, and asks for no more tokens than are left', async () => {
      const spans = [{ of: 'hour', limitJoules: 100, spentJoules: 50 }] as const;
      const outcome = await run(() => good, within({ spans }));
      assert.equal(edited(outcome), done);
      const most = outcome.requests[0]?.maxTokens ?? 0;
      assert.ok(most >= 30 && most <= 50, String(most));
    });

    it('repairs only what the action may still take, keeps the text and says why', async () => {
      const outcome = await run(() => bad, within({ actionJoules: 35 }, { roles: { worker: small, large } }));
      assert.equal(outcome.requests.length, 1);
      assert.ok(outcome.result.kind === 'refused');
      assert.match(
        outcome.result.why,
        /summ.*Not tried again: a repair would take some 30 J, predicted, and of the 35 J for this action/,
      );
      assert.match(outcome.result.text, /return summ/);
      assert.ok(outcome.decisions.some((one) => one.startsWith('a repair would take')));
    });

    it('counts calls, too', async () => {
      const outcome = await run(() => bad, within({ actionCalls: 2 }, { roles: { worker: small, large } }));
      assert.equal(outcome.requests.length, 2);
      assert.ok(outcome.result.kind === 'refused');
      assert.match(outcome.result.why, /would be call 3 of this action/);
    });

    it('stops between the parts of a plan when all is spent, and keeps what was written', async () => {
      const source = 'def read(path):\n    pass\n\n\ndef mean(values):\n    pass\n';
      const plan = JSON.stringify({
        mode: 'split',
        subtasks: [
          { id: '1', goal: 'read', provides: 'read', needs: [] },
          { id: '2', goal: 'mean', provides: 'mean', needs: ['1'] },
        ],
      });
      const long = `\`\`\`python\ndef read(path):\n${'    # reading\n'.repeat(30)}    return open(path).read()\n\`\`\``;
      const more: RunMore = {
        source,
        roles: { worker: small, planner: middle },
        task: { target: { kind: 'lines', range: { start: 0, end: source.length - 1 } } },
      };
      const outcome = await run(({ role }) => (role === 'planner' ? plan : long), within({ actionJoules: 100 }, more));
      assert.deepEqual(
        outcome.requests.map((request) => request.role),
        ['planner', 'worker'],
      );
      assert.ok(outcome.result.kind === 'failed');
      assert.match(outcome.result.text, /def read/);
    });

    it('takes the prediction for spent where nobody could measure', async () => {
      const budgets = { actionJoules: 40, spans: [] };
      const outcome = await run(() => ({ text: bad, unmeasured: true }), {
        options: { expected },
        roles: { worker: small, large },
        dependencies: { price, budgets: () => budgets },
      });
      assert.equal(outcome.requests.length, 1);
    });

    it('holds nothing back where no budget is set', async () => {
      const outcome = await run(() => bad, within({}, { roles: { worker: small, large } }));
      assert.equal(outcome.requests.length, 3);
    });
  });

  describe('answers given again', () => {
    async function kept(more: RunMore = {}): Promise<{ identity: string; answer: Recalled }> {
      const first = await run(() => good, more);
      assert.ok(first.result.kind === 'draft' && first.result.recall);
      const { identity, ...answer } = first.result.recall;
      return { identity, answer: { ...answer, receiptId: 'receipt-1' } };
    }

    it('come without a model when the same is asked about the same code', async () => {
      const { identity, answer } = await kept();
      const recall = (asked: string): Recalled | undefined => (asked === identity ? answer : undefined);
      const again = await run(() => bad, { options: { recall } });
      assert.equal(again.requests.length, 0);
      assert.equal(edited(again), done);
      assert.ok(again.result.kind === 'draft');
      assert.equal(again.result.recalledFrom, 'receipt-1');
      assert.deepEqual(again.decisions, ['answered from the result of receipt receipt-1']);
    });

    const others: [string, RunMore][] = [
      ['other words', { task: { instruction: 'fast' } }],
      ['another action', { task: { actionId: 'rewrite' } }],
      ['another stub', { source: text.replace('Mean', 'Average') }],
      ['other surroundings', { source: `import statistics\n\n\n${text}` }],
    ];
    for (const [name, more] of others) {
      it(`do not come for ${name}`, async () => {
        const { identity, answer } = await kept();
        const recall = (asked: string): Recalled | undefined => (asked === identity ? answer : undefined);
        const again = await run(() => good, { ...more, options: { recall } });
        assert.equal(again.requests.length, 1);
      });
    }

    it('are verified anew, and asked for again when they no longer pass', async () => {
      const outcome = await run(() => good, {
        options: { recall: () => ({ answer: bad, promised: [], receiptId: 'old' }) },
      });
      assert.equal(outcome.requests.length, 1);
      assert.equal(edited(outcome), done);
    });
  });

  describe('the form of an answer', () => {
    const long = `def mean(values):\n    total = 0\n${Array.from({ length: 60 }, (_, index) => `    note_${index} = ${index}\n`).join('')}    return total / len(value)\n`;
    const start = long.indexOf('len(value)');
    const fix: Partial<Task> = {
      actionId: 'fix',
      findings: [{ message: 'value is not defined', range: { start, end: start + 10 } }],
    };
    const block =
      '<<<<<<< SEARCH\n    return total / len(value)\n=======\n    return total / len(values)\n>>>>>>> REPLACE';

    it('is blocks for one fault in a long function, and only their lines change', async () => {
      const outcome = await run(() => `\`\`\`\n${block}\n\`\`\``, { source: long, task: fix });
      assert.match(promptText(outcome.requests[0] as ModelRequest), /search-and-replace blocks only/);
      assert.equal(edited(outcome, long), long.replace('len(value)', 'len(values)'));
      assert.match(outcome.decisions[0] ?? '', /^asked only for what changes: some \d+ tokens instead of \d+$/);
    });

    it('is the whole code for a short function', async () => {
      const source = 'def mean(values):\n    return sum(values) / len(value)\n';
      const at = source.indexOf('len(value)');
      const findings = [{ message: 'value is not defined', range: { start: at, end: at + 10 } }];
      const outcome = await run(() => good, { source, task: { actionId: 'fix', findings } });
      assert.match(promptText(outcome.requests[0] as ModelRequest), /Answer with the complete function only/);
      assert.equal(edited(outcome, source), source.replace('len(value)', 'len(values)'));
    });

    it('is the whole code again when a block did not match', async () => {
      const whole = `\`\`\`python\n${long.replace('len(value)', 'len(values)')}\`\`\``;
      const outcome = await run((_, index) => (index === 0 ? block.replace('total', 'sum') : whole), {
        source: long,
        task: fix,
      });
      assert.equal(edited(outcome, long), long.replace('len(value)', 'len(values)'));
      const repair = promptText(outcome.requests[1] as ModelRequest);
      assert.match(repair, /the search text of block 1 \(“return sum \/ len\(value\)”\) stands nowhere in the code/);
      assert.match(repair, /Answer with the complete function only/);
    });

    it('tells the engine that a fix, a rewrite or a repair repeats its prompt, and that a new function does not', async () => {
      const told = async (actionId: Task['actionId']): Promise<(boolean | undefined)[]> => {
        const outcome = await run((_, index) => (index === 0 ? 'not code' : good), { task: { ...fix, actionId } });
        return outcome.requests.map(({ expectsRepetition }) => expectsRepetition);
      };
      assert.deepEqual(await told('implement'), [false, true]);
      assert.deepEqual(await told('rewrite'), [true, true]);
      assert.equal((await told('fix'))[0], true);
    });

    it('takes whole code from a model that did not write blocks', async () => {
      const whole = `\`\`\`python\n${long.replace('len(value)', 'len(values)')}\`\`\``;
      const outcome = await run(() => whole, { source: long, task: fix });
      assert.equal(outcome.requests.length, 1);
      assert.equal(edited(outcome, long), long.replace('len(value)', 'len(values)'));
    });
  });

  describe('a judge', () => {
    const verdict = (word: string): string =>
      JSON.stringify({ verdict: word, sources: ['mean'], reason: 'it divides by a length that may be 0' });
    const judged: RunMore = { settings: { judge: true }, roles: { worker: small, judge: middle } };

    it('is not asked unless the settings say so', async () => {
      const outcome = await run(() => good, { roles: { worker: small, judge: middle } });
      assert.deepEqual(
        outcome.requests.map(({ role }) => role),
        ['worker'],
      );
    });

    it('reads what passed and lets it pass', async () => {
      const outcome = await run(({ role }) => (role === 'judge' ? verdict('grounded') : good), judged);
      assert.deepEqual(
        outcome.requests.map(({ role, model }) => `${role} ${model.model}`),
        ['worker small', 'judge middle'],
      );
      assert.equal(edited(outcome), done);
      assert.deepEqual(outcome.decisions, ['the judge calls it grounded']);
    });

    it('sends what it does not believe to the repair, with its reason', async () => {
      let asked = 0;
      const outcome = await run(({ role }) => {
        if (role !== 'judge') return good;
        return verdict(asked++ === 0 ? 'ungrounded' : 'grounded');
      }, judged);
      assert.deepEqual(
        outcome.requests.map(({ role }) => role),
        ['worker', 'judge', 'repair', 'judge'],
      );
      assert.match(promptText(outcome.requests[2] as ModelRequest), /calls it ungrounded: it divides by a length/);
      assert.equal(edited(outcome), done);
    });

    for (const [name, said] of [
      ['prose', 'Looks good to me!'],
      ['another word', verdict('perfect')],
      ['nothing', ''],
    ] as const) {
      it(`that answers ${name} has said nothing: never a pass, never a fault`, async () => {
        const outcome = await run(({ role }) => (role === 'judge' ? said : good), judged);
        assert.ok(outcome.result.kind === 'draft');
        const check = outcome.result.verdict.checks.find(({ name }) => name === 'grounded');
        assert.equal(check?.status, 'not-executed');
      });
    }

    it('is left out when the budget has no room for it', async () => {
      const outcome = await run(() => good, {
        ...judged,
        dependencies: { price: () => 10, budgets: () => ({ actionJoules: 25, spans: [] }) },
      });
      assert.deepEqual(
        outcome.requests.map(({ role }) => role),
        ['worker'],
      );
      assert.ok(outcome.result.kind === 'draft');
      assert.match(outcome.decisions.join(), /a second opinion would take some 10 J/);
    });
  });
});
