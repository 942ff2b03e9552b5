// An answer that joule-tiny was sure of is shown only where it uses what the request names and comes again in other words.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import { leftOut, unknownWord } from '../../server/pipeline/prompts/joule-tiny-doubt.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { edited, type Outcome, run, type Script, seat } from '../support/pipeline-bench.ts';

const tiny = seat('joule-tiny', 5e6, 'joule-tiny');
const source = 'def spread(values, limit):\n    """Largest of values minus limit."""\n    pass\n';
const body = '    return max(values) - limit';

/** Answers with these bodies in turn, the last one for good. The engine goes on behind the prefill. */
function bodies(...texts: readonly string[]): Script {
  return (_request, index) => ({ text: texts[Math.min(index, texts.length - 1)] ?? '', lowestTokenProbability: 0.97 });
}

describe('a model that is sure of wrong answers', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());

  function asked(script: Script, instruction = 'Largest of values minus limit.'): Promise<Outcome> {
    return run(syntax, script, { source, symbol: 'spread', roles: { worker: tiny }, task: { instruction } });
  }

  function refusal({ result }: Outcome): string {
    assert.equal(result.kind, 'refused', JSON.stringify(result));
    return result.kind === 'refused' ? result.why : '';
  }

  it('is asked again in other words, and its answer counts where they agree', async () => {
    const outcome = await asked(bodies(body));
    assert.equal(
      edited(outcome, source),
      `def spread(values, limit):\n    """Largest of values minus limit."""\n${body}\n`,
    );
    const texts = outcome.requests.map(({ prompt }) => (prompt.kind === 'raw' ? prompt.text : ''));
    const signature = 'def spread(values, limit):\n';
    assert.deepEqual(texts.slice(1), [
      `<|code|>Largest of values minus limit.\n${signature.trimEnd()}<|out|>${signature}`,
      `<|code|>${signature}    """largest of values minus limit"""<|out|>${signature}`,
      `<|code|>def f(values, limit):\n    """Largest of values minus limit."""<|out|>def f(values, limit):\n`,
    ]);
  });

  it('may call the function by its other name', async () => {
    const own = (name: string): string => `    return ${name}(values[1:], limit) if limit else 0`;
    const outcome = await asked((_request, index) => ({
      text: own(index === 3 ? 'f' : 'spread'),
      lowestTokenProbability: 0.97,
    }));
    assert.match(edited(outcome, source), /spread\(values\[1:\]/);
  });

  for (const nth of [2, 3, 4]) {
    it(`is not believed when answer ${nth} is another one`, async () => {
      const outcome = await asked((_request, index) => ({
        text: index === nth - 1 ? '    return min(values) - limit' : body,
        lowestTokenProbability: 0.97,
      }));
      assert.match(refusal(outcome), /asked in other words, joule-tiny wrote something else/);
      assert.equal(outcome.requests.length, nth);
      assert.match(outcome.result.kind === 'refused' ? outcome.result.text : '', /return max/, 'the text is kept');
    });
  }

  it('is not believed when it is less sure the second time', async () => {
    const outcome = await asked((_request, index) => ({
      text: body,
      lowestTokenProbability: index === 1 ? 0.8 : 0.97,
    }));
    assert.match(refusal(outcome), /asked in other words, joule-tiny was not sure.*0\.80/);
    assert.equal(outcome.requests.length, 2);
  });

  it('is not believed when its answer ignores a parameter, and not asked again', async () => {
    const outcome = await asked(bodies('    return max(values)'));
    assert.match(refusal(outcome), /the answer never uses limit/);
    assert.equal(outcome.requests.length, 1);
  });

  it('is not asked again when it was not sure in the first place', async () => {
    const outcome = await asked(() => ({ text: body, lowestTokenProbability: 0.5 }));
    assert.match(refusal(outcome), /not sure.*0\.50/);
    assert.equal(outcome.requests.length, 1);
  });

  it('is not asked at all about a word that it never saw', async () => {
    const outcome = await asked(bodies(body), 'Largest of values minus limit, as a quaternion.');
    assert.match(refusal(outcome), /joule-tiny never saw the word "quaternion"/);
    assert.equal(outcome.requests.length, 0);
  });
});

describe('words that joule-tiny never saw', () => {
  const cases: readonly [string, string, string | undefined][] = [
    ['Return the sum of the even numbers.', 'def f(nums):', undefined],
    ['Return the eigenvalue.', 'def f(nums):', 'eigenvalue'],
    ['Return the eigenvalue.', 'def f(eigenvalue):', undefined],
    ['Return the eigenvalue.', 'def find_eigenvalue(x):', undefined],
    ['Return the first eigenvalue.', 'def f(eigenvalues):', undefined],
    ['Keep the words that start with "eigenvalue".', 'def f(words):', undefined],
    ["Return the list's sum.", 'def f(nums):', undefined],
  ];
  for (const [goal, signature, word] of cases) {
    it(`${word ?? 'none'} in "${goal}" for ${signature}`, () => assert.equal(unknownWord(goal, signature), word));
  }
});

describe('what a request names and an answer leaves out', () => {
  const cases: readonly [goal: string, signature: string, body: string, found: string | undefined][] = [
    ['Sum of nums.', 'def f(nums, k):', 'return sum(nums)', 'never uses k'],
    ['Sum.', 'def f(nums: dict[str, int], k: int = 2) -> int:', 'return k + len(nums)', undefined],
    ['Sum, or -1 if there is none.', 'def f(nums):', 'return sum(nums)', 'never gives -1'],
    ['Sum, 0 if nums is empty.', 'def f(nums):', 'return sum(nums)', undefined],
    ['Largest, or None for an empty list.', 'def f(nums):', 'return max(nums)', 'never gives None'],
    ['Largest, or None for an empty list.', 'def f(nums):', 'return max(nums, default=None)', undefined],
    ['Raise ValueError if nums is empty.', 'def f(nums):', 'return sum(nums)', 'never raises ValueError'],
    ['Keep the last 4 characters.', 'def f(text):', 'return text[-3:]', 'has no 4'],
    ['Words of at least eight characters.', 'def f(words):', 'return [w for w in words if len(w) > 5]', 'has no 8'],
    ['Are these two words equal?', 'def f(a, b):', 'return a == b', undefined],
    ['Double it, e.g. 21 becomes 42.', 'def f(x):', 'return x * 2', undefined],
    ['Double it (f(21) gives 42).', 'def f(x):', 'return x * 2', undefined],
    ['Turn a list of digits into a number, so [4, 2] becomes 42.', 'def f(x):', 'return int(x)', undefined],
    ['Join with " 77 ".', 'def f(words):', 'return " 77 ".join(words)', undefined],
  ];
  for (const [goal, signature, line, found] of cases) {
    it(`${found ?? 'nothing'}: "${goal}" and ${line}`, () =>
      assert.equal(leftOut(goal, signature, `${signature}\n    ${line}`), found));
  }
});
