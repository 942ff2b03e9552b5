// What a verdict looks for, one row per rule: the file, the answer, the workspace, and what is said.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import { judge } from '../../server/pipeline/judge.ts';
import { general } from '../../server/pipeline/prompts/general.ts';
import type { Surroundings } from '../../server/pipeline/surroundings.ts';
import type { Check, Task } from '../../server/pipeline/task.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { settings } from '../support/pipeline-bench.ts';

interface Row {
  readonly name: string;
  readonly languageId?: string;
  readonly before?: string;
  readonly answer: string;
  readonly surroundings?: Partial<Surroundings>;
  readonly task?: Partial<Task>;
  readonly check: string;
  readonly status: Check['status'];
  readonly evidence?: RegExp;
}

const stubs: Readonly<Record<string, string>> = {
  python: 'def work(values):\n    pass\n',
  typescript: 'export function work(values: number[]): number {\n  // TODO\n}\n',
  javascript: 'function work(values) {\n  // TODO\n}\n',
  go: 'package a\n\nfunc work(values []int) int {\n\tpanic("not implemented")\n}\n',
  rust: 'fn work(values: &[i32]) -> i32 {\n    todo!()\n}\n',
};
const python = (body: string, imports = ''): string => `${imports}def work(values):\n    ${body}\n`;
const script = (body: string, imports = ''): string =>
  `${imports}function work(values: number[]): number {\n  ${body}\n}\n`;
const go = (body: string, imports = ''): string => `${imports}func work(values []int) int {\n\t${body}\n}\n`;
const rust = (body: string, imports = ''): string => `${imports}fn work(values: &[i32]) -> i32 {\n    ${body}\n}\n`;
const manifest = (file: string, ...modules: string[]): Partial<Surroundings> => ({ manifest: { file, modules } });

const rows: Row[] = [
  {
    name: 'a standard module',
    answer: python('return json.dumps(values)', 'import json\n'),
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'a module that nobody knows',
    answer: python('return np.sum(values)', 'import numpy as np\n'),
    check: 'imports exist',
    status: 'not-executed',
    evidence: /whether numpy is installed/,
  },
  {
    name: 'a module of the manifest',
    answer: python('return np.sum(values)', 'import numpy as np\n'),
    surroundings: manifest('pyproject.toml', 'numpy'),
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'a module that the manifest lacks',
    answer: python('return np.sum(values)', 'import numpy as np\n'),
    surroundings: manifest('pyproject.toml', 'requests'),
    check: 'imports exist',
    status: 'failed',
    evidence: /there is no numpy here, and pyproject.toml does not name it/,
  },
  {
    name: 'a module of the workspace',
    answer: python('return tools.f(values)', 'from app import tools\n'),
    surroundings: { ...manifest('pyproject.toml'), modules: ['app'] },
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'a relative module that is there',
    answer: python('return f(values)', 'from .tools import f\n'),
    surroundings: { folders: { '.': ['tools.py'] } },
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'a relative module that is not',
    answer: python('return f(values)', 'from .tool import f\n'),
    surroundings: { folders: { '.': ['tools.py'] } },
    check: 'imports exist',
    status: 'failed',
    evidence: /there is no \.tool here/,
  },
  {
    name: 'a relative module two levels up, in a folder nobody listed',
    answer: python('return f(values)', 'from ..x import f\n'),
    surroundings: { folders: { '.': [] } },
    check: 'imports exist',
    status: 'not-executed',
  },
  {
    name: 'a built-in of Node',
    languageId: 'typescript',
    answer: script('return basename("a").length;', "import { basename } from 'node:path';\n"),
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'an invented built-in',
    languageId: 'typescript',
    answer: script('return f(values);', "import { f } from 'node:maths';\n"),
    check: 'imports exist',
    status: 'failed',
  },
  {
    name: 'a scoped package',
    languageId: 'typescript',
    answer: script('return f(values);', "import { f } from '@a/b/c';\n"),
    surroundings: manifest('package.json', '@a/b'),
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'a file imported by its later ending',
    languageId: 'typescript',
    answer: script('return f(values);', "import { f } from './f.js';\n"),
    surroundings: { folders: { '.': ['f.ts'] } },
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'a file that is not there',
    languageId: 'typescript',
    answer: script('return f(values);', "import { f } from './g.js';\n"),
    surroundings: { folders: { '.': ['f.ts'] } },
    check: 'imports exist',
    status: 'failed',
  },
  {
    name: 'an alias of a bundler',
    languageId: 'typescript',
    answer: script('return f(values);', "import { f } from '@/f';\n"),
    surroundings: manifest('package.json'),
    check: 'imports exist',
    status: 'not-executed',
  },
  {
    name: 'a standard package of Go',
    languageId: 'go',
    answer: go('return len(strings.Fields(""))', 'import "strings"\n\n'),
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'an invented standard package',
    languageId: 'go',
    answer: go('return mathx.Sum(values)', 'import "mathx"\n\n'),
    check: 'imports exist',
    status: 'failed',
  },
  {
    name: 'a package of the own module',
    languageId: 'go',
    answer: go('return sums.Of(values)', 'import "example.org/app/sums"\n\n'),
    surroundings: { ...manifest('go.mod'), modules: ['example.org/app'] },
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'a crate that is named',
    languageId: 'rust',
    answer: rust('Itertools::sum(values)', 'use itertools::Itertools;\n\n'),
    surroundings: manifest('Cargo.toml', 'itertools'),
    check: 'imports exist',
    status: 'passed',
  },
  {
    name: 'a crate that is not',
    languageId: 'rust',
    answer: rust('Itertools::sum(values)', 'use itertools::Itertools;\n\n'),
    surroundings: manifest('Cargo.toml'),
    check: 'imports exist',
    status: 'failed',
  },
  {
    name: 'a slip in a name',
    answer: python('return sum(value)'),
    check: 'names resolve',
    status: 'failed',
    evidence: /value \(did you mean values\?\)/,
  },
  {
    name: 'a name of another file of the package',
    languageId: 'go',
    answer: go('return total(values)'),
    surroundings: { packageNames: ['total'] },
    check: 'names resolve',
    status: 'passed',
  },
  {
    name: 'a name of no file of the package',
    languageId: 'go',
    answer: go('return total(values)'),
    surroundings: { packageNames: ['totals'] },
    check: 'names resolve',
    status: 'failed',
    evidence: /total/,
  },
  {
    name: 'a package whose files were not read',
    languageId: 'go',
    answer: go('return total(values)'),
    check: 'names resolve',
    status: 'not-executed',
  },
  {
    name: 'a bare return where a value is promised',
    languageId: 'rust',
    answer: rust('return'),
    check: 'returns a value',
    status: 'failed',
  },
  {
    name: 'named results and a bare return',
    languageId: 'go',
    before: 'package a\n\nfunc work(values []int) (n int) {\n\tpanic("not implemented")\n}\n',
    answer: 'func work(values []int) (n int) {\n\tn = len(values)\n\treturn\n}\n',
    check: 'returns a value',
    status: 'passed',
  },
  { name: 'nothing promised', answer: python('print(values)'), check: 'returns a value', status: 'passed' },
  {
    name: 'an early return beside values',
    before: 'def work(values) -> int:\n    pass\n',
    answer: 'def work(values) -> int:\n    if not values:\n        return\n    return 1\n',
    check: 'returns a value',
    status: 'failed',
  },
  {
    name: 'an optional value',
    before: 'def work(values) -> int | None:\n    pass\n',
    answer: 'def work(values) -> int | None:\n    if not values:\n        return\n    return 1\n',
    check: 'returns a value',
    status: 'passed',
  },
  {
    name: 'another parameter',
    task: { actionId: 'fix' },
    before: 'def work(values):\n    return sum(value)\n',
    answer: 'def work(values):\n    return sum(values)\n',
    check: 'signature kept',
    status: 'passed',
  },
];

describe('a verdict on', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());

  async function checksOf({
    languageId = 'python',
    before: text = stubs[languageId] ?? '',
    answer,
    ...row
  }: Row): Promise<readonly Check[]> {
    const facts = await syntax.parse({ languageId, text });
    const symbol = facts?.symbols.find((one) => one.name === 'work');
    assert.ok(facts && symbol);
    const { surroundings } = row;
    const task: Task = {
      actionId: 'implement',
      languageId,
      fileName: 'a',
      text,
      facts,
      target: { kind: 'symbol', symbol },
      instruction: '',
      findings: [],
      ...(surroundings === undefined ? {} : { surroundings: { modules: [], folders: {}, ...surroundings } }),
      ...row.task,
    };
    const question = {
      task,
      text: answer,
      bound: general.lowestTokenProbability,
      promised: [],
    } as const;
    const whole = { ...question, lowestTokenProbability: undefined, cutOff: false };
    return (await judge(whole, { syntax, settings }, new AbortController().signal)).verdict.checks;
  }

  for (const row of rows) {
    it(`${row.languageId ?? 'python'}: ${row.name}: ${row.check} ${row.status}`, async () => {
      const checks = await checksOf(row);
      // A check that has nothing to look at is left out, which lets the answer pass.
      const found = checks.find((check) => check.name === row.check) ?? { name: row.check, status: 'passed' as const };
      assert.equal(found.status, row.status, JSON.stringify(checks));
      if (row.evidence !== undefined) assert.match(found.evidence ?? '', row.evidence);
    });
  }

  const tests = 'from a import work\n\n\ndef test_work():\n    assert work([1]) == 1\n';
  for (const [name, text, status, evidence] of [
    ['tests that call and assert', tests, 'passed', /^$/],
    [
      'tests that only mention the name in a comment',
      tests.replace('work([1])', '1').replace('import work', 'import nothing  # work'),
      'failed',
      /never call work/,
    ],
    [
      'tests that assert only in words',
      tests.replace('assert work([1]) == 1', 'work([1])  # assert that it is 1'),
      'failed',
      /assert nothing/,
    ],
  ] as const) {
    it(`${name}: ${status}`, async () => {
      const checks = await checksOf({
        name,
        answer: text,
        before: 'def work(values):\n    return values[0]\n',
        task: { actionId: 'test', otherFile: { path: '/project/test_a.py', text: undefined } },
        check: '',
        status,
      });
      const found = checks.find((check) => check.name === 'tests the code');
      assert.equal(found?.status, status, JSON.stringify(checks));
      assert.match(found?.evidence ?? '', evidence);
    });
  }
});
