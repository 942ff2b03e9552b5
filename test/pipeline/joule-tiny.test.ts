// The prompts of joule-tiny: the exact text that its training had, and an honest sentence for everything that it did not have.

import assert from 'node:assert/strict';
import { actions } from '../../server/actions/index.ts';
import { contextOf } from '../../server/pipeline/context.ts';
import type { WorkerInput } from '../../server/pipeline/prompts/family.ts';
import { jouleTiny } from '../../server/pipeline/prompts/joule-tiny.ts';
import type { ActionId, Task } from '../../server/pipeline/task.ts';
import { markedPlace } from '../support/marked-place.ts';

async function taskAt(actionId: ActionId, marked: string, languageId = 'python'): Promise<Task> {
  const action = actions.find(({ id }) => id === actionId);
  const task = action?.task(await markedPlace(languageId, marked), undefined);
  assert.ok(task, `${actionId} makes a task here`);
  return task;
}

async function ask(actionId: ActionId, marked: string, more: Partial<WorkerInput> = {}) {
  const task = await taskAt(actionId, marked);
  assert.equal(jouleTiny.unfit(task, 'direct'), undefined);
  const question = jouleTiny.worker({ task, ...contextOf(task, 200), ...more });
  assert.ok(question.prompt.kind === 'raw');
  return { text: question.prompt.text, question };
}

async function unfit(actionId: ActionId, marked: string, languageId?: string): Promise<string> {
  return jouleTiny.unfit(await taskAt(actionId, marked, languageId), 'direct') ?? 'fit';
}

const stub = 'def total(nums: list[int]) -> int:\n    """Return the sum of nums."""\n    ';

describe('joule-tiny', () => {
  it('is asked by docstring, with the signature as the beginning of the answer', async () => {
    const { text, question } = await ask('implement', `import math\n\n\n${stub}│raise NotImplementedError\n`);
    const signature = 'def total(nums: list[int]) -> int:\n';
    assert.equal(text, `<|code|>${signature}    """Return the sum of nums."""<|out|>${signature}`);
    assert.equal(question.prefill, signature);
    assert.deepEqual(question.stop, ['<|im_end|>']);
    assert.equal(question.temperature, 0, 'its bound on probabilities holds for greedy answers only');
  });

  it('is asked by words above the signature where there is no docstring', async () => {
    const { text } = await ask('implement', 'def total(nums):\n    # TODO: return the sum of nums\n    │pass\n');
    assert.equal(text, '<|code|>return the sum of nums\ndef total(nums):<|out|>def total(nums):\n');
  });

  it('is asked by the name alone where there is nothing else', async () => {
    const { text } = await ask('implement', 'def gcd(a, b):\n    │...\n');
    assert.equal(text, '<|code|>def gcd(a, b):<|out|>def gcd(a, b):\n');
  });

  it('sees a signature over several lines as one, and a docstring without its examples', async () => {
    const { text } = await ask(
      'implement',
      'def total(\n    nums: list[int],\n    limit: int,\n) -> int:\n    """Return the sum of the\n    nums below limit.\n\n    >>> total([1], 2)\n    1\n    """\n    │pass\n',
    );
    const signature = 'def total(nums: list[int], limit: int) -> int:\n';
    assert.equal(text, `<|code|>${signature}    """Return the sum of the nums below limit."""<|out|>${signature}`);
  });

  it('is shown the helpers that the request names', async () => {
    const { text } = await ask(
      'implement',
      'def square(x: int) -> int:\n    return x * x\n\n\ndef cube(x):\n    return x ** 3\n\n\ndef f(nums):\n    """Apply square to nums."""\n    │pass\n',
    );
    assert.equal(
      text,
      '<|code|>def square(x: int) -> int: ...\nApply square to nums.\ndef f(nums):<|out|>def f(nums):\n',
    );
  });

  it('is asked to fix with code and message', async () => {
    const { text } = await ask('fix', 'def f(nums):\n    """Return the sum."""\n    return ╟sum(num)╢│\n');
    const code = 'def f(nums):\n    """Return the sum."""\n    return sum(num)';
    assert.equal(text, `<|fix|>${code}\n# error: undefined name<|out|>def f(nums):\n`);
  });

  it('is asked to document with the code alone, an old docstring left out', async () => {
    const plain = await ask('document', 'def │f(nums):\n    return sum(nums)\n');
    assert.equal(plain.text, '<|doc|>def f(nums):\n    return sum(nums)<|out|>');
    assert.equal(plain.question.prefill, '');
    const old = await ask('document', 'def │f(nums):\n    """Old."""\n    return sum(nums)\n');
    assert.equal(old.text, '<|doc|>def f(nums):\n    return sum(nums)<|out|>');
  });

  it('writes one part of a plan by goal and name, with the signatures of what it needs', async () => {
    const subtask = { id: '2', goal: 'Return the squares of nums.', provides: 'squares', needs: ['1'] };
    const first = { id: '1', goal: 'Square x.', provides: 'square', needs: [] };
    const part = {
      subtask,
      all: [first, subtask],
      done: [{ subtask: first, code: 'def square(x):\n    return x * x\n' }],
    };
    const { text } = await ask('implement', `${stub}│pass\n`, { part });
    assert.equal(text, '<|code|>def square(x): ...\nReturn the squares of nums.\nname: squares<|out|>');
  });

  it('leaves planning, repair and assembling to others', async () => {
    const task = await taskAt('implement', `${stub}│pass\n`);
    const input = { task, ...contextOf(task, 200) };
    assert.equal(jouleTiny.plan(input, {}), undefined);
    assert.equal(jouleTiny.outline(input), undefined);
    assert.equal(jouleTiny.repair({ ...input, answer: '', evidence: [] }), undefined);
    assert.equal(jouleTiny.assemble({ ...input, parts: [] }), undefined);
  });

  describe('says what it is not made for', () => {
    const long = `    x = ${'1 + '.repeat(200)}1\n`;
    const cases: readonly [string, ActionId, string, RegExp, string?][] = [
      [
        'another language',
        'implement',
        'function total(nums) {\n  │// TODO\n}\n',
        /only Python, not javascript/,
        'javascript',
      ],
      ['an explanation', 'explain', 'def │f(nums):\n    return sum(nums)\n', /can't explain/],
      ['a method', 'implement', 'class A:\n    def f(self):\n        """Go."""\n        │pass\n', /outside any class/],
      ['a coroutine', 'implement', 'async def f(nums):\n    """Return the sum."""\n    │pass\n', /no async/],
      ['a decorator', 'implement', '@cache\ndef f(nums):\n    """Return the sum."""\n    │pass\n', /decorated/],
      ['a long function', 'document', `def │f(nums):\n${long}    return x\n`, /too long .* 512 tokens/],
      [
        'a long request',
        'implement',
        `def f(nums):\n    """${'Return the sum. '.repeat(30)}"""\n    │pass\n`,
        /at most 300/,
      ],
      [
        'two paragraphs',
        'implement',
        'def f(nums):\n    """Return it.\n\n    Never fail.\n    """\n    │pass\n',
        /one paragraph/,
      ],
      ['its own marks', 'implement', 'def f(nums):\n    """Return "<|out|>"."""\n    │pass\n', /marks/],
    ];
    for (const [what, actionId, marked, said, languageId] of cases) {
      it(`such as ${what}`, async () => {
        assert.match(await unfit(actionId, marked, languageId), said);
      });
    }
  });
});
