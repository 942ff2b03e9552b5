// Hand-made tests with known scores: correctness, coverage and whether they catch the fault, in the real sandbox. And documentation.

import assert from 'node:assert/strict';
import { checkDocumentation, insertedText, parameterNames } from '../../server/exercises/documentation.ts';
import { scoreTests, type TestsScore } from '../../server/exercises/generated-tests.ts';
import type { Source } from '../../server/exercises/source.ts';
import type { Sandbox } from '../../server/sandbox/port.ts';
import { ownCases } from '../fidelity/own-cases.ts';
import { sandboxOrSkip } from '../support/sandbox.ts';

const signal = new AbortController().signal;
const found = ownCases.find(({ id }) => id === 'own/python/running_total');
assert.ok(found !== undefined);
// Eight lines of code; one of them, `total = 0`, is only run when a sum falls below zero.
const source: Source = found;

describe('generated tests', function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  before(async function () {
    sandbox = await sandboxOrSkip(this);
  });
  const score = (tests: string): Promise<TestsScore> =>
    scoreTests(source, { tests, module: 'solution' }, sandbox.execute, signal);

  const head = 'from solution import running_total\n';
  const plain = 'def test_plain():\n    assert running_total([1, 2]) == [1, 3]\n';
  const table: readonly [title: string, tests: string, expected: Partial<TestsScore & { status: 'scored' }>][] = [
    [
      'a good one',
      `${head}${plain}def test_floor():\n    assert running_total([-5]) == [0]\n`,
      { tests: 2, passed: 2, lines: 8, coveredLines: 8, catchesFault: true, why: undefined },
    ],
    [
      'one that covers all but one line and catches nothing',
      `${head}def test_one():\n    assert running_total([4]) == [4]\n`,
      { tests: 1, passed: 1, lines: 8, coveredLines: 7, catchesFault: false },
    ],
    [
      'one that is wrong beside one that is right',
      `${head}${plain}def test_wrong():\n    assert running_total([1]) == [2]\n`,
      { tests: 2, passed: 1, catchesFault: true, why: 'AssertionError: assert running_total([1]) == [2]' },
    ],
    [
      'one that tests nothing',
      `${head}def test_nothing():\n    assert True\n`,
      { passed: 1, coveredLines: 0, catchesFault: false },
    ],
    [
      'only wrong ones, which catch nothing',
      `${head}def test_wrong():\n    assert running_total([1, 1]) == [1, 1]\n`,
      { tests: 1, passed: 0, catchesFault: false },
    ],
    [
      'unittest',
      `import unittest\n${head}class T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(running_total([1, 2]), [1, 3])\n    def test_b(self):\n        self.assertEqual(running_total([]), [0])\n\nif __name__ == '__main__':\n    unittest.main()\n`,
      { tests: 2, passed: 1, catchesFault: true },
    ],
    [
      'pytest with its usual names, which need not be installed',
      `import pytest\n${head}@pytest.mark.parametrize('given, want', [([1, 2], [1, 3]), ([1], [2])])\ndef test_all(given, want):\n    assert running_total(given) == want\ndef test_refuses():\n    with pytest.raises(TypeError):\n        running_total(None)\ndef test_near():\n    assert running_total([0.1, 0.2]) == pytest.approx([0.1, 0.3])\n`,
      { tests: 4, passed: 3, catchesFault: true },
    ],
    ['bare assertions', `${head}assert running_total([1, 2]) == [1, 3]\n`, { tests: 1, passed: 1, catchesFault: true }],
    ['a bare assertion that is wrong', `${head}assert running_total([1]) == [3]\n`, { tests: 1, passed: 0 }],
    [
      'one that ends the process beside one that does not',
      `import os\n${head}${plain}def test_gone():\n    os._exit(0)\n`,
      { tests: 2, passed: 1 },
    ],
  ];
  for (const [title, tests, expected] of table)
    it(`are scored: ${title}`, async () => {
      const result = await score(tests);
      assert.equal(result.status, 'scored', JSON.stringify(result));
      assert.deepEqual({ ...result, ...expected }, result);
    });

  it('that hang fail alone', async () => {
    const tests = `${head}${plain}def test_long():\n    while True:\n        pass\n`;
    const result = await scoreTests(source, { tests, module: 'solution', secondsPerTest: 1 }, sandbox.execute, signal);
    assert.ok(result.status === 'scored');
    assert.deepEqual([result.tests, result.passed, result.why], [2, 1, 'no end within 1 s']);
  });

  it('that can not be imported have failed, and say why', async () => {
    const result = await score('from solution import nothing_like_it\ndef test_a():\n    pass\n');
    assert.equal(result.status, 'failed');
    assert.match('why' in result ? (result.why ?? '') : '', /ImportError/);
  });

  it('are not scored without a sandbox', async () => {
    const execute = async () => ({ kind: 'unavailable', why: 'no walls' }) as const;
    const result = await scoreTests(source, { tests: head, module: 'solution' }, execute, signal);
    assert.deepEqual(result, { status: 'not run', why: 'no walls' });
  });
});

describe('generated documentation', () => {
  it('is looked at for parameters and what comes back', () => {
    assert.deepEqual(checkDocumentation(source, 'Sums of `amounts` from start on. Returns a list.'), {
      parameters: 2,
      named: 2,
      saysReturn: true,
    });
    assert.deepEqual(checkDocumentation(source, 'Sums the amount.'), { parameters: 2, named: 0, saysReturn: false });
  });

  it('knows parameter names of all languages', () => {
    const names = (parameters: string): readonly string[] => parameterNames({ ...source, parameters });
    assert.deepEqual(names('a: Dict[str, Tuple[int, int]], *rest, b=(1, 2), **more'), ['a', 'rest', 'b', 'more']);
    assert.deepEqual(names('self, x'), ['x']);
    assert.deepEqual(names('mut numbers: Vec<(i32, i32)>, threshold: f32'), ['numbers', 'threshold']);
    assert.deepEqual(names('numbers []float64, n int'), ['numbers', 'n']);
    assert.deepEqual(names(''), []);
  });

  it('is what an edit put in', () => {
    assert.equal(insertedText('def f():\n    pass\n', 'def f():\n    """Doc."""\n    pass\n'), '"""Doc."""\n    ');
    assert.equal(insertedText('same', 'same'), '');
  });
});
